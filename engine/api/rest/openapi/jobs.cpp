// Jobs of the local runtime. What begins one is a request of the service's own.
#include "engine/api/rest/openapi/operation.h"

namespace pawl::engine {

std::vector<Operation> job_operations() {
  return {
      {.method = "GET",
       .path = "/jobs",
       .id = "listJobs",
       .summary = "Jobs of every kind, newest first",
       .answers = {{200, "[Job]"}},
       .problems = {404, 409}},
      {.method = "POST",
       .path = "/jobs",
       .id = "startJob",
       .summary = "Begins a job: the members of the service's own request, and the kind of job. "
                  "Training needs the scope admin",
       .body = "NewJob",
       .answers = {{201, "JobWithDocument", {"Location"}}},
       .problems = {404}},
      {.method = "GET",
       .path = "/jobs/{kind}/{job}",
       .id = "getJob",
       .summary = "A job, with what the service's own Describe action says of it",
       .answers = {{200, "JobWithDocument"}},
       .problems = {404}},
      {.method = "POST",
       .path = "/jobs/{kind}/{job}:cancel",
       .id = "cancelJob",
       .summary =
           "Stops a job: SIGTERM, and SIGKILL when that does not help; 409 when it has ended",
       .body = "JobCancellation",
       .answers = {{202, "JobWithDocument"}},
       .problems = {404}},
      {.method = "GET",
       .path = "/jobs/{kind}/{job}/logs",
       .id = "getJobLog",
       .summary = "What a job has said; with follow until it has ended. Lines of time, stream "
                  "(out, err, sys) and text, or Server-Sent Events to who accepts them",
       .headers = {"Last-Event-ID"},
       .answers = {{200, "Log", {"X-Pawl-Log-Size"}, "text/plain; charset=utf-8"},
                   {200, "Log", {"X-Pawl-Log-Size"}, "text/event-stream"}},
       .problems = {404}},
  };
}

asl::Json job_parameters() {
  return asl::Json::parse(R"json({
"path.kind": {"name": "kind", "in": "path", "required": true, "description": "training, glue, endpoint or function", "schema": {"type": "string"}},
"path.job": {"name": "job", "in": "path", "required": true, "description": "Its name; of a Glue run its id", "schema": {"type": "string"}},
"query.execution": {"name": "execution", "in": "query", "description": "That tasks of this execution asked for: MACHINE:NAME or ARN", "schema": {"type": "string"}},
"query.follow": {"name": "follow", "in": "query", "description": "Go on until the job has ended", "schema": {"enum": ["true", "false"]}},
"query.kind": {"name": "kind", "in": "query", "description": "Of this kind", "schema": {"$ref": "#/components/schemas/JobKind"}},
"query.offset": {"name": "offset", "in": "query", "description": "From this byte on", "schema": {"type": "integer", "minimum": 0}},
"query.stream": {"name": "stream", "in": "query", "description": "What the job has written there, or what its supervisor says", "schema": {"enum": ["stdout", "stderr", "system"]}},
"query.jobs.since": {"name": "since", "in": "query", "description": "From this byte on, or what was said at this time (RFC 3339) or later", "schema": {"type": "string"}},
"query.jobs.status": {"name": "status", "in": "query", "description": "In this status", "schema": {"$ref": "#/components/schemas/JobStatus"}}
})json");
}

