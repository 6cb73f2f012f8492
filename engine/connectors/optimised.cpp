#include "engine/connectors/optimised.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "asl/errors.h"
#include "asl/text.h"
#include "engine/aws/answer.h"
#include "engine/aws/answer_values.h"
#include "engine/aws/parameters.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/states_json.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

constexpr const char* kJobRecords = "remote-job";
constexpr std::int64_t kKeptAfterEnd_ms = 3'600'000;  // for an answer that a crash loses
constexpr int kUnseenMax = 20;                        // looks at a job that is not there

// [aws] runTask starts one task, and in Step Functions' own name.
constexpr std::array<const char*, 2> kSetByStepFunctions = {"Count", "StartedBy"};

void check_run_task(const Json& asked, std::vector<std::string>& faults) {
  for (const char* name : kSetByStepFunctions) {
    if (asked.contains(name))
      faults.push_back("The field \"" + std::string(name) +
                       "\" is not supported by Step Functions");
  }
}

bool is_run_task(const IntegrationArn& arn) {
  return arn.service == "ecs" && arn.action == "runTask";
}

// [seen] StopExecution's words, of a nested execution.
std::string abort_reason(const TaskCall& call) {
  return "The Task state in AWS Step Functions execution [" + call.execution_arn +
         "] which was managing this resource was aborted";
}

// A 200 that says that nothing was started.
bool has_failures(const Json& answer) {
  const auto tasks = answer.find("Tasks");
  const auto failures = answer.find("Failures");
  return failures != answer.end() && !failures->empty() &&
         (tasks == answer.end() || tasks->empty());
}

// Sorted by name, as the results of .sync are.
Payload sorted_document(const Json& document) {
  return Payload::of_text(nlohmann::json::parse(asl::to_text(document)).dump());
}

// What was started is forgotten some time after its end.
void sweep_records(Records& records, asl::Timestamp now) {
  Records::Query query;
  query.kind = kJobRecords;
  query.newest_first = false;
  query.limit = 20;
  for (const Record& record : records.list(query)) {
    if (record.document.value("Over", false) && now.ms - record.updated_at.ms > kKeptAfterEnd_ms)
      records.remove(record.kind, record.name);
  }
}

}  // namespace

struct OptimisedConnector::Job {
  TaskCall call;
  std::shared_ptr<TaskReply> reply;
  const OptimisedService* service = nullptr;
  IntegrationArn arn;
  ModelledOperation called;
  Json asked;
  const RemoteJob* row = nullptr;  // .sync
  ModelledOperation polling;       // .sync
  std::chrono::milliseconds delay{};
  int unseen = 0;
  // Of a call that starts no job, and of each look at one. The call that starts a job is not cut
  // off: what it starts has to be known, to be stopped.
  Flight flight;

  std::mutex mutex;
  Json poll_request;     // guarded; null until it has been started
  bool is_over = false;  // guarded
  bool stopped = false;  // guarded

  StateError error(const ServiceError& refused) const {
    const bool modelled = called.model->find_error(refused.type) != nullptr;
    return optimised_error(service->names, refused, modelled);
  }
  StateError unreachable(const std::string& why) const {
    return {service->names.prefix + ".SdkClientException", why};
  }
};

bool OptimisedConnector::matches(const std::string& resource) {
  return find_optimised_service(parse_integration(resource).service) != nullptr;
}

std::shared_ptr<OptimisedConnector::Job> OptimisedConnector::job_of(
    const TaskCall& call, const std::shared_ptr<TaskReply>& reply, ModelledOperation called) {
  auto job = std::make_shared<Job>();
  job->call = call;
  job->reply = reply;
  job->arn = parse_integration(call.task.resource);
  job->service = find_optimised_service(job->arn.service);
  job->called = std::move(called);
  job->asked = with_sdk_names(job->called.operation->input, call.task.parameters.json());
  if (!job->asked.is_object()) job->asked = Json::object();
  job->delay = parts_.poll_delay;
  return job;
}

