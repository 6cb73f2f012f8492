// What stands below a state machine: versions, aliases, tags.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> release_operations() {
  return {
      {.method = "GET",
       .path = "/state-machines/{stateMachine}/versions",
       .id = "listVersions",
       .summary = "Versions of a state machine, newest first",
       .answers = {{200, "[VersionSummary]"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/state-machines/{stateMachine}/versions",
       .id = "publishVersion",
       .summary = "Publishes the current revision; it is found when it was published before",
       .body = "NewVersion",
       .answers = {{201, "MachineVersion", {"ETag", "Location"}}},
       .problems = {404}},
      {.method = "GET",
       .path = "/state-machines/{stateMachine}/versions/{version}",
       .id = "getVersionOfStateMachine",
       .summary = "A version with its definition",
       .headers = {"If-None-Match"},
       .answers = {{200, "MachineVersion", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "DELETE",
       .path = "/state-machines/{stateMachine}/versions/{version}",
       .id = "deleteVersion",
       .summary = "Removes a version that no alias names",
       .headers = {"If-Match"},
       .answers = {{204}},
       .problems = {404, 409, 412}},
      {.method = "GET",
       .path = "/state-machines/{stateMachine}/aliases",
       .id = "listAliases",
       .summary = "Aliases of a state machine, by name",
       .answers = {{200, "[Alias]"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/state-machines/{stateMachine}/aliases",
       .id = "createAlias",
       .summary = "Makes an alias",
       .body = "NewAlias",
       .answers = {{201, "Alias", {"ETag", "Location"}}},
       .problems = {404}},
      {.method = "GET",
       .path = "/state-machines/{stateMachine}/aliases/{alias}",
       .id = "getAlias",
       .summary = "An alias",
       .headers = {"If-None-Match"},
       .answers = {{200, "Alias", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PUT",
       .path = "/state-machines/{stateMachine}/aliases/{alias}",
       .id = "putAlias",
       .summary = "Makes an alias, or has it route elsewhere",
       .headers = {"If-Match", "If-None-Match"},
       .body = "AliasToPut",
       .answers = {{200, "Alias", {"ETag"}}, {201, "Alias", {"ETag", "Location"}}},
       .problems = {404, 409, 412}},
      {.method = "DELETE",
       .path = "/state-machines/{stateMachine}/aliases/{alias}",
       .id = "deleteAlias",
       .summary = "Removes an alias",
       .headers = {"If-Match"},
       .answers = {{204}},
       .problems = {404, 412}},
      {.method = "GET",
       .path = "/state-machines/{stateMachine}/tags",
       .id = "getTags",
       .summary = "Tags of a state machine",
       .headers = {"If-None-Match"},
       .answers = {{200, "Tags", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PUT",
       .path = "/state-machines/{stateMachine}/tags",
       .id = "putTags",
       .summary = "Gives a state machine these tags and no others",
       .headers = {"If-Match"},
       .body = "Tags",
       .answers = {{200, "Tags", {"ETag"}}},
       .problems = {404, 412}},
  };
}

std::string_view release_schemas() {
  return R"json({
"VersionSummary": {
  "type": "object",
  "required": ["version", "arn", "createdAt"],
  "properties": {
    "version": {"type": "integer"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "description": {"type": "string"}
  }
},
"MachineVersion": {
  "type": "object",
  "required": ["version", "arn", "createdAt", "roleArn", "definition"],
  "properties": {
    "version": {"type": "integer"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "description": {"type": "string"},
    "roleArn": {"type": "string"},
    "revisionId": {"type": "string"},
    "definition": {"$ref": "#/components/schemas/Document"}
  }
},
"NewVersion": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "description": {"type": "string", "maxLength": 256},
    "revisionId": {"type": "string", "description": "Only if this is the current revision"}
  }
},
"Route": {
  "type": "object",
  "additionalProperties": false,
  "required": ["version"],
  "properties": {
    "version": {"type": "integer", "minimum": 1},
    "weight": {"type": "integer", "minimum": 0, "maximum": 100, "description": "Percent of the starts; 100 without it"}
  }
},
"Alias": {
  "type": "object",
  "required": ["name", "arn", "routes", "createdAt", "updatedAt"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "description": {"type": "string"},
    "routes": {"type": "array", "items": {"$ref": "#/components/schemas/Route"}},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "updatedAt": {"$ref": "#/components/schemas/Time"}
  }
},
"NewAlias": {
  "type": "object",
  "additionalProperties": false,
  "required": ["name", "routes"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "description": {"type": "string", "maxLength": 256},
    "routes": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/components/schemas/Route"}}
  }
},
"AliasToPut": {
  "type": "object",
  "additionalProperties": false,
  "required": ["routes"],
  "properties": {
    "description": {"type": "string", "maxLength": 256},
    "routes": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"$ref": "#/components/schemas/Route"}}
  }
}
})json";
}

}  // namespace pawl::engine