std::string_view job_schemas() {
  return R"json({
"JobKind": {"type": "string", "enum": ["training", "glue", "endpoint"]},
"JobStatus": {
  "type": "string",
  "description": "As the job's own service calls it",
  "enum": ["InProgress", "Completed", "Failed", "Stopping", "Stopped",
           "STARTING", "RUNNING", "STOPPING", "STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR", "WAITING", "EXPIRED",
           "OutOfService", "Creating", "Updating", "SystemUpdating", "RollingBack", "InService", "Deleting",
           "UpdateRollbackFailed"]
},
"Job": {
  "type": "object",
  "required": ["id", "kind", "name", "status", "createdAt"],
  "properties": {
    "id": {"type": "string", "description": "KIND/NAME"},
    "kind": {"$ref": "#/components/schemas/JobKind"},
    "name": {"type": "string"},
    "status": {"$ref": "#/components/schemas/JobStatus"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "endedAt": {"$ref": "#/components/schemas/Time"},
    "jobName": {"type": "string", "description": "Of a Glue run: its job"},
    "reason": {"type": "string", "description": "Why it failed"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"}
  }
},
"JobWithDocument": {
  "type": "object",
  "required": ["id", "kind", "name", "status", "createdAt", "document"],
  "properties": {
    "id": {"type": "string", "description": "KIND/NAME"},
    "kind": {"$ref": "#/components/schemas/JobKind"},
    "name": {"type": "string"},
    "status": {"$ref": "#/components/schemas/JobStatus"},
    "createdAt": {"$ref": "#/components/schemas/Time"},
    "startedAt": {"$ref": "#/components/schemas/Time"},
    "endedAt": {"$ref": "#/components/schemas/Time"},
    "jobName": {"type": "string", "description": "Of a Glue run: its job"},
    "reason": {"type": "string", "description": "Why it failed"},
    "execution": {"type": "string", "description": "MACHINE:NAME, whose task asked for it"},
    "executionArn": {"type": "string"},
    "document": {"type": "object", "description": "DescribeTrainingJob's answer, GetJobRun's JobRun, DescribeEndpoint's answer"}
  }
},
"JobCancellation": {"type": "object", "additionalProperties": false},
"NewJob": {
  "type": "object",
  "description": "The members of CreateTrainingJob or StartJobRun; the other kinds are refused by the service, as it refuses CreateProcessingJob, CreateTransformJob and CreateHyperParameterTuningJob",
  "additionalProperties": true,
  "required": ["kind"],
  "properties": {"kind": {"type": "string", "enum": ["training", "glue", "processing", "transform", "tuning"]}},
  "anyOf": [
    {"$ref": "#/components/schemas/NewTrainingJob"},
    {"$ref": "#/components/schemas/NewGlueRun"},
    {"properties": {"kind": {"enum": ["processing", "transform", "tuning"]}}}
  ]
},
"NewTrainingJob": {
  "type": "object",
  "description": "CreateTrainingJob's members; what each holds, the service checks",
  "additionalProperties": false,
  "properties": {
    "kind": {"enum": ["training"]},
    "TrainingJobName": {},
    "HyperParameters": {},
    "AlgorithmSpecification": {},
    "RoleArn": {},
    "InputDataConfig": {},
    "OutputDataConfig": {},
    "ResourceConfig": {},
    "VpcConfig": {},
    "StoppingCondition": {},
    "Tags": {},
    "EnableNetworkIsolation": {},
    "EnableInterContainerTrafficEncryption": {},
    "EnableManagedSpotTraining": {},
    "CheckpointConfig": {},
    "DebugHookConfig": {},
    "DebugRuleConfigurations": {},
    "TensorBoardOutputConfig": {},
    "ExperimentConfig": {},
    "ProfilerConfig": {},
    "ProfilerRuleConfigurations": {},
    "Environment": {},
    "RetryStrategy": {},
    "RemoteDebugConfig": {},
    "InfraCheckConfig": {},
    "SessionChainingConfig": {},
    "ServerlessJobConfig": {},
    "MlflowConfig": {},
    "ModelPackageConfig": {}
  }
},
"NewGlueRun": {
  "type": "object",
  "description": "StartJobRun's members; what each holds, the service checks",
  "additionalProperties": false,
  "properties": {
    "kind": {"enum": ["glue"]},
    "JobName": {},
    "JobRunQueuingEnabled": {},
    "JobRunId": {},
    "Arguments": {},
    "AllocatedCapacity": {},
    "Timeout": {},
    "MaxCapacity": {},
    "SecurityConfiguration": {},
    "NotificationProperty": {},
    "WorkerType": {},
    "NumberOfWorkers": {},
    "ExecutionClass": {},
    "ExecutionRoleSessionPolicy": {}
  }
},
"Log": {
  "type": "string",
  "description": "Events: line, with its at, stream and text, and as its id the offset behind it; at last end, with the job's status"
}
})json";
}

}  // namespace pawl::engine
