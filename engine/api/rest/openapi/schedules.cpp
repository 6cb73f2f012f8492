// Executions started by time.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> schedule_operations() {
  return {
      {.method = "GET",
       .path = "/schedules",
       .id = "listSchedules",
       .summary = "Schedules, by name",
       .answers = {{200, "[Schedule]"}}},
      {.method = "POST",
       .path = "/schedules",
       .id = "createSchedule",
       .summary = "Makes a schedule",
       .body = "NewSchedule",
       .answers = {{201, "Schedule", {"ETag", "Location"}}}},
      {.method = "GET",
       .path = "/schedules/{schedule}",
       .id = "getSchedule",
       .summary = "A schedule, and how far it has got",
       .headers = {"If-None-Match"},
       .answers = {{200, "Schedule", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PATCH",
       .path = "/schedules/{schedule}",
       .id = "patchSchedule",
       .summary = "Changes what the body names; null gives a member its default",
       .headers = {"If-Match"},
       .body = "ScheduleChange",
       .answers = {{200, "Schedule", {"ETag"}}},
       .problems = {404, 412}},
      {.method = "DELETE",
       .path = "/schedules/{schedule}",
       .id = "deleteSchedule",
       .summary = "Removes a schedule; its executions go on",
       .headers = {"If-Match"},
       .answers = {{204}},
       .problems = {404, 412}},
      {.method = "GET",
       .path = "/schedules/{schedule}/next",
       .id = "listNextFires",
       .summary = "The times it fires at next, as if it were not paused",
       .answers = {{200, "NextFires"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/schedules/{schedule}:backfill",
       .id = "backfillSchedule",
       .summary = "Starts what it would have started between two times, but for what is there; at "
                  "most 1000 times",
       .body = "Backfill",
       .answers = {{200, "Backfilled"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/schedules/{schedule}:pause",
       .id = "pauseSchedule",
       .summary = "No more starts, until it is resumed",
       .headers = {"If-Match"},
       .answers = {{200, "Schedule", {"ETag"}}},
       .problems = {404, 412}},
      {.method = "POST",
       .path = "/schedules/{schedule}:resume",
       .id = "resumeSchedule",
       .summary = "Goes on with what is due from now on",
       .headers = {"If-Match"},
       .answers = {{200, "Schedule", {"ETag"}}},
       .problems = {404, 412}},
      {.method = "POST",
       .path = "/schedules/{schedule}:trigger",
       .id = "triggerSchedule",
       .summary = "Starts an execution now, also of a schedule that is paused",
       .body = "ScheduleTrigger",
       .answers = {{202, "Firing", {"Location"}}},
       .problems = {404}},
  };
}

std::string_view schedule_schemas() {
  return R"json({
"ScheduleExpression": {
  "type": "string",
  "maxLength": 256,
  "description": "cron(minutes hours day-of-month month day-of-week year), rate(5 minutes) or at(2026-12-01T10:00:00)"
},
"MissedRuns": {
  "enum": ["skip", "one", "all"],
  "description": "Of the times that passed while no server was there: none, the latest, or each of the last 1000"
},
"Schedule": {
  "type": "object",
  "required": ["name", "arn", "status", "stateMachine", "expression", "timezone", "input", "missed", "paused", "labels",
               "createdAt", "updatedAt"],
  "properties": {
    "name": {"type": "string"},
    "arn": {"type": "string"},
    "status": {"enum": ["ACTIVE", "PAUSED", "COMPLETED"], "description": "COMPLETED: there is no time to come"},
    "stateMachine": {"type": "string"},
    "expression": {"$ref": "#/components/schemas/ScheduleExpression"},
    "timezone": {"type": "string"},
    "input": {"$ref": "#/components/schemas/Document"},
    "startDate": {"$ref": "#/components/schemas/Time"},
    "endDate": {"$ref": "#/components/schemas/Time"},
    "missed": {"$ref": "#/components/schemas/MissedRuns"},
    "paused": {"type": "boolean"},
    "description": {"type": "string"},
    "labels": {"$ref": "#/components/schemas/Labels"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "updatedAt": {"$ref": "#/components/schemas/Time"},
    "nextFireAt": {"$ref": "#/components/schemas/Time"},
    "lastFireAt": {"type": "string", "format": "date-time", "description": "The time that it was to fire at"},
    "lastExecution": {"type": "string", "description": "MACHINE:NAME; of an EXPRESS execution the ARN"},
    "lastError": {
      "type": "object",
      "description": "Why the last start failed; gone with the next that succeeds",
      "required": ["name", "cause", "at"],
      "properties": {
        "name": {"type": "string"},
        "cause": {"type": "string"},
        "at": {"$ref": "#/components/schemas/Time"}
      }
    }
  }
},
"NewSchedule": {
  "type": "object",
  "additionalProperties": false,
  "required": ["name", "stateMachine", "expression"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Letters, digits, '-', '_' and '.'"},
    "stateMachine": {"type": "string", "description": "Its name or ARN, also with :alias or :version"},
    "expression": {"$ref": "#/components/schemas/ScheduleExpression"},
    "timezone": {"type": "string", "maxLength": 50, "description": "A name of the IANA database; UTC without it"},
    "input": {"description": "Of each execution; {} without it. <aws.scheduler.scheduled-time>, execution-id, attempt-number and schedule-arn stand for their values"},
    "startDate": {"type": "string", "format": "date-time", "description": "It fires then or later; a rate counts from it"},
    "endDate": {"type": "string", "format": "date-time", "description": "It fires then or earlier"},
    "missed": {"type": "string", "enum": ["skip", "one", "all"], "description": "one without it"},
    "paused": {"type": "boolean"},
    "description": {"type": "string", "maxLength": 512},
    "labels": {"$ref": "#/components/schemas/Labels"}
  }
},
"ScheduleChange": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "stateMachine": {"type": "string"},
    "expression": {"$ref": "#/components/schemas/ScheduleExpression"},
    "timezone": {"type": ["string", "null"], "maxLength": 50},
    "input": {"description": "In place of the input, as a whole"},
    "startDate": {"type": ["string", "null"], "format": "date-time"},
    "endDate": {"type": ["string", "null"], "format": "date-time"},
    "missed": {"type": "string", "enum": ["skip", "one", "all"]},
    "paused": {"type": "boolean"},
    "description": {"type": ["string", "null"], "maxLength": 512},
    "labels": {"$ref": "#/components/schemas/Labels"}
  }
},
"NextFires": {
  "type": "object",
  "required": ["timezone", "items"],
  "properties": {
    "timezone": {"type": "string"},
    "items": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["at", "local"],
        "properties": {
          "at": {"$ref": "#/components/schemas/Time"},
          "local": {"type": "string", "format": "date-time", "description": "In the time zone"}
        }
      }
    }
  }
},
"ScheduleTrigger": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "input": {"description": "In place of the schedule's"}
  }
},
"Firing": {
  "type": "object",
  "required": ["at", "name", "outcome"],
  "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "name": {"type": "string", "description": "Of the execution"},
    "outcome": {
      "enum": ["PLANNED", "STARTED", "ALREADY_STARTED", "REFUSED", "UNAVAILABLE"],
      "description": "UNAVAILABLE: the server takes no writes at the moment; ask again"
    },
    "execution": {"type": "string", "description": "MACHINE:NAME; of an EXPRESS execution the ARN"},
    "error": {"$ref": "#/components/schemas/Error"}
  }
},
"Backfill": {
  "type": "object",
  "additionalProperties": false,
  "required": ["from", "to"],
  "properties": {
    "from": {"type": "string", "format": "date-time"},
    "to": {"type": "string", "format": "date-time", "description": "Not later than now"},
    "dryRun": {"type": "boolean", "description": "Only tell the times"}
  }
},
"Backfilled": {
  "type": "object",
  "required": ["dryRun", "items"],
  "properties": {
    "dryRun": {"type": "boolean"},
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Firing"}}
  }
}
})json";
}

}  // namespace pawl::engine
