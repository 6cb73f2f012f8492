// Models and the endpoints that serve them. What makes and changes them are requests of
// SageMaker's.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> serving_operations() {
  return {
      {.method = "GET",
       .path = "/models",
       .id = "listModels",
       .summary =
           "Models of both kinds, newest first: what endpoints serve, and what is registered",
       .answers = {{200, "[AnyModel]"}}},
      {.method = "POST",
       .path = "/models",
       .id = "createModel",
       .summary = "Makes a model",
       .body = "NewModel",
       .answers = {{201, "ModelWithDocument", {"Location"}}}},
      {.method = "GET",
       .path = "/models/{model}",
       .id = "getModel",
       .summary =
           "A model, with what DescribeModel or DescribeModelPackageGroup says of it. When both "
           "kinds have one of this name and none is asked for, what endpoints serve",
       .answers = {{200, "AnyModelWithDocument"}},
       .problems = {404}},
      {.method = "DELETE",
       .path = "/models/{model}",
       .id = "deleteModel",
       .summary =
           "Removes a model; endpoints that serve it go on. One that is registered must have no "
           "versions",
       .answers = {{204}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/endpoints",
       .id = "listEndpoints",
       .summary = "Endpoints, newest first",
       .answers = {{200, "[Endpoint]"}}},
      {.method = "POST",
       .path = "/endpoints",
       .id = "createEndpoint",
       .summary = "Makes an endpoint; it is Creating until its servers answer",
       .body = "NewEndpoint",
       .answers = {{201, "EndpointWithDocument", {"ETag", "Location"}}}},
      {.method = "GET",
       .path = "/endpoints/{endpoint}",
       .id = "getEndpoint",
       .summary = "An endpoint, with what DescribeEndpoint says of it",
       .headers = {"If-None-Match"},
       .answers = {{200, "EndpointWithDocument", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PATCH",
       .path = "/endpoints/{endpoint}",
       .id = "updateEndpoint",
       .summary = "Another configuration, or other weights and numbers of servers of its variants",
       .headers = {"If-Match", "If-None-Match"},
       .body = "EndpointChange",
       .answers = {{200, "EndpointWithDocument", {"ETag"}}},
       .problems = {404, 412}},
      {.method = "DELETE",
       .path = "/endpoints/{endpoint}",
       .id = "deleteEndpoint",
       .summary = "Removes an endpoint and stops its servers",
       .headers = {"If-Match", "If-None-Match"},
       .answers = {{204}},
       .problems = {404, 412}},
      {.method = "GET",
       .path = "/endpoints/{endpoint}/invocations",
       .id = "listInvocations",
       .summary = "The last hundred invocations since the server started, newest first; no bodies",
       .answers = {{200, "RecentInvocations"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/endpoints/{endpoint}/invocations",
       .id = "invokeEndpoint",
       .summary =
           "Asks the model: body and media type go to it as they are, and so does its answer "
           "to the client. 424 when the model fails",
       .takes_anything = true,
       .answers =
           {{200, "Anything", {"x-amzn-RequestId", "x-Amzn-Invoked-Production-Variant"}, "*/*"}},
       .problems = {404, 424}},
  };
}

asl::Json serving_parameters() {
  return asl::Json::parse(R"json({
"path.model": {"name": "model", "in": "path", "required": true, "description": "Its name", "schema": {"type": "string"}},
"path.modelVersion": {"name": "modelVersion", "in": "path", "required": true, "description": "Its number; to read it, an alias that names it will do", "schema": {"type": "string"}},
"query.models.kind": {"name": "kind", "in": "query", "description": "Of this kind", "schema": {"$ref": "#/components/schemas/ModelKind"}},
"path.endpoint": {"name": "endpoint", "in": "path", "required": true, "description": "Its name", "schema": {"type": "string"}},
"query.endpoints.status": {"name": "status", "in": "query", "description": "In this status", "schema": {"$ref": "#/components/schemas/EndpointStatus"}}
})json");
}

std::string_view serving_schemas() {
  return R"json({
"Anything": {"description": "Of any media type"},
"Images": {"type": "array", "items": {"type": "string"}},
"ModelKind": {"type": "string", "enum": ["model", "registered"]},
"AnyModel": {"anyOf": [{"$ref": "#/components/schemas/Model"}, {"$ref": "#/components/schemas/RegisteredModel"}]},
"AnyModelWithDocument": {"anyOf": [{"$ref": "#/components/schemas/ModelWithDocument"}, {"$ref": "#/components/schemas/RegisteredModelWithDocument"}]},
"ModelPackages": {"type": "array", "items": {"type": "string"}, "description": "The versions it was made of: ARNs"},
"Invocation": {
  "type": "object",
  "required": ["at", "status", "durationMs", "requestId", "requestBytes", "responseBytes"],
  "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "status": {"type": "integer", "description": "Of the answer"},
    "durationMs": {"type": "number"},
    "variant": {"type": "string", "description": "That answered"},
    "requestId": {"type": "string"},
    "contentType": {"type": "string", "description": "Of the request"},
    "requestBytes": {"type": "integer"},
    "responseBytes": {"type": "integer"}
  }
},
"Invocations": {"type": "array", "items": {"$ref": "#/components/schemas/Invocation"}},
"RecentInvocations": {
  "type": "object",
  "required": ["items", "kept", "errors"],
  "properties": {
    "items": {"$ref": "#/components/schemas/Invocations"},
    "kept": {"type": "integer", "description": "How many of an endpoint are kept"},
    "errors": {"type": "integer", "description": "How many of these failed"},
    "p50Ms": {"type": "number", "description": "Of these, not of all"},
    "p95Ms": {"type": "number"},
    "p99Ms": {"type": "number"}
  }
},
"Model": {
  "type": "object",
  "required": ["kind", "name", "arn", "createdAt", "images"],
  "properties": {
    "kind": {"const": "model"},
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "images": {"$ref": "#/components/schemas/Images"},
    "modelPackages": {"$ref": "#/components/schemas/ModelPackages"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"}
  }
},
"ModelWithDocument": {
  "type": "object",
  "required": ["kind", "name", "arn", "createdAt", "images", "document"],
  "properties": {
    "kind": {"const": "model"},
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "images": {"$ref": "#/components/schemas/Images"},
    "modelPackages": {"$ref": "#/components/schemas/ModelPackages"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"},
    "document": {"type": "object", "description": "DescribeModel's answer"}
  }
},
"NewModel": {
  "type": "object",
  "description": "CreateModel's members; what each holds, the service checks. In place of containers, a version of a registered model",
  "additionalProperties": false,
  "properties": {
    "registeredModel": {"type": "string", "description": "Whose version it is; the one of the same name without it"},
    "version": {"type": ["integer", "string"], "minimum": 1, "description": "Its number, or an alias that names it"},
    "ModelName": {},
    "PrimaryContainer": {},
    "Containers": {},
    "InferenceExecutionConfig": {},
    "ExecutionRoleArn": {},
    "Tags": {},
    "VpcConfig": {},
    "EnableNetworkIsolation": {}
  }
},
"EndpointStatus": {
  "type": "string",
  "enum": ["OutOfService", "Creating", "Updating", "SystemUpdating", "RollingBack", "InService", "Deleting", "Failed",
           "UpdateRollbackFailed"]
},
"Variant": {
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": {"type": "string"},
    "weight": {"type": "number", "description": "Its share of the requests is this of the sum of all"},
    "desiredWeight": {"type": "number"},
    "instances": {"type": "integer", "description": "Servers"},
    "desiredInstances": {"type": "integer"}
  }
},
"Variants": {"type": "array", "items": {"$ref": "#/components/schemas/Variant"}},
"Endpoint": {
  "type": "object",
  "required": ["name", "arn", "status", "endpointConfig", "createdAt", "modifiedAt", "variants"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "status": {"$ref": "#/components/schemas/EndpointStatus"},
    "endpointConfig": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "modifiedAt": {"$ref": "#/components/schemas/Time"},
    "reason": {"type": "string", "description": "Why it, or its last update, failed"},
    "variants": {"$ref": "#/components/schemas/Variants"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"}
  }
},
"EndpointWithDocument": {
  "type": "object",
  "required": ["name", "arn", "status", "endpointConfig", "createdAt", "modifiedAt", "variants", "document"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "status": {"$ref": "#/components/schemas/EndpointStatus"},
    "endpointConfig": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "modifiedAt": {"$ref": "#/components/schemas/Time"},
    "reason": {"type": "string", "description": "Why it, or its last update, failed"},
    "variants": {"$ref": "#/components/schemas/Variants"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"},
    "document": {"type": "object", "description": "DescribeEndpoint's answer"}
  }
},
"NewEndpoint": {
  "type": "object",
  "description": "CreateEndpoint's members; what each holds, the service checks",
  "additionalProperties": false,
  "properties": {
    "EndpointName": {},
    "EndpointConfigName": {},
    "DeploymentConfig": {},
    "Tags": {}
  }
},
"EndpointChange": {
  "type": "object",
  "description": "UpdateEndpoint's EndpointConfigName, or UpdateEndpointWeightsAndCapacities' list of VariantName, DesiredWeight and DesiredInstanceCount",
  "additionalProperties": false,
  "properties": {
    "EndpointConfigName": {},
    "DesiredWeightsAndCapacities": {}
  }
}
})json";
}

}  // namespace pawl::engine
