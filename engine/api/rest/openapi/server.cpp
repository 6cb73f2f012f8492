#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> server_operations() {
  return {
      {.method = "GET",
       .path = "/version",
       .id = "getVersion",
       .summary = "What answers here",
       .answers = {{200, "Version"}}},
      {.method = "GET",
       .path = "/diagnostics",
       .id = "getDiagnostics",
       .summary = "How the server does",
       .answers = {{200, "Diagnostics"}}},
      {.method = "GET",
       .path = "/whoami",
       .id = "getCaller",
       .summary = "Whom the server takes the caller for",
       .answers = {{200, "Caller"}}},
      {.method = "GET",
       .path = "/tokens",
       .id = "listTokens",
       .summary = "The tokens, by name, without their texts",
       .answers = {{200, "[Token]"}}},
      {.method = "POST",
       .path = "/tokens",
       .id = "createToken",
       .summary = "Makes a token, and shows its text this once; takes no Idempotency-Key",
       .body = "NewToken",
       .answers = {{201, "CreatedToken", {"Location"}}},
       .problems = {409}},
      {.method = "GET",
       .path = "/tokens/{token}",
       .id = "getToken",
       .summary = "A token without its text",
       .answers = {{200, "Token"}},
       .problems = {404}},
      {.method = "DELETE",
       .path = "/tokens/{token}",
       .id = "deleteToken",
       .summary = "Ends a token, at once",
       .answers = {{204}},
       .problems = {404}},
      {.method = "GET",
       .path = "/openapi.json",
       .id = "getOpenApi",
       .summary = "This document",
       .answers = {{200, "Document"}}},
      {.method = "GET",
       .path = "/clock",
       .id = "getClock",
       .summary = "The clock that executions go by",
       .answers = {{200, "Clock"}}},
      {.method = "POST",
       .path = "/clock:advance",
       .id = "advanceClock",
       .summary = "Sets a virtual clock forward",
       .body = "ClockAdvance",
       .answers = {{200, "Clock"}},
       .problems = {409}},
  };
}

std::string_view server_schemas() {
  return R"json({
"Version": {
  "type": "object",
  "required": ["name", "version", "region", "account"],
  "properties": {
    "name": {"type": "string"},
    "version": {"type": "string"},
    "region": {"type": "string"},
    "account": {"type": "string"}
  }
},
"Diagnostics": {
  "type": "object",
  "required": ["version", "now", "virtualTime", "ready", "checks", "store"],
  "properties": {
    "version": {"type": "string"},
    "now": {"$ref": "#/components/schemas/Time"},
    "virtualTime": {"type": "boolean"},
    "ready": {"type": "boolean"},
    "checks": {
      "type": "object",
      "additionalProperties": {
        "type": "object",
        "required": ["ready"],
        "properties": {
          "ready": {"type": "boolean"},
          "problem": {"type": "string"},
          "recovered": {"type": "integer"},
          "toRecover": {"type": "integer"},
          "freeBytes": {"type": "integer"}
        }
      }
    },
    "store": {
      "type": "object",
      "required": ["commits", "writes", "commitMs"],
      "properties": {
        "commits": {"type": "integer"},
        "writes": {"type": "integer"},
        "commitMs": {"type": "integer"}
      }
    },
    "uptimeMs": {"type": "integer"},
    "process": {
      "type": "object",
      "properties": {
        "id": {"type": "integer"},
        "residentBytes": {"type": "integer"},
        "processors": {"type": "integer"}
      }
    },
    "disk": {
      "type": "object",
      "properties": {
        "databaseBytes": {"type": "integer"},
        "freeBytes": {"type": "integer"}
      }
    }
  }
},
"AccessScope": {"type": "string", "enum": ["read", "run", "admin"]},
"Caller": {
  "type": "object",
  "required": ["caller", "kind", "scope"],
  "properties": {
    "caller": {"type": "string", "description": "As the audit has it"},
    "kind": {"enum": ["anonymous", "token", "key"]},
    "name": {"type": "string"},
    "scope": {"$ref": "#/components/schemas/AccessScope"}
  }
},
"Token": {
  "type": "object",
  "required": ["name", "scope", "createdAt", "expired"],
  "properties": {
    "name": {"type": "string"},
    "scope": {"$ref": "#/components/schemas/AccessScope"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "expiresAt": {"$ref": "#/components/schemas/Time"},
    "expired": {"type": "boolean"}
  }
},
"CreatedToken": {
  "type": "object",
  "required": ["name", "scope", "createdAt", "expired", "token"],
  "properties": {
    "name": {"type": "string"},
    "scope": {"$ref": "#/components/schemas/AccessScope"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "expiresAt": {"$ref": "#/components/schemas/Time"},
    "expired": {"type": "boolean"},
    "token": {"type": "string", "description": "What clients send as Authorization: Bearer; not to be had again"}
  }
},
"NewToken": {
  "type": "object",
  "additionalProperties": false,
  "required": ["name", "scope"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "scope": {"$ref": "#/components/schemas/AccessScope"},
    "expiresAt": {"type": "string", "format": "date-time"}
  }
},
"Clock": {
  "type": "object",
  "required": ["now", "virtual"],
  "properties": {
    "now": {"$ref": "#/components/schemas/Time"},
    "virtual": {"type": "boolean"}
  }
},
"ClockAdvance": {
  "type": "object",
  "additionalProperties": false,
  "description": "One of the two",
  "properties": {
    "seconds": {"type": "number", "minimum": 0},
    "to": {"type": "string", "format": "date-time"}
  }
}
})json";
}

}  // namespace pawl::engine
