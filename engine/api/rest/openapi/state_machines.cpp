#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> state_machine_operations() {
  return {
      {.method = "GET",
       .path = "/state-machines",
       .id = "listStateMachines",
       .summary = "State machines, newest first",
       .answers = {{200, "[StateMachineSummary]"}}},
      {.method = "POST",
       .path = "/state-machines",
       .id = "createStateMachine",
       .summary = "Makes a state machine",
       .body = "NewStateMachine",
       .answers = {{201, "StateMachine", {"ETag", "Location"}}},
       .problems = {409}},
      {.method = "GET",
       .path = "/state-machines/{stateMachine}",
       .id = "getStateMachine",
       .summary = "A state machine with its definition",
       .headers = {"If-None-Match"},
       .answers = {{200, "StateMachine", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PUT",
       .path = "/state-machines/{stateMachine}",
       .id = "putStateMachine",
       .summary =
           "Makes a state machine, or gives it another definition; with validateOnly neither",
       .headers = {"If-Match", "If-None-Match"},
       .body = "StateMachineToPut",
       .answers = {{200, "StateMachineOrValidity", {"ETag"}},
                   {201, "StateMachine", {"ETag", "Location"}}},
       .problems = {409, 412}},
      {.method = "DELETE",
       .path = "/state-machines/{stateMachine}",
       .id = "deleteStateMachine",
       .summary = "Removes a state machine once its executions have ended",
       .headers = {"If-Match"},
       .answers = {{204}},
       .problems = {404, 412}},
      {.method = "GET",
       .path = "/state-machines/{stateMachine}/executions",
       .id = "listExecutionsOfStateMachine",
       .summary = "Executions of a state machine, newest first",
       .answers = {{200, "[ExecutionSummary?]"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/state-machines/{stateMachine}/executions",
       .id = "startExecution",
       .summary = "Starts an execution of a state machine",
       .headers = {"Prefer"},
       .body = "NewExecution",
       .answers = {{200, "Execution", {"Location"}}, {202, "Execution", {"Location"}}},
       .problems = {404, 409}},
  };
}

std::string_view state_machine_schemas() {
  return R"json({
"StateMachineSummary": {
  "type": "object",
  "required": ["name", "arn", "type", "status", "createdAt", "updatedAt"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "type": {"$ref": "#/components/schemas/MachineType"},
    "status": {"enum": ["ACTIVE", "DELETING"]},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "updatedAt": {"$ref": "#/components/schemas/Time"}
  }
},
"StateMachine": {
  "type": "object",
  "required": ["name", "arn", "type", "status", "createdAt", "updatedAt", "roleArn", "definition"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "type": {"$ref": "#/components/schemas/MachineType"},
    "status": {"enum": ["ACTIVE", "DELETING"]},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "updatedAt": {"$ref": "#/components/schemas/Time"},
    "roleArn": {"type": "string"},
    "revisionId": {"type": "string"},
    "definition": {"$ref": "#/components/schemas/Document"},
    "loggingConfiguration": {"$ref": "#/components/schemas/LoggingConfiguration"},
    "tracingConfiguration": {"$ref": "#/components/schemas/TracingConfiguration"},
    "encryptionConfiguration": {"$ref": "#/components/schemas/EncryptionConfiguration"}
  }
},
"StateMachineOrValidity": {
  "anyOf": [
    {"$ref": "#/components/schemas/StateMachine"},
    {"type": "object", "required": ["valid"], "properties": {"valid": {"enum": [true]}}}
  ]
},
"NewStateMachine": {
  "type": "object",
  "additionalProperties": false,
  "required": ["name", "definition"],
  "properties": {
    "name": {"type": "string"},
    "definition": {"$ref": "#/components/schemas/Definition"},
    "type": {"$ref": "#/components/schemas/MachineType"},
    "roleArn": {"type": "string", "description": "Only clients of AWS's protocol need one"},
    "tags": {"$ref": "#/components/schemas/Tags"},
    "loggingConfiguration": {"$ref": "#/components/schemas/LoggingConfiguration"},
    "tracingConfiguration": {"$ref": "#/components/schemas/TracingConfiguration"},
    "encryptionConfiguration": {"$ref": "#/components/schemas/EncryptionConfiguration"}
  }
},
"StateMachineToPut": {
  "type": "object",
  "additionalProperties": false,
  "required": ["definition"],
  "properties": {
    "name": {"type": "string", "description": "That of the path, if any"},
    "definition": {"$ref": "#/components/schemas/Definition"},
    "type": {"$ref": "#/components/schemas/MachineType"},
    "roleArn": {"type": "string"},
    "tags": {"$ref": "#/components/schemas/Tags"},
    "loggingConfiguration": {"$ref": "#/components/schemas/LoggingConfiguration"},
    "tracingConfiguration": {"$ref": "#/components/schemas/TracingConfiguration"},
    "encryptionConfiguration": {"$ref": "#/components/schemas/EncryptionConfiguration"}
  }
},
"LoggingConfiguration": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "level": {"type": "string", "enum": ["ALL", "ERROR", "FATAL", "OFF"]},
    "includeExecutionData": {"type": "boolean"},
    "destinations": {
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "cloudWatchLogsLogGroup": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"logGroupArn": {"type": "string"}}
          }
        }
      }
    }
  }
},
"TracingConfiguration": {
  "type": "object",
  "additionalProperties": false,
  "properties": {"enabled": {"type": "boolean"}}
},
"EncryptionConfiguration": {
  "type": "object",
  "additionalProperties": false,
  "required": ["type"],
  "properties": {
    "type": {"type": "string", "enum": ["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]},
    "kmsKeyId": {"type": "string"},
    "kmsDataKeyReusePeriodSeconds": {"type": "integer", "minimum": 60, "maximum": 900}
  }
},
"NewExecution": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "description": "A UUID without it"},
    "input": {"$ref": "#/components/schemas/Document"},
    "labels": {"$ref": "#/components/schemas/Labels"}
  }
}
})json";
}

}  // namespace pawl::engine