Cancel OptimisedConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  if (arn.pattern == "waitForTaskToken" && call.task.submitted) return {};
  const std::string sdk(find_optimised_service(arn.service)->sdk);
  auto called = find_operation(parts_.models, sdk, arn.action);
  if (!called) {
    reply->failed(std::move(called).error());
    return {};
  }
  const auto job = job_of(call, reply, *called);
  const ModelShape* input = called->operation->input.shape;
  std::vector<std::string> faults = parameter_faults(input, job->asked);
  if (is_run_task(arn)) check_run_task(job->asked, faults);
  if (!faults.empty()) {
    reply->failed(
        {asl::errors::kRuntime, unusable_parameters(call.task.parameters.text(), faults)});
    return {};
  }
  if (is_run_task(arn)) job->asked["StartedBy"] = "AWS Step Functions";
  if (!parts_.caller.endpoint(*called->model, called->operation->name)) {
    reply->failed(no_endpoint(call.task.resource, *called->model));
    return {};
  }
  if (arn.pattern != "sync") {
    job->flight.carries(start(job));
    return [job] { job->flight.cancel(); };
  }
  job->row = find_remote_job(arn.service, arn.action);
  if (job->row == nullptr) {
    reply->failed(
        {asl::errors::kTaskFailed,
         "The integration " + call.task.resource + " is not available in this version of Pawl."});
    return {};
  }
  auto polling = find_operation(parts_.models, sdk, std::string(job->row->poll));
  if (!polling) {
    reply->failed(std::move(polling).error());
    return {};
  }
  job->polling = *polling;
  const auto known = parts_.records.find_by_owner(kJobRecords, call.idempotency_token());
  if (known) {
    if (!call.task.submitted) reply->submitted(Payload::of(known->document.at("Submitted")));
    job->poll_request = known->document.at("PollRequest");
    poll(job);
  } else if (call.task.submitted) {
    reply->failed({asl::errors::kTaskFailed,
                   "The job of this task cannot be found any more: it is not recorded here."});
    return {};
  } else {
    start(job);
  }
  return [this, job] { stop(job); };
}

Cancel OptimisedConnector::start(const std::shared_ptr<Job>& job) {
  return parts_.caller.call(
      job->call,
      {job->called.model, job->called.operation, job->asked},
      [this, job](AwsCaller::Outcome outcome) {
        // Away from the client's thread: what follows waits for the disk.
        parts_.executor.post([this, job, outcome = std::move(outcome)]() mutable {
          started(job, std::move(outcome));
        });
      });
}

void OptimisedConnector::started(const std::shared_ptr<Job>& job, AwsCaller::Outcome outcome) {
  if (const auto* refused = std::get_if<ServiceError>(&outcome))
    return job->reply->failed(job->error(*refused));
  if (auto* failed = std::get_if<StateError>(&outcome))
    return job->reply->failed(std::move(*failed));
  if (const auto* nobody = std::get_if<AwsCaller::Unreachable>(&outcome))
    return job->reply->failed(job->unreachable(nobody->why));
  const auto& response = std::get<HttpResponse>(outcome);
  Json answer;
  try {
    answer = operation_answer(*job->called.model, *job->called.operation, response);
  } catch (const std::runtime_error& unreadable) {
    return job->reply->failed(job->unreachable(unreadable.what()));
  }
  // [pawl] AWS's name for it; the cause is the whole answer.
  if (is_run_task(job->arn) && has_failures(answer))
    return job->reply->failed({"AmazonECS.Unknown", asl::to_text(answer)});
  const Json plain = answer;
  Payload submitted =
      Payload::of(with_sdk_metadata(std::move(answer), response.headers, response.status));
  if (job->arn.pattern.empty()) return job->reply->succeeded(std::move(submitted));
  if (job->row == nullptr) return job->reply->submitted(std::move(submitted));
  Json request = job->row->poll_request(plain, job->asked);
  if (request.is_null()) {
    return job->reply->failed(
        {asl::errors::kTaskFailed, "The service's answer names no job: " + asl::to_text(plain)});
  }
  const std::string token = job->call.idempotency_token();
  const asl::Timestamp now = parts_.now();
  sweep_records(parts_.records, now);
  parts_.records.insert({kJobRecords,
                         uuid_of(token),
                         {{"PollRequest", request}, {"Submitted", submitted.json()}},
                         token,
                         now,
                         now});
  job->reply->submitted(std::move(submitted));
  bool stopped = false;
  {
    const std::lock_guard lock(job->mutex);
    job->poll_request = std::move(request);
    stopped = job->stopped;
  }
  if (stopped) return stop(job);
  poll_later(job);
}

