// Models and the endpoints that serve them. What makes and changes them are requests of
// SageMaker's.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> serving_operations() {
  return {
      {.method = "GET",
       .path = "/models",
       .id = "listModels",
       .summary = "Models, newest first",
       .answers = {{200, "[Model]"}}},
      {.method = "POST",
       .path = "/models",
       .id = "createModel",
       .summary = "Makes a model",
       .body = "NewModel",
       .answers = {{201, "ModelWithDocument", {"Location"}}}},
      {.method = "GET",
       .path = "/models/{model}",
       .id = "getModel",
       .summary = "A model, with what DescribeModel says of it",
       .answers = {{200, "ModelWithDocument"}},
       .problems = {404}},
      {.method = "DELETE",
       .path = "/models/{model}",
       .id = "deleteModel",
       .summary = "Removes a model; endpoints that serve it go on",
       .answers = {{204}},
       .problems = {404}},
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
"path.endpoint": {"name": "endpoint", "in": "path", "required": true, "description": "Its name", "schema": {"type": "string"}},
"query.endpoints.status": {"name": "status", "in": "query", "description": "In this status", "schema": {"$ref": "#/components/schemas/EndpointStatus"}}
})json");
}

std::string_view serving_schemas() {
  return R"json({
"Anything": {"description": "Of any media type"},
"Images": {"type": "array", "items": {"type": "string"}},
"Model": {
  "type": "object",
  "required": ["name", "arn", "createdAt", "images"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "images": {"$ref": "#/components/schemas/Images"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"}
  }
},
"ModelWithDocument": {
  "type": "object",
  "required": ["name", "arn", "createdAt", "images", "document"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "images": {"$ref": "#/components/schemas/Images"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"},
    "document": {"type": "object", "description": "DescribeModel's answer"}
  }
},
"NewModel": {
  "type": "object",
  "description": "CreateModel's members; what each holds, the service checks",
  "additionalProperties": false,
  "properties": {
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
