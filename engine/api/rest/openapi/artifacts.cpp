// Bytes by their digest, and what was made of what.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> artifact_operations() {
  const std::vector<std::string> of_content = {
      "Content-Security-Policy", "ETag", "X-Content-Type-Options"};
  std::vector<std::string> of_part = of_content;
  of_part.emplace_back("Content-Range");
  return {
      {.method = "GET",
       .path = "/artifacts",
       .id = "listArtifacts",
       .summary = "Artifacts, recorded last first",
       .answers = {{200, "[Artifact]"}}},
      {.method = "DELETE",
       .path = "/artifacts/{digest}",
       .id = "deleteArtifact",
       .summary = "Keeps the bytes no longer; lineage, and objects that hold them, stay. 409 when "
                  "they are not kept here",
       .answers = {{204}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/artifacts/{digest}",
       .id = "getArtifact",
       .summary = "Its bytes. 410 when nobody has them any more",
       .headers = {"If-None-Match", "If-Range", "Range"},
       .answers = {{200, "Anything", of_content, "*/*"},
                   {206, "Anything", of_part, "*/*"},
                   {304, "", {"ETag"}}},
       .problems = {404, 410, 416}},
      {.method = "HEAD",
       .path = "/artifacts/{digest}",
       .id = "headArtifact",
       .summary = "How many bytes there are, and of which media type",
       .headers = {"If-None-Match", "If-Range", "Range"},
       .answers = {{200, "", of_content}, {206, "", of_part}, {304, "", {"ETag"}}},
       .problems = {404, 410, 416}},
      {.method = "PUT",
       .path = "/artifacts/{digest}",
       .id = "putArtifact",
       .summary = "Keeps the body, of 5 GiB at most, which must have this digest (else 422), under "
                  "its Content-Type. 200 when it was kept before",
       .takes_anything = true,
       .answers = {{200, "Artifact", {"ETag"}}, {201, "Artifact", {"ETag", "Location"}}},
       .problems = {422}},
      {.method = "GET",
       .path = "/artifacts/{digest}/lineage",
       .id = "getLineage",
       .summary =
           "What it was made of, and what was made of it: jobs, artifacts, models, endpoints",
       .answers = {{200, "Lineage"}},
       .problems = {404}},
  };
}

asl::Json artifact_parameters() {
  return asl::Json::parse(R"json({
"path.digest": {"name": "digest", "in": "path", "required": true, "description": "sha256: and 64 hexadecimal digits in lower case", "schema": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}},
"query.producer": {"name": "producer", "in": "query", "description": "Made by this job: training/NAME", "schema": {"type": "string"}},
"query.consumer": {"name": "consumer", "in": "query", "description": "Read by this job: training/NAME, glue/RUN", "schema": {"type": "string"}},
"query.uriPrefix": {"name": "uriPrefix", "in": "query", "description": "Seen at a URI that begins so: s3://bucket/data/", "schema": {"type": "string"}},
"query.mediaType": {"name": "mediaType", "in": "query", "description": "Of exactly this media type", "schema": {"type": "string"}},
"query.depth": {"name": "depth", "in": "query", "description": "How many steps from the artifact; from a data set to a job that read it is one", "schema": {"type": "integer", "minimum": 1, "maximum": 20, "default": 2}},
"query.direction": {"name": "direction", "in": "query", "description": "What it was made of, what was made of it, or both", "schema": {"enum": ["both", "upstream", "downstream"], "default": "both"}}
})json");
}

std::string_view artifact_schemas() {
  return R"json({
"Artifact": {
  "type": "object",
  "required": ["digest", "size", "mediaType", "kept", "createdAt"],
  "properties": {
    "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
    "size": {"type": "integer", "description": "Bytes"},
    "mediaType": {"type": "string"},
    "kept": {"type": "boolean", "description": "Its bytes were put here; else they are those of an object"},
    "createdAt": {"type": "string", "format": "date-time", "description": "When it was first heard of"},
    "uri": {"type": "string", "description": "The object that was last seen to hold it"},
    "producer": {"type": "string", "description": "The first job that made it: training/NAME"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for that job"},
    "executionArn": {"type": "string"}
  }
},
"Lineage": {
  "type": "object",
  "required": ["nodes", "edges", "truncated"],
  "properties": {
    "nodes": {
      "type": "array",
      "description": "The artifact itself first",
      "items": {
        "type": "object",
        "required": ["id", "kind", "name", "distance"],
        "properties": {
          "id": {"type": "string", "description": "As edges name it"},
          "kind": {"enum": ["artifact", "endpoint", "job", "model"]},
          "name": {"type": "string", "description": "A digest, the id of a job, the name of a model or an endpoint"},
          "distance": {"type": "integer", "description": "Steps from the artifact; negative: upstream of it"},
          "artifact": {"$ref": "#/components/schemas/Artifact"},
          "createdAt": {"type": "string", "format": "date-time", "description": "Of a model or an endpoint: tells it from others that had its name"},
          "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
          "executionArn": {"type": "string"}
        }
      }
    },
    "edges": {
      "type": "array",
      "description": "From what was there before to what came of it",
      "items": {
        "type": "object",
        "required": ["from", "to", "relation", "role", "at"],
        "properties": {
          "from": {"type": "string"},
          "to": {"type": "string"},
          "relation": {"enum": ["CONSUMED_BY", "MADE_INTO", "PRODUCED", "SERVED_BY"]},
          "role": {"type": "string", "description": "A channel of a job, model, output, a variant of an endpoint"},
          "at": {"$ref": "#/components/schemas/Time"}
        }
      }
    },
    "truncated": {"type": "boolean", "description": "There are more nodes within the depth than the 500 that are shown"}
  }
}
})json";
}

}  // namespace pawl::engine
