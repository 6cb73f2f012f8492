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
#include "engine/connectors/wrapped_actions.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

constexpr const char* kJobRecords = "remote-job";
constexpr std::int64_t kKeptAfterEnd_ms = 3'600'000;  // for an answer that a crash loses
constexpr const char* kStartedBy = "AWS Step Functions";
constexpr int kUnseenMax = 20;  // looks at a job that is not there

// [aws] runTask starts one task, and in Step Functions' own name, which the core has added.
void check_run_task(const Json& asked, std::vector<std::string>& faults) {
  const bool has_own_starter = text_of(asked, "StartedBy", kStartedBy) != kStartedBy;
  for (const auto& [name, is_given] :
       {std::pair("Count", asked.contains("Count")), std::pair("StartedBy", has_own_starter)}) {
    if (is_given) {
      faults.push_back("The field \"" + std::string(name) +
                       "\" is not supported by Step Functions");
    }
  }
}

bool is_run_task(const IntegrationArn& arn) {
  return arn.service == "ecs" && arn.action == "runTask";
}

// EKS's actions that are not EKS's but those of the cluster's own API.
bool is_of_kubernetes(const IntegrationArn& arn) {
  return arn.service == "eks" && (arn.action == "call" || arn.action == "runJob");
}

StateError unavailable(const TaskCall& call) {
  return {asl::errors::kTaskFailed,
          "The integration " + call.task.resource + " is not available in this version of Pawl."};
}

// [seen] StopExecution's words, of a nested execution.
std::string abort_reason(const TaskCall& call) {
  return "The Task state in AWS Step Functions execution [" + call.execution_arn +
         "] which was managing this resource was aborted";
}

// [aws] Of "run a job" and "task token": "If a non-empty Failures field is encountered, the task is
// failed with an AmazonECS.Unknown error"; request-response has the answer as it is.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
bool is_failed_run(const IntegrationArn& arn, const Json& answer) {
  if (!is_run_task(arn) || arn.pattern.empty()) return false;
  const auto failures = answer.find("Failures");
  return failures != answer.end() && !failures->empty();
}

std::string sdk_of(const std::string& service, const WrappedAction* wrapped) {
  if (wrapped != nullptr && !wrapped->sdk.empty()) return std::string(wrapped->sdk);
  return std::string(find_optimised_service(service)->sdk);
}

bool is_gone(const ServiceError& refused) {
  return refused.type.starts_with("ResourceNotFound") || refused.type.starts_with("NotFound");
}

