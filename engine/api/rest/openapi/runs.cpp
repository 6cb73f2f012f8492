// Training runs.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> run_operations() {
  return {
      {.method = "GET",
       .path = "/runs",
       .id = "listRuns",
       .summary = "Runs of clients and training jobs, by start, the latest first",
       .answers = {{200, "[Run]"}},
       .problems = {404, 409}},
      {.method = "POST",
       .path = "/runs",
       .id = "createRun",
       .summary = "Begins a run, or writes down one that was",
       .body = "NewRun",
       .answers = {{201, "Run", {"ETag", "Location"}}}},
      {.method = "GET",
       .path = "/runs:compare",
       .id = "compareRuns",
       .summary = "Up to 20 runs side by side: parameters, and which of them differ; metrics",
       .answers = {{200, "RunComparison"}},
       .problems = {404}},
      {.method = "GET",
       .path = "/runs/{runKind}/{run}",
       .id = "getRun",
       .summary = "A run",
       .headers = {"If-None-Match"},
       .answers = {{200, "Run", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "PATCH",
       .path = "/runs/{runKind}/{run}",
       .id = "patchRun",
       .summary = "Changes what the body names; 409 of a training job",
       .headers = {"If-Match"},
       .body = "RunChange",
       .answers = {{200, "Run", {"ETag"}}},
       .problems = {404, 409, 412}},
      {.method = "DELETE",
       .path = "/runs/{runKind}/{run}",
       .id = "deleteRun",
       .summary = "Removes a run with its metrics; 409 of a training job",
       .headers = {"If-Match"},
       .answers = {{204}},
       .problems = {404, 409, 412}},
      {.method = "GET",
       .path = "/runs/{runKind}/{run}/metrics",
       .id = "listRunMetrics",
       .summary = "What a run measures, by key: how many points, last, least, most, best",
       .headers = {"If-None-Match"},
       .answers = {{200, "RunMetrics", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
      {.method = "POST",
       .path = "/runs/{runKind}/{run}/metrics",
       .id = "logRunMetrics",
       .summary =
           "Adds points, all of them or none; they are on the disk when it answers. 409 of a "
           "training job, which is asked by its log",
       .body = "NewRunMetrics",
       .answers = {{200, "RunMetricsTaken"}},
       .problems = {404}},
      {.method = "GET",
       .path = "/runs/{runKind}/{run}/metrics/{metric}",
       .id = "getRunCurve",
       .summary =
           "The points of one metric by step, no more than maxPoints: the first, the last, and "
           "of equal stretches between them the least, the most and the first that is not "
           "finite",
       .headers = {"If-None-Match"},
       .answers = {{200, "RunCurve", {"ETag"}}, {304, "", {"ETag"}}},
       .problems = {404}},
  };
}

asl::Json run_parameters() {
  return asl::Json::parse(R"json({
"path.metric": {"name": "metric", "in": "path", "required": true, "description": "Its key, percent-encoded", "schema": {"type": "string"}},
"path.run": {"name": "run", "in": "path", "required": true, "description": "What its id has behind the kind", "schema": {"type": "string"}},
"path.runKind": {"name": "runKind", "in": "path", "required": true, "description": "client or training", "schema": {"type": "string"}},
"query.experiment": {"name": "experiment", "in": "query", "description": "Of this experiment", "schema": {"type": "string"}},
"query.ids": {"name": "ids", "in": "query", "description": "Up to 20 ids with commas between them", "schema": {"type": "string"}},
"query.maxPoints": {"name": "maxPoints", "in": "query", "description": "How many points at most", "schema": {"type": "integer", "minimum": 8, "maximum": 10000, "default": 2000}},
"query.metrics": {"name": "metrics", "in": "query", "description": "Up to 20 keys with commas between them: each run is shown with these", "schema": {"type": "string"}},
"query.runs.execution": {"name": "execution", "in": "query", "description": "That belong to this execution: MACHINE:NAME or ARN", "schema": {"type": "string"}},
"query.runs.kind": {"name": "kind", "in": "query", "description": "Of this kind", "schema": {"$ref": "#/components/schemas/RunKind"}},
"query.runs.namePrefix": {"name": "namePrefix", "in": "query", "description": "Whose names begin so", "schema": {"type": "string"}}
})json");
}

std::string_view run_schemas() {
  return R"json({
"RunKind": {"type": "string", "enum": ["client", "training"]},
"Goal": {"enum": ["minimize", "maximize"]},
"RunParams": {
  "type": "object",
  "description": "At most 1000; names of 1 to 250 bytes",
  "additionalProperties": {"type": ["string", "number", "boolean"], "maxLength": 6000}
},
"RunGoals": {
  "type": "object",
  "description": "By key of a metric, at most 100. Of other keys the words tell, as accuracy and loss do, or nothing does",
  "additionalProperties": {"type": "string", "enum": ["minimize", "maximize"]}
},
"Run": {
  "type": "object",
  "required": ["id", "kind", "name", "status", "startedAt", "params", "labels", "goals"],
  "properties": {
    "id": {"type": "string", "description": "KIND/NAME"},
    "kind": {"$ref": "#/components/schemas/RunKind"},
    "name": {"type": "string"},
    "status": {"$ref": "#/components/schemas/Status"},
    "startedAt": {"type": "string", "format": "date-time", "description": "Of a training job when it was asked for"},
    "endedAt": {"$ref": "#/components/schemas/Time"},
    "durationMs": {"type": "integer", "description": "Of one that has ended"},
    "experiment": {"type": "string"},
    "params": {"type": "object", "description": "Texts, numbers and booleans; of a training job its HyperParameters"},
    "labels": {"$ref": "#/components/schemas/Labels"},
    "goals": {"$ref": "#/components/schemas/RunGoals"},
    "execution": {"type": "string", "description": "MACHINE:NAME that it belongs to; of an EXPRESS execution the ARN"},
    "executionArn": {"type": "string"},
    "job": {"type": "string", "description": "Of a training job: KIND/NAME of the job that it is"},
    "modelArtifact": {"type": "string", "description": "Of a training job: its model, s3://..."},
    "reason": {"type": "string", "description": "Of a training job: why it failed"},
    "metrics": {
      "type": "object",
      "description": "With ?metrics=: by key, those that the run has",
      "additionalProperties": {"$ref": "#/components/schemas/RunMetric"}
    }
  }
},
"NewRun": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256, "description": "For people; the id's without it"},
    "experiment": {"type": "string", "minLength": 1, "maxLength": 256, "description": "What it belongs together with"},
    "params": {"$ref": "#/components/schemas/RunParams"},
    "labels": {"$ref": "#/components/schemas/Labels"},
    "goals": {"$ref": "#/components/schemas/RunGoals"},
    "executionArn": {"type": "string", "description": "An execution that it belongs to"},
    "startedAt": {"type": "string", "format": "date-time", "description": "Now without it"},
    "status": {"type": "string", "enum": ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"], "description": "RUNNING without it"},
    "endedAt": {"type": "string", "format": "date-time", "description": "Of one that has ended; now without it"}
  }
},
"RunChange": {
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "name": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
    "labels": {"$ref": "#/components/schemas/Labels"},
    "goals": {"$ref": "#/components/schemas/RunGoals"},
    "status": {"type": "string", "enum": ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]},
    "endedAt": {"type": "string", "format": "date-time"}
  }
},
"MetricValue": {
  "description": "NaN and the infinities are texts",
  "anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]
},
"NewRunMetrics": {
  "type": "object",
  "additionalProperties": false,
  "required": ["metrics"],
  "properties": {
    "metrics": {
      "type": "array",
      "minItems": 1,
      "maxItems": 10000,
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["key", "value"],
        "properties": {
          "key": {"type": "string", "minLength": 1, "maxLength": 250},
          "value": {"type": ["number", "string"], "description": "A number, or NaN, Infinity or -Infinity as a text"},
          "step": {"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991, "description": "One more than the highest of the key without it; 0 at first"},
          "at": {"type": "string", "format": "date-time", "description": "Now without it"}
        }
      }
    }
  }
},
"RunMetricsTaken": {
  "type": "object",
  "required": ["accepted"],
  "properties": {"accepted": {"type": "integer", "description": "How many points"}}
},
"RunMetricPoint": {
  "type": "object",
  "required": ["value", "step", "at"],
  "properties": {
    "value": {"$ref": "#/components/schemas/MetricValue"},
    "step": {"type": "integer"},
    "at": {"$ref": "#/components/schemas/Time"}
  }
},
"RunMetric": {
  "type": "object",
  "required": ["key", "count", "nonFinite", "last"],
  "properties": {
    "key": {"type": "string"},
    "count": {"type": "integer", "description": "Points"},
    "nonFinite": {"type": "integer", "description": "Of them NaN or infinite: no least, most or best"},
    "last": {"$ref": "#/components/schemas/RunMetricPoint"},
    "min": {"$ref": "#/components/schemas/RunMetricPoint"},
    "max": {"$ref": "#/components/schemas/RunMetricPoint"},
    "goal": {"$ref": "#/components/schemas/Goal"},
    "best": {"$ref": "#/components/schemas/RunMetricPoint"}
  }
},
"RunMetrics": {
  "type": "object",
  "required": ["items"],
  "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/RunMetric"}}}
},
"RunCurve": {
  "type": "object",
  "required": ["key", "count", "nonFinite", "last", "sampling", "columns"],
  "properties": {
    "key": {"type": "string"},
    "count": {"type": "integer", "description": "Points that there are"},
    "nonFinite": {"type": "integer"},
    "last": {"$ref": "#/components/schemas/RunMetricPoint"},
    "min": {"$ref": "#/components/schemas/RunMetricPoint"},
    "max": {"$ref": "#/components/schemas/RunMetricPoint"},
    "goal": {"$ref": "#/components/schemas/Goal"},
    "best": {"$ref": "#/components/schemas/RunMetricPoint"},
    "sampling": {"enum": ["none", "min-max"], "description": "none: all points are there"},
    "columns": {
      "type": "object",
      "required": ["step", "atMs", "value"],
      "properties": {
        "step": {"type": "array", "items": {"type": "integer"}},
        "atMs": {"type": "array", "items": {"type": "integer"}, "description": "Since 1970"},
        "value": {"type": "array", "items": {"$ref": "#/components/schemas/MetricValue"}}
      }
    }
  }
},
"RunComparison": {
  "type": "object",
  "required": ["items", "params", "metrics"],
  "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}, "description": "In the order of ids; values have the same"},
    "params": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["name", "differs", "values"],
        "properties": {
          "name": {"type": "string"},
          "differs": {"type": "boolean", "description": "Not all have the same value"},
          "values": {"type": "array", "description": "null: the run has no such parameter"}
        }
      }
    },
    "metrics": {
      "type": "array",
      "items": {
        "type": "object",
        "required": ["key", "values"],
        "properties": {
          "key": {"type": "string"},
          "goal": {"enum": ["minimize", "maximize"], "description": "Of the first run"},
          "bestRun": {"type": "string", "description": "The id of the run that did best by it"},
          "values": {
            "type": "array",
            "description": "null: the run has no such metric",
            "items": {"anyOf": [{"$ref": "#/components/schemas/RunMetric"}, {"type": "null"}]}
          }
        }
      }
    }
  }
}
})json";
}

}  // namespace pawl::engine
