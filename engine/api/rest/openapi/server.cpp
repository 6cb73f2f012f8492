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