Json without_metadata(Json submitted) {
  submitted.erase("SdkHttpMetadata");
  submitted.erase("SdkResponseMetadata");
  return submitted;
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
  const WrappedAction* wrapped = nullptr;  // when the action is not the service's own
  ModelledOperation called;
  Json given;                      // by the state machine
  Json asked;                      // of the service
  const RemoteJob* row = nullptr;  // .sync
  ModelledOperation polling;       // .sync
  std::chrono::milliseconds delay{};
  int unseen = 0;
  // Of a call that starts no job, and of each look at one. The call that starts a job is not cut
  // off: what it starts has to be known, to be stopped.
  Flight flight;

  std::mutex mutex;
  Json poll_request;     // guarded; null until it has been started
  Json last_seen;        // guarded; of a job that ends when it is gone
  bool is_over = false;  // guarded
  bool stopped = false;  // guarded

  StateError error(const ServiceError& refused) const {
    const bool modelled = called.model->find_error(refused.type) != nullptr;
    return optimised_error(service->names, refused, modelled);
  }
  Json seen_last() {
    const std::lock_guard lock(mutex);
    return last_seen;
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
  job->wrapped = find_wrapped_action(job->arn.service, job->arn.action);
  job->called = std::move(called);
  job->given = call.task.parameters.json();
  if (!job->given.is_object()) job->given = Json::object();
  if (job->wrapped == nullptr)
    job->given = job->asked = with_sdk_names(job->called.operation->input, job->given);
  job->delay = parts_.poll_delay;
  return job;
}

Cancel OptimisedConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  if (arn.pattern == "waitForTaskToken" && call.task.submitted) return {};
  if (is_of_kubernetes(arn)) {
    reply->failed(unavailable(call));
    return {};
  }
  const WrappedAction* wrapped = find_wrapped_action(arn.service, arn.action);
  const std::string sdk = sdk_of(arn.service, wrapped);
  auto called =
      find_operation(parts_.models, sdk, wrapped ? std::string(wrapped->calls) : arn.action);
  if (!called) {
    reply->failed(std::move(called).error());
    return {};
  }
  const auto job = job_of(call, reply, *called);
  if (const auto refused = refusal_of(*job)) {
    reply->failed(*refused);
    return {};
  }
  if (arn.pattern != "sync") {
    begin(job);
    return [job] { job->flight.cancel(); };
  }
  job->row = find_remote_job(arn.service, arn.action);
  if (job->row == nullptr) {
    reply->failed(unavailable(call));
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
    job->last_seen = without_metadata(known->document.at("Submitted"));
    poll(job);
  } else if (call.task.submitted) {
    reply->failed({asl::errors::kTaskFailed,
                   "The job of this task cannot be found any more: it is not recorded here."});
    return {};
  } else {
    begin(job);
  }
  return [this, job] { stop(job); };
}

// Why the call is not made at all.
std::optional<StateError> OptimisedConnector::refusal_of(Job& job) const {
  const TaskCall& call = job.call;
  std::vector<std::string> faults;
  if (job.wrapped != nullptr) {
    faults = job.wrapped->faults(job.given);
  } else {
    faults = parameter_faults(job.called.operation->input.shape, job.asked);
    if (is_run_task(job.arn)) check_run_task(job.asked, faults);
  }
  // What has to be looked up first is checked with what was found.
  if (job.wrapped != nullptr && faults.empty() && job.wrapped->looks_up.empty()) {
    job.asked =
        with_sdk_names(job.called.operation->input, job.wrapped->request(job.given, nullptr));
    faults = parameter_faults(job.called.operation->input.shape, job.asked);
  }
  if (!faults.empty())
    return StateError{asl::errors::kRuntime,
                      unusable_parameters(call.task.parameters.text(), faults)};
  if (is_run_task(job.arn)) job.asked["StartedBy"] = kStartedBy;
  const RemoteJob* const row = find_remote_job(job.arn.service, job.arn.action);
  if (row != nullptr && row->adds.request != nullptr && job.arn.pattern == "sync") {
    job.asked = row->adds.request(std::move(job.asked), call.execution_arn);
  }
  if (!parts_.caller.endpoint(*job.called.model, job.called.operation->name))
    return no_endpoint(call.task.resource, *job.called.model);
  return std::nullopt;
}

// The call, or first the one that finds what it needs.
void OptimisedConnector::begin(const std::shared_ptr<Job>& job) {
  if (job->wrapped == nullptr || job->wrapped->looks_up.empty()) return start(job);
  const WrappedAction& wrapped = *job->wrapped;
  auto lookup = find_operation(
      parts_.models, sdk_of(job->arn.service, job->wrapped), std::string(wrapped.looks_up));
  if (!lookup) return job->reply->failed(std::move(lookup).error());
  job->flight.carries(parts_.caller.call(
      job->call,
      {lookup->model, lookup->operation, wrapped.lookup_request(job->given)},
      [this, job, lookup = *lookup](AwsCaller::Outcome outcome) {
        parts_.executor.post([this, job, lookup, outcome = std::move(outcome)]() mutable {
          looked_up(job, lookup, std::move(outcome));
        });
      }));
}