void OptimisedConnector::poll(const std::shared_ptr<Job>& job) {
  Json request;
  {
    const std::lock_guard lock(job->mutex);
    if (job->stopped) return;
    request = job->poll_request;
  }
  job->flight.carries(parts_.caller.call(
      job->call,
      {job->polling.model, job->polling.operation, std::move(request)},
      [this, job](AwsCaller::Outcome outcome) {
        parts_.executor.post([this, job, outcome = std::move(outcome)]() mutable {
          polled(job, std::move(outcome));
        });
      }));
}

void OptimisedConnector::polled(const std::shared_ptr<Job>& job, AwsCaller::Outcome outcome) {
  // A job goes on while nobody can say how it is.
  if (std::holds_alternative<AwsCaller::Unreachable>(outcome)) return poll_later(job);
  if (const auto* refused = std::get_if<ServiceError>(&outcome)) {
    if (is_throttled(*refused) || is_transient(*refused)) return poll_later(job);
    return job->reply->failed(job->error(*refused));
  }
  if (auto* failed = std::get_if<StateError>(&outcome))
    return job->reply->failed(std::move(*failed));
  Json result;
  try {
    const Json answer = operation_answer(
        *job->polling.model, *job->polling.operation, std::get<HttpResponse>(outcome));
    result = job->row->result(with_epoch_milliseconds(job->polling.operation->output, answer));
  } catch (const std::runtime_error& unreadable) {
    spdlog::warn("{}: an answer about its job: {}", job->call.task.resource, unreadable.what());
    return poll_later(job);
  }
  if (result.is_null()) {
    if (++job->unseen < kUnseenMax) return poll_later(job);
    return finish(job, {{"Reason", "the service does not know the job any more"}}, false);
  }
  job->unseen = 0;
  const JobState state = job->row->state(result);
  if (state == JobState::kRunning) return poll_later(job);
  finish(job, std::move(result), state == JobState::kSucceeded);
}

void OptimisedConnector::poll_later(const std::shared_ptr<Job>& job) {
  parts_.executor.post_after(job->delay, [this, job] { poll(job); });
  job->delay = std::min(job->delay * 2, parts_.poll_delay_max);
}

void OptimisedConnector::finish(const std::shared_ptr<Job>& job, Json result, bool succeeded) {
  {
    const std::lock_guard lock(job->mutex);
    if (job->is_over || job->stopped) return;
    job->is_over = true;
  }
  Records& records = parts_.records;
  if (auto record = records.find_by_owner(kJobRecords, job->call.idempotency_token())) {
    record->document["Over"] = true;
    record->updated_at = parts_.now();
    records.update(*record);
  }
  Payload document = sorted_document(result);
  if (succeeded) return job->reply->succeeded(std::move(document));
  job->reply->failed({asl::errors::kTaskFailed, document.text()});
}

void OptimisedConnector::stop(const std::shared_ptr<Job>& job) {
  job->flight.cancel();
  Json request;
  {
    const std::lock_guard lock(job->mutex);
    job->stopped = true;
    if (job->is_over || job->poll_request.is_null()) return;  // started() will see it
    job->is_over = true;
    request = job->row->stop_request(job->poll_request, abort_reason(job->call));
  }
  const auto stopping =
      find_operation(parts_.models, std::string(job->service->sdk), std::string(job->row->stop));
  if (!stopping) return;
  parts_.caller.call(job->call,
                     {stopping->model, stopping->operation, std::move(request)},
                     [resource = job->call.task.resource](const AwsCaller::Outcome& outcome) {
                       if (!std::holds_alternative<HttpResponse>(outcome))
                         spdlog::warn("{}: its job could not be stopped", resource);
                     });
}

}  // namespace pawl::engine
