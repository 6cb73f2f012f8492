#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> definition_operations() {
  return {
      {.method = "GET",
       .path = "/asl/schema",
       .id = "getDefinitionSchema",
       .summary = "The JSON Schema (2020-12) of definitions, for editors and forms",
       .answers = {{200, "JsonSchema", {}, "application/schema+json"}}},
      {.method = "POST",
       .path = "/asl:graph",
       .id = "graphDefinition",
       .summary = "A definition as states and the ways between them",
       .body = "DefinitionToValidate",
       .answers = {{200, "Graph"}}},
      {.method = "POST",
       .path = "/states:test",
       .id = "testState",
       .summary = "Runs one state by itself; nothing is kept",
       .body = "StateTest",
       .answers = {{200, "StateTestResult"}}},
      {.method = "POST",
       .path = "/asl:validate",
       .id = "validateDefinition",
       .summary = "Every problem of a definition, with its place",
       .body = "DefinitionToValidate",
       .answers = {{200, "Validation"}}},
  };
}

std::string_view definition_schemas() {
  return R"json({
"Definition": {
  "type": ["object", "string"],
  "description": "Of a state machine in Amazon States Language: the JSON object, or its text"
},
"JsonSchema": {
  "type": "object",
  "required": ["$schema", "$defs"],
  "additionalProperties": true,
  "properties": {
    "$schema": {"enum": ["https://json-schema.org/draft/2020-12/schema"]},
    "$defs": {"type": "object", "additionalProperties": true}
  }
},
"MachineType": {"type": "string", "enum": ["STANDARD", "EXPRESS"]},
"DefinitionToValidate": {
  "type": "object",
  "additionalProperties": false,
  "required": ["definition"],
  "properties": {
    "definition": {"$ref": "#/components/schemas/Definition"},
    "type": {"$ref": "#/components/schemas/MachineType"}
  }
},
"Graph": {
  "type": "object",
  "required": ["nodes", "edges"],
  "properties": {
    "nodes": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["id", "name", "type"],
        "properties": {
          "id": {"type": "string", "description": "The JSON Pointer of the state"},
          "name": {"type": "string"},
          "type": {"type": "string"},
          "parent": {"type": "string", "description": "The id of the Parallel or Map around it"},
          "start": {"type": "boolean"},
          "end": {"type": "boolean"},
          "comment": {"type": "string"},
          "resource": {"type": "string"}
        }
      }
    },
    "edges": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["from", "to", "kind"],
        "properties": {
          "from": {"type": "string"},
          "to": {"type": "string"},
          "kind": {"enum": ["NEXT", "CHOICE", "DEFAULT", "CATCH"]},
          "index": {"type": "integer", "description": "Which choice or catcher"},
          "label": {"type": "string"},
          "errors": {"type": "array", "items": {"type": "string"}}
        }
      }
    }
  }
},
"StateTest": {
  "type": "object",
  "additionalProperties": false,
  "required": ["definition"],
  "description": "As AWS's TestState has it; documents are JSON values",
  "properties": {
    "definition": {"$ref": "#/components/schemas/Definition"},
    "stateName": {"type": "string", "description": "When the definition is that of a state machine"},
    "input": {"$ref": "#/components/schemas/Document"},
    "variables": {"type": "object", "additionalProperties": true},
    "context": {"type": "object", "additionalProperties": true},
    "inspectionLevel": {"type": "string", "enum": ["INFO", "DEBUG", "TRACE"]},
    "revealSecrets": {"type": "boolean"},
    "roleArn": {"type": "string"},
    "mock": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "result": {"$ref": "#/components/schemas/Document"},
        "errorOutput": {
          "type": "object",
          "additionalProperties": false,
          "properties": {"error": {"type": "string"}, "cause": {"type": "string"}}
        },
        "fieldValidationMode": {"type": "string", "enum": ["STRICT", "PRESENT", "NONE"]}
      }
    },
    "stateConfiguration": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "retrierRetryCount": {"type": "integer", "minimum": 0},
        "errorCausedByState": {"type": "string"},
        "mapIterationFailureCount": {"type": "integer", "minimum": 0},
        "mapItemReaderData": {"$ref": "#/components/schemas/Document"}
      }
    }
  }
},
"StateTestResult": {
  "type": "object",
  "required": ["status"],
  "properties": {
    "status": {"enum": ["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"]},
    "output": {"$ref": "#/components/schemas/Document"},
    "error": {"$ref": "#/components/schemas/Error"},
    "nextState": {"type": "string"},
    "inspectionData": {"type": "object", "additionalProperties": true}
  }
},
"Validation": {
  "type": "object",
  "required": ["valid", "diagnostics"],
  "properties": {
    "valid": {"type": "boolean"},
    "diagnostics": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}}
  }
}
})json";
}

}  // namespace pawl::engine
