// Jobs of the local runtime: training, Glue runs, the servers of endpoints.
#include <algorithm>
#include <array>

#include "engine/api/rest/ml.h"
#include "engine/api/rest/openapi/operation.h"
#include "engine/api/rest/openapi/schema_check.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

// How a job of each kind is begun.
struct Beginning {
  std::string_view kind;
  MlService service;
  const char* action;
  // [pawl] As of the action itself: who names the program that runs is an admin.
  // docs/decisions/0027-who-may-do-what.md
  Scope scope;
  const char* schema;  // of the request; null: whatever it is, the service refuses it
  const char* name;    // the member of the request or of the answer that names the job
};

constexpr std::array<Beginning, 5> kBeginnings = {{
    {"glue", MlService::kGlue, "StartJobRun", Scope::kRun, "NewGlueRun", "JobRunId"},
    {"processing", MlService::kSageMaker, "CreateProcessingJob", Scope::kAdmin, nullptr, ""},
    {"training",
     MlService::kSageMaker,
     "CreateTrainingJob",
     Scope::kAdmin,
     "NewTrainingJob",
     "TrainingJobName"},
    {"transform", MlService::kSageMaker, "CreateTransformJob", Scope::kAdmin, nullptr, ""},
    {"tuning", MlService::kSageMaker, "CreateHyperParameterTuningJob", Scope::kAdmin, nullptr, ""},
}};

std::string job_of(const RestCall& call) { return call.arguments[0] + "/" + call.arguments[1]; }

void answer_job(const RestCall& call, int status, const std::string& job) {
  Headers headers;
  if (status == 201) {
    headers.set("Location", "/api/v1/jobs/" + percent_encode(job, "/"));
  }
  answer_json(call, status, find_ml(call, MlResource::kJob, job), std::move(headers));
}

Problem has_ended(const Json& job) {
  return {.status = 409,
          .name = "job-has-ended",
          .title = "Job has ended",
          .detail = "The job " + job.at("id").get<std::string>() + " has ended: it is " +
                    job.at("status").get<std::string>()};
}

// A job that has ended meanwhile is refused as one that had ended before.
void answer_refusal(const RestCall& call, const std::string& name, const ServiceError& error) {
  answering(call, [&] {
    const Json job = find_ml(call, MlResource::kJob, name);
    if (job.contains("endedAt")) throw has_ended(job);
    throw ServiceError(error);
  });
}

// [aws] BatchStopJobRun answers with what it could not stop.
std::optional<ServiceError> error_in(const Json& result) {
  const Json errors = result.value("Errors", Json::array());
  if (errors.empty()) return std::nullopt;
  const Json detail = errors.at(0).value("ErrorDetail", Json::object());
  return ServiceError{detail.value("ErrorCode", "InvalidInputException"),
                      detail.value("ErrorMessage", "The run cannot be stopped")};
}

void stop(const RestCall& call, MlService service, const char* action, Json request) {
  const std::string name = job_of(call);
  const auto answer = [call, name](const ActionResult& result) {
    const auto* error = std::get_if<ServiceError>(&result);
    if (error != nullptr) return answer_refusal(call, name, *error);
    if (const auto within = error_in(std::get<Json>(result))) {
      return answer_refusal(call, name, *within);
    }
    answering(call, [&] { answer_job(call, 202, name); });
  };
  ml_of(call).call(
      service, action, std::move(request), "", ActionReply(answer, call.request->client_gone));
}

}  // namespace

void list_jobs(const RestCall& call) {
  MlQuery query;
  query.kind = chosen_in_query(call, "kind", "JobKind");
  query.status = chosen_in_query(call, "status", "JobStatus");
  if (const auto execution = call.request->query_value("execution")) {
    query.execution_arn = execution_named(call.api, *execution).what.info.arn;
  }
  answer_ml_page(call, std::move(query));
}

void start_job(const RestCall& call) {
  Json request = body_of(call);
  const std::string kind = request.at("kind").get<std::string>();
  const auto* const beginning =
      std::find_if(kBeginnings.begin(), kBeginnings.end(), [&](const Beginning& each) {
        return each.kind == kind;
      });
  require_scope(call, beginning->scope, "Starting a job of kind " + kind);
  if (beginning->schema != nullptr) check_body(request, rest_schemas().at(beginning->schema));
  request.erase("kind");
  const std::string named = request.value(beginning->name, Json()).is_string()
                                ? request.at(beginning->name).get<std::string>()
                                : "";
  call_ml_action(call,
                 beginning->service,
                 beginning->action,
                 std::move(request),
                 [beginning, kind, named](const RestCall& c, const Json& result) {
                   const std::string name = result.value(beginning->name, named);
                   answer_job(c, 201, kind + "/" + name);
                 });
}

void get_job(const RestCall& call) { answer_job(call, 200, job_of(call)); }

void cancel_job(const RestCall& call) {
  const std::string name = job_of(call);
  const Json job = find_ml(call, MlResource::kJob, name);
  // The request was begun before, and may have ended it.
  if (job.contains("endedAt") && call.once && call.once->is_resumed) {
    return answer_job(call, 202, name);
  }
  if (job.contains("endedAt")) throw has_ended(job);
  if (job.at("kind") == "training") {
    return stop(
        call, MlService::kSageMaker, "StopTrainingJob", {{"TrainingJobName", job.at("name")}});
  }
  if (job.at("kind") == "glue") {
    return stop(call,
                MlService::kGlue,
                "BatchStopJobRun",
                {{"JobName", job.at("jobName")}, {"JobRunIds", Json::array({job.at("name")})}});
  }
  throw Problem{.status = 409,
                .name = "job-serves",
                .title = "Job serves",
                .detail = "An endpoint serves until it is deleted: DELETE /api/v1/endpoints/" +
                          job.at("name").get<std::string>()};
}

}  // namespace pawl::engine::rest
