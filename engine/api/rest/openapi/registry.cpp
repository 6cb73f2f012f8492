// What stands below a registered model: versions and aliases.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> registry_operations() {
  return {
      {.method = "GET",
       .path = "/models/{model}/versions",
       .id = "listModelVersions",
       .summary = "Versions of a registered model, newest first",
       .answers = {{200, "[ModelVersion]"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/models/{model}/versions",
       .id = "registerModelVersion",
       .summary = "Registers the next version; the model is registered with its first one",
       .body = "NewModelVersion",
       .answers = {{201, "ModelVersionWithDocument", {"ETag", "Location"}}}},
      {.method = "GET",
       .path = "/models/{model}/versions/{modelVersion}",
       .id = "getModelVersion",
       .summary = "A version, with what DescribeModelPackage says of it",
       .headers = {"If-None-Match"},
       .answers = {{200, "ModelVersionWithDocument", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PATCH",
       .path = "/models/{model}/versions/{modelVersion}",
       .id = "patchModelVersion",
       .summary = "Approves or rejects a version, or changes its metadata",
       .headers = {"If-Match", "If-None-Match"},
       .body = "ModelVersionChange",
       .answers = {{200, "ModelVersionWithDocument", {"ETag"}}},
       .problems = {404, 412}},
      {.method = "DELETE",
       .path = "/models/{model}/versions/{modelVersion}",
       .id = "deleteModelVersion",
       .summary = "Removes a version that no alias names; its number is not given again",
       .headers = {"If-Match", "If-None-Match"},
       .answers = {{204}},
       .problems = {404, 409, 412}},
      {.method = "GET",
       .path = "/models/{model}/aliases",
       .id = "listModelAliases",
       .summary = "Aliases of a registered model, by name",
       .answers = {{200, "[ModelAlias]"}},
       .problems = {404}},
      {.method = "GET",
       .path = "/models/{model}/aliases/{alias}",
       .id = "getModelAlias",
       .summary = "An alias",
       .headers = {"If-None-Match"},
       .answers = {{200, "ModelAlias", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PUT",
       .path = "/models/{model}/aliases/{alias}",
       .id = "putModelAlias",
       .summary = "Makes an alias, or moves it to another version",
       .headers = {"If-Match", "If-None-Match"},
       .body = "ModelAliasToPut",
       .answers = {{200, "ModelAlias", {"ETag"}}, {201, "ModelAlias", {"ETag", "Location"}}},
       .problems = {404, 412}},
      {.method = "DELETE",
       .path = "/models/{model}/aliases/{alias}",
       .id = "deleteModelAlias",
       .summary = "Removes an alias",
       .headers = {"If-Match", "If-None-Match"},
       .answers = {{204}},
       .problems = {404, 412}},
  };
}

std::string_view registry_schemas() {
  return R"json({
"RegisteredModel": {
  "type": "object",
  "required": ["kind", "name", "arn", "createdAt"],
  "properties": {
    "kind": {"const": "registered"},
    "name": {"type": "string"},
    "arn": {"type": "string", "description": "Of its model package group"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "description": {"type": "string"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"}
  }
},
"RegisteredModelWithDocument": {
  "type": "object",
  "required": ["kind", "name", "arn", "createdAt", "aliases", "document"],
  "properties": {
    "kind": {"const": "registered"},
    "name": {"type": "string"},
    "arn": {"type": "string", "description": "Of its model package group"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "description": {"type": "string"},
    "latestVersion": {"type": "integer", "description": "The newest that is there"},
    "aliases": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "Which version each names"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"},
    "document": {"type": "object", "description": "DescribeModelPackageGroup's answer"}
  }
},
"Approval": {"type": "string", "enum": ["Approved", "Rejected", "PendingManualApproval"]},
"Numbers": {"type": "object", "additionalProperties": {"type": "number"}},
"Texts": {"type": "object", "additionalProperties": {"type": "string"}},
"Urls": {"type": "array", "items": {"type": "string"}},
"AliasNames": {"type": "array", "items": {"type": "string"}},
"ModelVersion": {
  "type": "object",
  "required": ["name", "version", "arn", "status", "approval", "createdAt", "images", "modelDataUrls", "metrics", "metadata", "aliases"],
  "properties": {
    "name": {"type": "string"},
    "version": {"type": "integer"},
    "arn": {"type": "string", "description": "Of its model package"},
    "status": {"type": "string"},
    "approval": {"$ref": "#/components/schemas/Approval"},
    "approvalDescription": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "modifiedAt": {"$ref": "#/components/schemas/Time"},
    "description": {"type": "string"},
    "sourceUri": {"type": "string", "description": "What it was made of: the ARN of a training job or model"},
    "images": {"$ref": "#/components/schemas/Images"},
    "modelDataUrls": {"$ref": "#/components/schemas/Urls"},
    "metrics": {"$ref": "#/components/schemas/Numbers"},
    "metadata": {"$ref": "#/components/schemas/Texts"},
    "aliases": {"$ref": "#/components/schemas/AliasNames"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"}
  }
},
"ModelVersionWithDocument": {
  "type": "object",
  "required": ["name", "version", "arn", "status", "approval", "createdAt", "images", "modelDataUrls", "metrics", "metadata", "aliases", "document"],
  "properties": {
    "name": {"type": "string"},
    "version": {"type": "integer"},
    "arn": {"type": "string", "description": "Of its model package"},
    "status": {"type": "string"},
    "approval": {"$ref": "#/components/schemas/Approval"},
    "approvalDescription": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "modifiedAt": {"$ref": "#/components/schemas/Time"},
    "description": {"type": "string"},
    "sourceUri": {"type": "string", "description": "What it was made of: the ARN of a training job or model"},
    "images": {"$ref": "#/components/schemas/Images"},
    "modelDataUrls": {"$ref": "#/components/schemas/Urls"},
    "metrics": {"$ref": "#/components/schemas/Numbers"},
    "metadata": {"$ref": "#/components/schemas/Texts"},
    "aliases": {"$ref": "#/components/schemas/AliasNames"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"},
    "document": {"type": "object", "description": "DescribeModelPackage's answer"}
  }
},
"NewModelVersion": {
  "type": "object",
  "description": "What is registered is one of three: the model of a training job (from, served by image or by what has trained it), what a SageMaker model has served (model), or an image with its data",
  "additionalProperties": false,
  "properties": {
    "from": {"type": "string", "minLength": 1, "description": "A training job, which has completed. Its last metrics are the version's unless metrics are given"},
    "model": {"type": "string", "minLength": 1, "description": "A model, as CreateModel has made it"},
    "image": {"type": "string", "minLength": 1, "maxLength": 255},
    "modelDataUrl": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "s3://BUCKET/KEY of a tar.gz"},
    "environment": {"$ref": "#/components/schemas/Texts"},
    "description": {"type": "string", "maxLength": 1024},
    "metrics": {"$ref": "#/components/schemas/Numbers"},
    "approval": {"$ref": "#/components/schemas/Approval"},
    "metadata": {"$ref": "#/components/schemas/Texts"}
  }
},
"ModelVersionChange": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "approval": {"$ref": "#/components/schemas/Approval"},
    "approvalDescription": {"type": "string", "maxLength": 1024},
    "metadata": {"type": "object", "additionalProperties": {"type": ["string", "null"]}, "description": "null takes one away; those that are not named stay"}
  }
},
"ModelAlias": {
  "type": "object",
  "required": ["name", "version", "versionArn", "createdAt", "updatedAt"],
  "properties": {
    "name": {"type": "string"},
    "version": {"type": "integer"},
    "versionArn": {"type": "string", "description": "Of its model package"},
    "description": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "updatedAt": {"$ref": "#/components/schemas/Time"}
  }
},
"ModelAliasToPut": {
  "type": "object",
  "additionalProperties": false,
  "required": ["version"],
  "properties": {
    "version": {"type": "integer", "minimum": 1},
    "description": {"type": "string", "maxLength": 256}
  }
}
})json";
}

}  // namespace pawl::engine
