// Parameters, headers and schemas that several resources use.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

using asl::Json;

namespace {

Json text_schema() { return {{"type", "string"}}; }
Json time_schema() { return {{"type", "string"}, {"format", "date-time"}}; }
Json integer_schema(std::int64_t least) { return {{"type", "integer"}, {"minimum", least}}; }

void add_parameter(Json& all, const char* in, const char* name, Json schema, const char* about) {
  Json parameter = {
      {"name", name}, {"in", in}, {"description", about}, {"schema", std::move(schema)}};
  const std::string place = in;
  if (place == "path") parameter["required"] = true;
  all[place == "header" ? name : place + "." + name] = std::move(parameter);
}

void add_path_parameters(Json& all) {
  add_parameter(all,
                "path",
                "execution",
                text_schema(),
                "MACHINE:NAME, or an ARN, or the name alone when one state machine only has it");
  add_parameter(all, "path", "stateMachine", text_schema(), "Its name, or its ARN");
  add_parameter(all,
                "path",
                "step",
                text_schema(),
                "Its id: that of the event with which its state was entered");
  add_parameter(all, "path", "version", integer_schema(1), "Its number");
  add_parameter(all, "path", "alias", text_schema(), "Its name");
  add_parameter(all, "path", "activity", text_schema(), "Its name, or its ARN");
  add_parameter(all, "path", "taskToken", text_schema(), "That the task has got, percent-encoded");
  add_parameter(all, "path", "mapRun", text_schema(), "Its id, or its ARN");
  add_parameter(all, "path", "mapRunName", text_schema(), "Its ARN, or MACHINE/LABEL:ID");
  add_parameter(all, "path", "attempt", integer_schema(1), "Its number");
  add_parameter(all, "path", "event", integer_schema(1), "Its id");
  add_parameter(all, "path", "token", text_schema(), "Its name");
  add_parameter(all, "path", "schedule", text_schema(), "Its name");
  add_parameter(
      all,
      "path",
      "stage",
      {{"enum", {"input", "output", "variables", "arguments", "submitted", "result"}}},
      "Which document of the step; arguments, submitted and result are those of its last attempt");
}

void add_query_parameters(Json& all) {
  Json size = integer_schema(1);
  size["maximum"] = 1000;
  size["default"] = 50;
  add_parameter(all, "query", "pageSize", std::move(size), "How many items at most");
  add_parameter(all, "query", "pageToken", text_schema(), "The nextPageToken of the page before");
  add_parameter(all, "query", "startedAfter", time_schema(), "Started later than this");
  add_parameter(all, "query", "startedBefore", time_schema(), "Started earlier than this");
  add_parameter(
      all, "query", "stateMachine", text_schema(), "Of this state machine: its name or ARN");
  add_parameter(all,
                "query",
                "status",
                {{"enum", {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}}},
                "In this status");
  add_parameter(all,
                "query",
                "error",
                text_schema(),
                "That ended without success by this error: its exact name");
  add_parameter(all,
                "query",
                "failedState",
                text_schema(),
                "That ended without success in this state; of states within others the innermost");
  add_parameter(all,
                "query",
                "forkOf",
                text_schema(),
                "Forks of this execution: MACHINE:NAME or ARN; not with error and failedState");
  add_parameter(all,
                "query",
                "namePrefix",
                text_schema(),
                "Whose names begin so, by name; with a state machine and no other filter");
  add_parameter(all, "query", "label", text_schema(), "With this label: NAME=VALUE");
  add_parameter(all,
                "query",
                "parent",
                text_schema(),
                "Started by a task of this execution: MACHINE:NAME or ARN; not with forkOf, error "
                "and failedState");
  add_parameter(all,
                "query",
                "minDuration",
                text_schema(),
                "That ran, or have been running, for so long: 500ms, 90s, 5m, 12h, 1d. There is no "
                "index of it: a request looks at 10000 executions at most, and a page may have few "
                "items, or none, and a next one");
  add_parameter(all,
                "query",
                "orderBy",
                {{"enum", {"startedAt desc", "name asc"}}},
                "By name: with a state machine and no other filter but namePrefix");
  add_parameter(all,
                "query",
                "fields",
                text_schema(),
                "Of each item these members only, with commas between them");
  add_parameter(all,
                "query",
                "bucket",
                {{"type", "string"}, {"default", "5m"}},
                "How long a bucket is: 500ms, 90s, 5m, 12h, 1d; 1000 buckets at most");
  add_parameter(all, "query", "a", text_schema(), "An execution");
  add_parameter(all, "query", "b", text_schema(), "The other execution");
  add_parameter(all,
                "query",
                "format",
                {{"enum", {"objects", "columns"}}, {"default", "objects"}},
                "Events as a page of objects, or as columns");
  add_parameter(all,
                "query",
                "redact",
                {{"enum", {"true", "false"}}},
                "Without the texts and numbers of inputs, outputs and the like");
  add_parameter(all,
                "query",
                "topic",
                text_schema(),
                "executions, state-machines/NAME or executions/MACHINE:NAME; up to 50 times");
  add_parameter(all, "query", "groupBy", {{"enum", Json::array({"status"})}}, "What to count by");
  add_parameter(all, "query", "with", text_schema(), "The other execution");
  add_parameter(
      all, "query", "event", integer_schema(1), "The id of an event; the last without it");
  add_parameter(all,
                "query",
                "since",
                integer_schema(0),
                "Events after the one of this id, as Last-Event-ID");
  Json count = integer_schema(1);
  count["maximum"] = 100;
  count["default"] = 5;
  add_parameter(all, "query", "count", std::move(count), "How many times at most");
  add_parameter(all,
                "query",
                "timezone",
                text_schema(),
                "To show the times in too: a name of the IANA database; the schedule's without it");
  add_parameter(all,
                "query",
                "validateOnly",
                {{"enum", {"true", "false"}}},
                "Look whether the definition holds; keep nothing");
}

void add_header_parameters(Json& all) {
  add_parameter(
      all,
      "header",
      "Idempotency-Key",
      {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}},
      "The same request under the same key is carried out once and answered the same for 24 hours; "
      "a UUID is a good key");
  add_parameter(all,
                "header",
                "If-Match",
                text_schema(),
                "Only when the resource has this ETag; * when there is one");
  add_parameter(
      all,
      "header",
      "If-None-Match",
      text_schema(),
      "GET: 304 when the resource still has this ETag. PUT with *: only when there is none yet");
  add_parameter(
      all,
      "header",
      "Prefer",
      text_schema(),
      "wait=SECONDS: the answer comes when the execution has ended, or after so long, 300 at most");
  add_parameter(all,
                "header",
                "Range",
                text_schema(),
                "bytes=FIRST-LAST, bytes=FIRST- or bytes=-LENGTH: this part only");
  add_parameter(all, "header", "If-Range", text_schema(), "The part, unless the ETag is another");
  add_parameter(all,
                "header",
                "Last-Event-ID",
                integer_schema(0),
                "What a client that reconnects has seen already");
}

}  // namespace