void OptimisedConnector::looked_up(const std::shared_ptr<Job>& job,
                                   const ModelledOperation& lookup,
                                   AwsCaller::Outcome outcome) {
  const std::optional<Json> found = answer_of(*job, lookup, std::move(outcome)).answer;
  if (!found) return;
  const std::string fault = job->wrapped->lookup_fault(job->given, *found);
  std::vector<std::string> faults;
  if (!fault.empty()) {
    faults.push_back(fault);
  } else {
    job->asked =
        with_sdk_names(job->called.operation->input, job->wrapped->request(job->given, *found));
    faults = parameter_faults(job->called.operation->input.shape, job->asked);
  }
  if (!faults.empty())
    return job->reply->failed(
        {asl::errors::kRuntime, unusable_parameters(job->call.task.parameters.text(), faults)});
  start(job);
}

void OptimisedConnector::start(const std::shared_ptr<Job>& job) {
  const Cancel cancel = parts_.caller.call(
      job->call,
      {job->called.model, job->called.operation, job->asked},
      [this, job](AwsCaller::Outcome outcome) {
        // Away from the client's thread: what follows waits for the disk.
        parts_.executor.post([this, job, outcome = std::move(outcome)]() mutable {
          started(job, std::move(outcome));
        });
      });
  if (job->row == nullptr) job->flight.carries(cancel);
}

// The operation's answer; without one, the task has been told why.
OptimisedConnector::Answered OptimisedConnector::answer_of(const Job& job,
                                                           const ModelledOperation& called,
                                                           AwsCaller::Outcome outcome) {
  Answered out;
  if (const auto* refused = std::get_if<ServiceError>(&outcome)) {
    job.reply->failed(job.error(*refused));
  } else if (auto* failed = std::get_if<StateError>(&outcome)) {
    job.reply->failed(std::move(*failed));
  } else if (const auto* nobody = std::get_if<AwsCaller::Unreachable>(&outcome)) {
    job.reply->failed(job.unreachable(nobody->why));
  } else {
    out.response = std::get<HttpResponse>(std::move(outcome));
    try {
      out.answer = operation_answer(*called.model, *called.operation, out.response);
    } catch (const std::runtime_error& unreadable) {
      job.reply->failed(job.unreachable(unreadable.what()));
    }
  }
  return out;
}

void OptimisedConnector::started(const std::shared_ptr<Job>& job, AwsCaller::Outcome outcome) {
  Answered answered = answer_of(*job, job->called, std::move(outcome));
  if (!answered.answer) return;
  Json answer = *std::move(answered.answer);
  if (job->wrapped != nullptr) answer = job->wrapped->answer(answer);
  const RemoteJob* const row = find_remote_job(job->arn.service, job->arn.action);
  if (row != nullptr && row->adds.answer != nullptr) {
    answer = row->adds.answer(std::move(answer), job->given);
  }
  const HttpResponse& response = answered.response;
  // [pawl] The cause is the whole answer.
  if (is_failed_run(job->arn, answer))
    return job->reply->failed({"AmazonECS.Unknown", asl::to_text(answer)});
  const Json plain = answer;
  Payload submitted =
      Payload::of(with_sdk_metadata(std::move(answer), response.headers, response.status));
  if (job->arn.pattern.empty()) return job->reply->succeeded(std::move(submitted));
  if (job->row == nullptr) return job->reply->submitted(std::move(submitted));
  Json request = job->row->poll_request(plain, job->given);
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
    job->last_seen = plain;
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
    if (job->row->ends_when_gone && is_gone(*refused)) return finish(job, job->seen_last(), true);
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
  if (job->row->ends_when_gone) {
    const std::lock_guard lock(job->mutex);
    job->last_seen = result;
  }
  const JobState state = job->row->state(result);
  if (state == JobState::kRunning) return poll_later(job);
  if (job->row->adds.result != nullptr) {
    result = job->row->adds.result(std::move(result), job->asked);
  }
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
    if (job->row->stop.empty()) return;
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
