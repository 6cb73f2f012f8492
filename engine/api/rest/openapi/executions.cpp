#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> execution_operations() {
  return {
      {.method = "GET",
       .path = "/executions",
       .id = "listExecutions",
       .summary = "Executions, newest first",
       .answers = {{200, "[ExecutionSummary?]"}}},
      {.method = "GET",
       .path = "/executions/{execution}",
       .id = "getExecution",
       .summary = "An execution with its input and, once it has ended, its outcome",
       .headers = {"Prefer", "If-None-Match"},
       .answers = {{200, "Execution?", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/export",
       .id = "exportExecution",
       .summary = "An execution with its definition and history, as a file",
       .answers = {{200, "Export", {}, "application/vnd.pawl.execution+json"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions:count",
       .id = "countExecutions",
       .summary = "How many executions are in which status",
       .answers = {{200, "Counts"}}},
      {.method = "GET",
       .path = "/executions/{execution}:export",
       .id = "exportExecutionByVerb",
       .summary = "The same",
       .answers = {{200, "Export", {}, "application/vnd.pawl.execution+json"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions:histogram",
       .id = "countExecutionsByStart",
       .summary = "How many executions started when, by status; without startedAfter the last 60 "
                  "buckets",
       .answers = {{200, "Histogram"}}},
      {.method = "POST",
       .path = "/executions:inspect",
       .id = "inspectExecution",
       .summary = "An exported execution step by step; nothing is kept",
       .body = "ExportedExecution",
       .answers = {{200, "Inspection"}}},
      {.method = "POST",
       .path = "/executions:bulkStop",
       .id = "bulkStop",
       .summary =
           "Stops the running executions of a state machine, up to 1000 at a time: first with "
           "dryRun, then with the operation that the dry run has named",
       .body = "BulkStop",
       .answers = {{200, "BulkAnswer"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/executions:bulkRedrive",
       .id = "bulkRedrive",
       .summary = "Redrives the unsuccessful executions of a state machine, in the same way",
       .body = "BulkRedrive",
       .answers = {{200, "BulkAnswer"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/executions/{execution}:stop",
       .id = "stopExecution",
       .summary = "Ends an execution; nothing happens to one that has ended",
       .body = "StopReason",
       .answers = {{200, "Execution"}},
       .problems = {404, 409}},
      {.method = "POST",
       .path = "/executions/{execution}:redrive",
       .id = "redriveExecution",
       .summary = "Goes on with an execution that has ended without success, where it was",
       .body = "RedriveRequest",
       .answers = {{200, "Execution"}},
       .problems = {404, 409}},
      {.method = "POST",
       .path = "/executions/{execution}:fork",
       .id = "forkExecution",
       .summary = "A new execution from a step that this one has taken",
       .body = "ForkRequest",
       .answers = {{201, "Execution", {"Location"}}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/map-runs",
       .id = "listMapRuns",
       .summary = "The Map Runs of an execution, newest first",
       .answers = {{200, "[MapRun]"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/map-runs/{mapRun}",
       .id = "getMapRun",
       .summary = "A Map Run",
       .answers = {{200, "MapRun"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/map-runs/{mapRun}/executions",
       .id = "listMapRunExecutions",
       .summary = "The children of a Map Run, by item",
       .answers = {{200, "[MapRunExecution]"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/map-runs/{mapRunName}",
       .id = "getMapRunByName",
       .summary = "A Map Run",
       .answers = {{200, "MapRun"}},
       .problems = {404}},
      {.method = "GET",
       .path = "/map-runs/{mapRunName}/items",
       .id = "listMapRunItems",
       .summary = "The children of a Map Run, by item",
       .answers = {{200, "[MapRunExecution]"}},
       .problems = {404}},
  };
}

std::string_view execution_schemas() {
  return R"json({
"ExecutionSummary": {
  "type": "object",
  "required": ["id", "name", "arn", "stateMachine", "stateMachineArn", "status", "startedAt"],
  "properties": {
    "id": {"type": "string", "description": "MACHINE:NAME"},
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "stateMachine": {"type": "string"},
    "stateMachineArn": {"type": "string"},
    "status": {"$ref": "#/components/schemas/Status"},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "stoppedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer"},
    "redriveCount": {"type": "integer"},
    "redrivenAt": {"$ref": "#/components/schemas/Time"},
    "forkedFrom": {"$ref": "#/components/schemas/ForkOrigin"},
    "parent": {"type": "string", "description": "The ARN of the execution whose task has started it"},
    "labels": {"$ref": "#/components/schemas/Labels"},
    "error": {"$ref": "#/components/schemas/Error"},
    "failedState": {"type": "string", "description": "In which it ended without success; of states within others the innermost"}
  }
},
"Execution": {
  "type": "object",
  "required": ["name", "arn", "stateMachine", "stateMachineArn", "status", "startedAt"],
  "properties": {
    "id": {"type": "string", "description": "MACHINE:NAME; none of an EXPRESS execution, which nobody can look up"},
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "stateMachine": {"type": "string"},
    "stateMachineArn": {"type": "string"},
    "status": {"$ref": "#/components/schemas/Status"},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "stoppedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer"},
    "redriveCount": {"type": "integer"},
    "redrivenAt": {"$ref": "#/components/schemas/Time"},
    "forkedFrom": {"$ref": "#/components/schemas/ForkOrigin"},
    "parent": {"type": "string", "description": "The ARN of the execution whose task has started it"},
    "labels": {"$ref": "#/components/schemas/Labels"},
    "failedState": {"type": "string", "description": "In which it ended without success; of states within others the innermost"},
    "input": {"$ref": "#/components/schemas/Document"},
    "output": {"$ref": "#/components/schemas/Document"},
    "error": {"$ref": "#/components/schemas/Error"}
  }
},
"ForkOrigin": {
  "type": "object",
  "required": ["execution", "event"],
  "properties": {
    "execution": {"type": "string", "description": "Its ARN"},
    "event": {"type": "integer", "description": "The step with which the fork began"}
  }
},
"StopReason": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "error": {"type": "string", "maxLength": 256},
    "cause": {"type": "string", "maxLength": 32768}
  }
},
"RedriveRequest": {
  "type": "object",
  "additionalProperties": false,
  "properties": {"clientToken": {"type": "string", "minLength": 1, "maxLength": 64}}
},
"ForkRequest": {
  "type": "object",
  "additionalProperties": false,
  "description": "Either event or state is required",
  "properties": {
    "event": {"type": "integer", "description": "The id of the event with which the step was entered", "x-refusal": "The id of an event is expected"},
    "state": {"type": "string", "description": "The last visit of this state"},
    "visit": {"type": "integer", "minimum": 1, "description": "Which visit of the state instead"},
    "input": {"$ref": "#/components/schemas/Document"},
    "executionInput": {"$ref": "#/components/schemas/Document"},
    "variables": {"type": "object", "additionalProperties": true},
    "definition": {"$ref": "#/components/schemas/Definition"},
    "version": {"type": "integer", "minimum": 1, "description": "Of the state machine, to go on with"},
    "mocks": {
      "type": "object",
      "description": "What tasks are answered instead of being carried out: by state, and by the number of the call from 0 (or a range of them) a Return or a Throw of Error and Cause",
      "additionalProperties": {"type": "object", "additionalProperties": true}
    },
    "reason": {"type": "string", "minLength": 1, "maxLength": 256, "description": "Kept as the label of this name"},
    "name": {"type": "string"},
    "labels": {"$ref": "#/components/schemas/Labels"}
  }
},
"Counts": {
  "type": "object",
  "required": ["counts", "total"],
  "properties": {
    "counts": {
      "type": "object",
      "required": ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
      "properties": {
        "RUNNING": {"type": "integer"},
        "SUCCEEDED": {"type": "integer"},
        "FAILED": {"type": "integer"},
        "TIMED_OUT": {"type": "integer"},
        "ABORTED": {"type": "integer"}
      }
    },
    "total": {"type": "integer"}
  }
},
"Histogram": {
  "type": "object",
  "required": ["from", "to", "bucketMs", "buckets"],
  "properties": {
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "bucketMs": {"type": "integer"},
    "buckets": {
      "type": "array",
      "description": "Those that are not empty",
      "items": {
        "type": "object",
        "required": ["startedAt", "counts"],
        "properties": {
          "startedAt": {"$ref": "#/components/schemas/Time"},
          "counts": {"type": "object", "additionalProperties": {"type": "integer"}}
        }
      }
    }
  }
},
"ExportedExecution": {
  "type": "object",
  "additionalProperties": false,
  "required": ["format", "execution", "events"],
  "description": "An Export",
  "properties": {
    "format": {"enum": [1]},
    "execution": {"type": "object", "additionalProperties": true},
    "stateMachine": {"type": "object", "additionalProperties": true},
    "events": {"type": "array", "items": {"type": "object", "additionalProperties": true}}
  }
},
"Inspection": {
  "type": "object",
  "required": ["execution", "events", "eventTypes", "steps"],
  "properties": {
    "execution": {"type": "object", "additionalProperties": true},
    "stateMachine": {"type": "object", "additionalProperties": true},
    "events": {"type": "integer"},
    "eventTypes": {"type": "object", "additionalProperties": {"type": "integer"}},
    "steps": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["id", "state", "type", "status", "enteredAt"],
        "properties": {
          "id": {"type": "integer"},
          "state": {"type": "string"},
          "type": {"type": "string"},
          "status": {"enum": ["RUNNING", "SUCCEEDED", "FAILED", "CAUGHT_ERROR", "TIMED_OUT", "ABORTED"]},
          "enteredAt": {"type": "string"},
          "exitedAt": {"type": "string"},
          "input": {"$ref": "#/components/schemas/Document"},
          "output": {"$ref": "#/components/schemas/Document"},
          "attempts": {"type": "integer"},
          "error": {"$ref": "#/components/schemas/Error"}
        }
      }
    }
  }
},
"BulkStop": {
  "type": "object",
  "additionalProperties": false,
  "required": ["stateMachine"],
  "properties": {
    "stateMachine": {"type": "string"},
    "startedAfter": {"type": "string", "format": "date-time"},
    "startedBefore": {"type": "string", "format": "date-time"},
    "error": {"type": "string", "maxLength": 256},
    "cause": {"type": "string", "maxLength": 32768},
    "dryRun": {"type": "boolean"},
    "operation": {"type": "string", "description": "Of a dry run with the same other members"}
  }
},
"BulkRedrive": {
  "type": "object",
  "additionalProperties": false,
  "required": ["stateMachine"],
  "properties": {
    "stateMachine": {"type": "string"},
    "status": {"type": "string", "enum": ["FAILED", "TIMED_OUT", "ABORTED"]},
    "startedAfter": {"type": "string", "format": "date-time"},
    "startedBefore": {"type": "string", "format": "date-time"},
    "dryRun": {"type": "boolean"},
    "operation": {"type": "string", "description": "Of a dry run with the same other members"}
  }
},
"BulkAnswer": {
  "type": "object",
  "required": ["dryRun", "more"],
  "properties": {
    "dryRun": {"type": "boolean"},
    "matching": {"type": "integer", "description": "Of a dry run: how many it would be now"},
    "executions": {"type": "array", "items": {"type": "string"}, "description": "The first hundred of them"},
    "done": {"type": "integer"},
    "failed": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["execution", "code", "detail"],
        "properties": {
          "execution": {"type": "string"},
          "code": {"type": "string"},
          "detail": {"type": "string"}
        }
      }
    },
    "more": {"type": "boolean", "description": "There are older ones: operation goes on with them"},
    "operation": {"type": "string"}
  }
},
"Export": {
  "type": "object",
  "required": ["format", "execution", "events"],
  "properties": {
    "format": {"enum": [1]},
    "execution": {"$ref": "#/components/schemas/Execution"},
    "stateMachine": {"$ref": "#/components/schemas/StateMachine"},
    "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
  }
},
"MapRun": {
  "type": "object",
  "required": ["id", "arn", "executionArn", "stateMachineArn", "status", "startedAt"],
  "properties": {
    "id": {"type": "string"},
    "arn": {"type": "string"},
    "executionArn": {"type": "string"},
    "stateMachineArn": {"type": "string"},
    "status": {"$ref": "#/components/schemas/Status"},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "stoppedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer"},
    "maxConcurrency": {"type": "integer"},
    "toleratedFailureCount": {"type": "integer"},
    "toleratedFailurePercentage": {"type": "number"},
    "redriveCount": {"type": "integer"},
    "redrivenAt": {"$ref": "#/components/schemas/Time"},
    "items": {"$ref": "#/components/schemas/MapRunCounts"},
    "executions": {"$ref": "#/components/schemas/MapRunCounts"},
    "error": {"$ref": "#/components/schemas/Error"}
  }
},
"MapRunCounts": {
  "type": "object",
  "required": ["pending", "running", "succeeded", "failed", "timedOut", "aborted", "total"],
  "properties": {
    "pending": {"type": "integer"},
    "running": {"type": "integer"},
    "succeeded": {"type": "integer"},
    "failed": {"type": "integer"},
    "timedOut": {"type": "integer"},
    "aborted": {"type": "integer"},
    "total": {"type": "integer"},
    "failuresNotRedrivable": {"type": "integer"},
    "pendingRedrive": {"type": "integer"}
  }
},
"MapRunExecution": {
  "type": "object",
  "required": ["id", "name", "arn", "stateMachine", "stateMachineArn", "status", "startedAt", "firstItem", "itemCount"],
  "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "stateMachine": {"type": "string"},
    "stateMachineArn": {"type": "string"},
    "status": {"enum": ["PENDING_REDRIVE", "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "stoppedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer"},
    "redriveCount": {"type": "integer"},
    "redrivenAt": {"$ref": "#/components/schemas/Time"},
    "firstItem": {"type": "integer", "description": "Counted from 0"},
    "itemCount": {"type": "integer"}
  }
}
})json";
}

}  // namespace pawl::engine
