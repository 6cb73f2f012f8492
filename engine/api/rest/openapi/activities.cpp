// Work of outside: activities and task tokens.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> activity_operations() {
  return {
      {.method = "GET",
       .path = "/activities",
       .id = "listActivities",
       .summary = "Activities, newest first",
       .answers = {{200, "[Activity]"}}},
      {.method = "POST",
       .path = "/activities",
       .id = "createActivity",
       .summary = "Makes an activity, or finds it",
       .body = "NewActivity",
       .answers = {{201, "Activity", {"Location"}}}},
      {.method = "GET",
       .path = "/activities/{activity}",
       .id = "getActivity",
       .summary = "An activity",
       .answers = {{200, "Activity"}},
       .problems = {404}},
      {.method = "DELETE",
       .path = "/activities/{activity}",
       .id = "deleteActivity",
       .summary = "Removes an activity",
       .answers = {{204}},
       .problems = {404}},
      {.method = "POST",
       .path = "/activities/{activity}:poll",
       .id = "pollActivity",
       .summary = "The next task of an activity; 204 when none comes within a minute",
       .body = "ActivityPoll",
       .answers = {{200, "ActivityTask"}, {204}},
       .problems = {404}},
      {.method = "POST",
       .path = "/tasks/{taskToken}:succeed",
       .id = "succeedTask",
       .summary = "The task that has got this token is done",
       .body = "TaskSuccess",
       .answers = {{204}}},
      {.method = "POST",
       .path = "/tasks/{taskToken}:fail",
       .id = "failTask",
       .summary = "The task that has got this token has failed",
       .body = "TaskFailure",
       .answers = {{204}}},
      {.method = "POST",
       .path = "/tasks/{taskToken}:heartbeat",
       .id = "heartbeatTask",
       .summary = "The task that has got this token is still being worked on",
       .body = "TaskHeartbeat",
       .answers = {{204}}},
  };
}

std::string_view activity_schemas() {
  return R"json({
"Activity": {
  "type": "object",
  "required": ["name", "arn", "createdAt"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "createdAt": {"$ref": "#/components/schemas/Time"}
  }
},
"NewActivity": {
  "type": "object",
  "additionalProperties": false,
  "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "tags": {"$ref": "#/components/schemas/Tags"}
  }
},
"ActivityPoll": {
  "type": "object",
  "additionalProperties": false,
  "properties": {"workerName": {"type": "string", "minLength": 1, "maxLength": 80}}
},
"ActivityTask": {
  "type": "object",
  "required": ["taskToken", "input"],
  "properties": {
    "taskToken": {"type": "string"},
    "input": {"$ref": "#/components/schemas/Document"}
  }
},
"TaskSuccess": {
  "type": "object",
  "additionalProperties": false,
  "required": ["output"],
  "properties": {"output": {"$ref": "#/components/schemas/Document"}}
},
"TaskFailure": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "error": {"type": "string", "maxLength": 256},
    "cause": {"type": "string", "maxLength": 32768}
  }
},
"TaskHeartbeat": {"type": "object", "additionalProperties": false}
})json";
}

}  // namespace pawl::engine