Json shared_parameters() {
  Json all = Json::object();
  add_path_parameters(all);
  add_query_parameters(all);
  add_header_parameters(all);
  all.update(artifact_parameters());
  all.update(job_parameters());
  all.update(run_parameters());
  all.update(serving_parameters());
  return all;
}

Json shared_headers() {
  return {
      {"ETag", {{"description", "For If-Match and If-None-Match"}, {"schema", text_schema()}}},
      {"Content-Range", {{"description", "Which bytes of how many"}, {"schema", text_schema()}}},
      {"Content-Security-Policy",
       {{"description", "A browser that shows it runs nothing of it"}, {"schema", text_schema()}}},
      {"Link", {{"description", "rel=\"next\": the next page, if any"}, {"schema", text_schema()}}},
      {"Location", {{"description", "Where the resource is"}, {"schema", text_schema()}}},
      {"Accept-Encoding",
       {{"description", "identity: what a body may be"}, {"schema", text_schema()}}},
      {"Retry-After", {{"description", "Seconds"}, {"schema", integer_schema(0)}}},
      {"RateLimit-Limit",
       {{"description", "How many requests at once, of a server with rate-limit"},
        {"schema", integer_schema(1)}}},
      {"RateLimit-Remaining",
       {{"description", "How many of them are left"}, {"schema", integer_schema(0)}}},
      {"RateLimit-Reset",
       {{"description", "Seconds until there is one again"}, {"schema", integer_schema(0)}}},
      {"WWW-Authenticate",
       {{"description",
         "RFC 6750: Bearer, and what is wrong with the token, or the scope it lacks"},
        {"schema", text_schema()}}},
      {"x-amzn-RequestId", {{"description", "Names this answer"}, {"schema", text_schema()}}},
      {"x-Amzn-Invoked-Production-Variant",
       {{"description", "The variant that answered"}, {"schema", text_schema()}}},
      {"X-Content-Type-Options", {{"description", "nosniff"}, {"schema", text_schema()}}},
      {"X-Pawl-Log-Size",
       {{"description", "Bytes of the log as it is now"}, {"schema", integer_schema(0)}}},
      {"X-Request-Id", {{"description", "Names this answer in logs"}, {"schema", text_schema()}}},
      {"Idempotency-Replayed",
       {{"description", "The request was carried out before; this is what it was answered"},
        {"schema", {{"enum", Json::array({"true"})}}}}},
  };
}

std::string_view shared_schemas() {
  return R"json({
"Problem": {
  "type": "object",
  "description": "RFC 9457",
  "required": ["type", "title", "status", "detail", "instance", "requestId"],
  "properties": {
    "type": {"type": "string", "description": "/docs/problems/NAME"},
    "title": {"type": "string"},
    "status": {"type": "integer"},
    "detail": {"type": "string"},
    "instance": {"type": "string", "description": "The path of the request"},
    "requestId": {"type": "string"},
    "awsErrorCode": {"type": "string", "description": "The error that AWS's protocol would have given"},
    "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}}
  }
},
"Fault": {
  "type": "object",
  "required": ["pointer", "detail"],
  "properties": {
    "pointer": {"type": "string", "description": "A JSON Pointer into the body, or ?NAME of a query parameter"},
    "detail": {"type": "string"},
    "line": {"type": "integer"},
    "column": {"type": "integer"},
    "code": {"type": "string"},
    "severity": {"enum": ["ERROR", "WARNING"]},
    "location": {"type": "string", "description": "The same place as AWS writes it"},
    "pawl": {"type": "boolean", "description": "AWS has no such finding"}
  }
},
"Error": {
  "type": "object",
  "properties": {
    "name": {"type": "string"},
    "cause": {"type": "string"},
    "location": {"type": "string"}
  }
},
"Status": {"enum": ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]},
"Time": {"type": "string", "format": "date-time"},
"Document": {"description": "Any JSON value"},
"Labels": {
  "type": "object",
  "description": "To find executions by: at most 20. Names: letters, digits, '.', '_', '-' and '/', at most 80",
  "additionalProperties": {"type": "string", "maxLength": 256}
},
"Tags": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 256}}
})json";
}

}  // namespace pawl::engine
