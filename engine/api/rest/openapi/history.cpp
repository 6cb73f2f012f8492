// What an execution did: steps, events, replay, comparison.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> history_operations() {
  return {
      {.method = "GET",
       .path = "/executions/{execution}/steps",
       .id = "listSteps",
       .summary = "Each visit of a state, in order of entry",
       .answers = {{200, "[Step]"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/steps/{step}",
       .id = "getStep",
       .summary = "A step with its attempts",
       .answers = {{200, "Step"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/steps/{step}/io/{stage}",
       .id = "getStepDocument",
       .summary = "One document of a step, by itself",
       .headers = {"If-None-Match", "If-Range", "Range"},
       .answers = {{200, "Document", {"ETag"}},
                   {206, "Part", {"Content-Range", "ETag"}},
                   {304, "", {"ETag"}}},
       .problems = {404, 409, 416}},
      {.method = "GET",
       .path = "/executions/{execution}/steps/{step}/attempts/{attempt}",
       .id = "getAttempt",
       .summary = "An attempt of a step",
       .answers = {{200, "Attempt"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/events",
       .id = "listEvents",
       .summary =
           "The history, in order; with format=columns 25000 events at a time, without their "
           "documents",
       .answers = {{200, "Events", {"Link"}}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/events/{event}",
       .id = "getEvent",
       .summary = "An event",
       .answers = {{200, "Event"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/stream",
       .id = "streamTopics",
       .summary = "What changes, as Server-Sent Events: of several topics in one stream",
       .headers = {"Last-Event-ID"},
       .answers = {{200, "TopicStream", {}, "text/event-stream"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/events:stream",
       .id = "streamEvents",
       .summary = "The history as Server-Sent Events, until the execution ends",
       .headers = {"Last-Event-ID"},
       .answers = {{200, "EventStream", {}, "text/event-stream"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/replay",
       .id = "replayExecution",
       .summary = "The execution as it was at an event",
       .answers = {{200, "Replay"}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions/{execution}/diff",
       .id = "diffExecutions",
       .summary = "Two executions step by step",
       .answers = {{200, "Diff", {"Link"}}},
       .problems = {404, 409}},
      {.method = "GET",
       .path = "/executions:compare",
       .id = "compareExecutions",
       .summary = "The same, by the names of both",
       .answers = {{200, "Diff", {"Link"}}},
       .problems = {404, 409}},
  };
}

std::string_view history_schemas() {
  return R"json({
"Step": {
  "type": "object",
  "required": ["id", "state", "type", "status", "enteredAt", "input"],
  "properties": {
    "id": {"type": "integer", "description": "The event with which the state was entered"},
    "state": {"type": "string"},
    "type": {"enum": ["Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"]},
    "status": {"enum": ["RUNNING", "SUCCEEDED", "FAILED", "CAUGHT_ERROR", "TIMED_OUT", "ABORTED"]},
    "parent": {"type": "integer", "description": "The id of the Parallel or Map step around it"},
    "index": {"type": "integer", "description": "Which branch or iteration of it"},
    "enteredAt": {"$ref": "#/components/schemas/Time"},
    "exitedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer"},
    "input": {"$ref": "#/components/schemas/Document"},
    "output": {"$ref": "#/components/schemas/Document"},
    "assigned": {"type": "object", "additionalProperties": true},
    "error": {"$ref": "#/components/schemas/Error"},
    "attempts": {"type": "array", "items": {"$ref": "#/components/schemas/Attempt"}}
  }
},
"Attempt": {
  "type": "object",
  "required": ["number", "scheduledEvent"],
  "properties": {
    "number": {"type": "integer"},
    "scheduledEvent": {"type": "integer"},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "endedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer"},
    "parameters": {"$ref": "#/components/schemas/Document"},
    "submitted": {"$ref": "#/components/schemas/Document"},
    "result": {"$ref": "#/components/schemas/Document"},
    "error": {"$ref": "#/components/schemas/Error"}
  }
},
"Event": {
  "type": "object",
  "required": ["id", "previousId", "type", "at"],
  "properties": {
    "id": {"type": "integer"},
    "previousId": {"type": "integer"},
    "type": {"type": "string", "description": "As in AWS's HistoryEvent"},
    "at": {"$ref": "#/components/schemas/Time"},
    "details": {"type": "object", "additionalProperties": true, "description": "By type, as in AWS's HistoryEvent; documents are JSON values"}
  }
},
"Part": {"description": "Of the text of a JSON value"},
"EventPage": {
  "type": "object",
  "required": ["items"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
    "nextPageToken": {"type": "string"}
  }
},
"EventColumns": {
  "type": "object",
  "required": ["types", "states", "columns"],
  "properties": {
    "types": {"type": "array", "items": {"type": "string"}},
    "states": {"type": "array", "items": {"type": "string"}},
    "columns": {
      "type": "object",
      "required": ["id", "previousId", "atMs", "type", "state"],
      "properties": {
        "id": {"type": "array", "items": {"type": "integer"}},
        "previousId": {"type": "array", "items": {"type": "integer"}},
        "atMs": {"type": "array", "items": {"type": "integer"}, "description": "Since 1970"},
        "type": {"type": "array", "items": {"type": "integer"}, "description": "Which of types"},
        "state": {"type": "array", "items": {"type": ["integer", "null"]}, "description": "Which of states the event belongs to"}
      }
    },
    "nextPageToken": {"type": "string"}
  }
},
"Events": {
  "anyOf": [
    {"$ref": "#/components/schemas/EventPage"},
    {"$ref": "#/components/schemas/EventColumns"}
  ]
},
"TopicStream": {
  "type": "string",
  "description": "'event: executions' with [{id, at, status?, lastEvent?}] of what has changed in the last 100 ms, or 'event: reset': more has changed than is told, look anew"
},
"EventStream": {
  "type": "string",
  "description": "'event: event' with an Event as data for each, then 'event: end' with the status"
},
"Replay": {
  "type": "object",
  "required": ["execution", "event", "at", "status", "input", "inFlight"],
  "properties": {
    "execution": {"type": "string"},
    "event": {"type": "integer"},
    "at": {"$ref": "#/components/schemas/Time"},
    "status": {"$ref": "#/components/schemas/Status"},
    "input": {"$ref": "#/components/schemas/Document"},
    "output": {"$ref": "#/components/schemas/Document"},
    "error": {"$ref": "#/components/schemas/Error"},
    "redriveCount": {"type": "integer"},
    "tree": {"$ref": "#/components/schemas/Scope"},
    "inFlight": {"type": "array", "items": {"$ref": "#/components/schemas/InFlight"}}
  }
},
"Scope": {
  "type": "object",
  "required": ["scope", "state", "type", "phase", "input", "variables"],
  "properties": {
    "scope": {"type": "integer"},
    "index": {"type": "integer"},
    "state": {"type": "string"},
    "type": {"type": "string"},
    "unsuccessful": {"type": "boolean"},
    "phase": {"enum": ["ENTERING", "BEGINNING", "ENDED", "TASK", "WAIT", "RETRY", "CHILDREN", "MAP_RUN"]},
    "resource": {"type": "string"},
    "parameters": {"$ref": "#/components/schemas/Document"},
    "submitted": {"type": "boolean"},
    "timeoutAt": {"$ref": "#/components/schemas/Time"},
    "heartbeatAt": {"$ref": "#/components/schemas/Time"},
    "until": {"$ref": "#/components/schemas/Time"},
    "total": {"type": "integer"},
    "started": {"type": "integer"},
    "finished": {"type": "integer"},
    "failed": {"type": "integer"},
    "mapRun": {"type": "string"},
    "redriveCount": {"type": "integer"},
    "enteredEvent": {"type": "integer"},
    "enteredAt": {"$ref": "#/components/schemas/Time"},
    "attempt": {"type": "integer"},
    "input": {"$ref": "#/components/schemas/Document"},
    "variables": {"type": "object", "additionalProperties": true},
    "iterations": {"type": "array", "items": {"$ref": "#/components/schemas/Scope"}},
    "branches": {"type": "array", "items": {"$ref": "#/components/schemas/Scope"}}
  }
},
"InFlight": {
  "type": "object",
  "required": ["kind"],
  "properties": {
    "kind": {"enum": ["TASK", "MAP_RUN", "TIMER", "CONTINUE"]},
    "work": {"type": "integer"},
    "scope": {"type": "integer"},
    "state": {"type": "string"},
    "resource": {"type": "string"},
    "parameters": {"$ref": "#/components/schemas/Document"},
    "mapRun": {"type": "string"},
    "timer": {"type": "string"},
    "due": {"$ref": "#/components/schemas/Time"}
  }
},
"Diff": {
  "type": "object",
  "required": ["left", "right", "counts", "items"],
  "properties": {
    "left": {"$ref": "#/components/schemas/ExecutionSummary"},
    "right": {"$ref": "#/components/schemas/ExecutionSummary"},
    "counts": {
      "type": "object",
      "required": ["same", "different", "onlyLeft", "onlyRight"],
      "properties": {
        "same": {"type": "integer"},
        "different": {"type": "integer"},
        "onlyLeft": {"type": "integer"},
        "onlyRight": {"type": "integer"}
      }
    },
    "changes": {"$ref": "#/components/schemas/Changes"},
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/StepPair"}},
    "nextPageToken": {"type": "string"}
  }
},
"StepPair": {
  "type": "object",
  "required": ["state", "type", "visit", "depth", "verdict"],
  "properties": {
    "state": {"type": "string"},
    "type": {"type": "string"},
    "visit": {"type": "integer"},
    "index": {"type": "integer"},
    "depth": {"type": "integer"},
    "verdict": {"enum": ["SAME", "DIFFERENT", "ONLY_LEFT", "ONLY_RIGHT"]},
    "differs": {"type": "array", "items": {"type": "string"}},
    "left": {"$ref": "#/components/schemas/StepSide"},
    "right": {"$ref": "#/components/schemas/StepSide"},
    "changes": {"$ref": "#/components/schemas/Changes"}
  }
},
"StepSide": {
  "type": "object",
  "required": ["id", "status"],
  "properties": {
    "id": {"type": "integer"},
    "status": {"type": "string"},
    "durationMs": {"type": "integer"},
    "attempts": {"type": "integer"},
    "error": {"$ref": "#/components/schemas/Error"}
  }
},
"Changes": {
  "type": "object",
  "properties": {
    "input": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}},
    "output": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}},
    "variables": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}}
  }
},
"Change": {
  "type": "object",
  "properties": {
    "pointer": {"type": "string"},
    "left": {"$ref": "#/components/schemas/Document"},
    "right": {"$ref": "#/components/schemas/Document"},
    "more": {"type": "boolean", "description": "There are more than the hundred shown"}
  }
}
})json";
}

}  // namespace pawl::engine
