#include <utility>

#include "asl/definition.h"
#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {
namespace {

using asl::Result;

constexpr std::string_view kToken = ".waitForTaskToken";

// The parts of an ARN after its partition: "lambda", "us-east-1", "123456789012", "function:f".
std::string_view arn_part(std::string_view arn, int index) {
  for (int i = 0; i < index; ++i) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return arn;
}

constexpr int kServicePart = 2;
constexpr int kResourcePart = 5;

std::string_view until_colon(std::string_view text) { return text.substr(0, text.find(':')); }

bool is_sync(std::string_view resource) {
  return resource.ends_with(".sync") || resource.ends_with(".sync:2");
}

// [seen] What a cause calls a task: "lambda" for arn:aws:states:::lambda:invoke, and the whole ARN
// of a function or an activity.
std::string name_in_cause(const AwaitingTask& task) {
  if (task.kind != TaskKind::kTask) return task.resource;
  const std::string_view integration = arn_part(task.resource, kResourcePart);
  const std::size_t action = integration.rfind(':', integration.find('.'));
  return std::string(integration.substr(0, action));
}

const AwaitingTask& waiting(const Turn& turn, ScopeId scope) {
  return std::get<AwaitingTask>(turn.scope(scope).phase);
}

// What a Task asks for, evaluated.
struct Request {
  Payload parameters;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;
  std::optional<std::string> role_arn;
};

// [aws] The range that a definition may write down holds for what a path leads to as well.
constexpr std::int64_t kSecondsMax = 99'999'999;

Result<std::optional<std::int64_t>> seconds_of(Reading& reading,
                                               const asl::NumberField& number,
                                               std::string_view field,
                                               const Json& input) {
  Result<std::optional<std::int64_t>> seconds = whole_number(reading, number, field, input);
  if (seconds && *seconds && (**seconds <= 0 || **seconds > kSecondsMax)) {
    // [pawl] AWS's wording for this is not known.
    return out_of_range(
        number,
        field,
        std::string(field) + " must be between 1 and " + std::to_string(kSecondsMax) + ".");
  }
  return seconds;
}

Result<std::optional<std::string>> role_of(Reading& reading,
                                           const asl::Task& task,
                                           const Json& input) {
  if (!task.credentials) return std::optional<std::string>();
  const Result<Json> value = reading.evaluate(*task.credentials, "Credentials", input);
  if (!value) return value.error();
  const auto role = value->find("RoleArn");
  if (role == value->end() || !role->is_string()) {
    // [pawl] AWS's wording for this is not known.
    const char* cause = "The field 'RoleArn' of 'Credentials' must be a string.";
    if (reading.state().language == asl::QueryLanguage::kJsonPath) return runtime_error(cause);
    return StateError{asl::errors::kQueryEvaluationError, cause, "Credentials/RoleArn"};
  }
  return std::optional(role->get<std::string>());
}

Result<Request> request_of(Reading& reading, const asl::Task& task) {
  const Result<Payload> effective = effective_input(reading);
  if (!effective) return effective.error();
  Result<Payload> parameters = arguments(reading, *effective);
  if (!parameters) return std::move(parameters).error();
  const Json& input = effective->json();
  const auto timeout = seconds_of(reading, task.timeout_seconds, "TimeoutSeconds", input);
  if (!timeout) return timeout.error();
  const auto heartbeat = seconds_of(reading, task.heartbeat_seconds, "HeartbeatSeconds", input);
  if (!heartbeat) return heartbeat.error();
  const Result<std::optional<std::string>> role = role_of(reading, task, input);
  if (!role) return role.error();
  return Request{*std::move(parameters), *timeout, *heartbeat, *role};
}

void set_timers(Turn& turn, const AwaitingTask& task) {
  if (task.timeout_due) turn.set_timer(task.work, TimerKind::kTaskTimeout, *task.timeout_due);
  if (task.heartbeat_due) turn.set_timer(task.work, TimerKind::kHeartbeat, *task.heartbeat_due);
}

Result<Payload> held_answer(const Turn& turn, ScopeId scope) {
  const TokenAnswered& answer = *waiting(turn, scope).answer;
  if (answer.output) return *answer.output;
  return answer.error;
}

void finish_task(Turn& turn, ScopeId scope, Result<Payload> result) {
  const AwaitingTask& task = waiting(turn, scope);
  const TaskKind kind = task.kind;
  const std::string resource = task.resource;
  const bool was_taken = !is_submitted_first(resource) || task.submitted || task.answer;
  const auto bytes_max = static_cast<std::size_t>(turn.env().limits.payload_bytes_max);
  if (result && result->size_bytes() > bytes_max) {
    result = data_limit_exceeded(name_in_cause(task));
  }
  if (!result) {
    const EventId failed = was_taken
                               ? turn.record(scope, TaskFailed{kind, resource, result.error()})
                               : turn.record(scope, TaskSubmitFailed{resource, result.error()});
    return fail_state(turn, scope, Failure{std::move(result).error(), false, failed});
  }
  turn.record(scope, TaskSucceeded{kind, resource, *result});
  Reading reading(turn, scope);
  complete(turn, scope, reading, *result, true);
}

}  // namespace

TaskKind task_kind_of(std::string_view resource) {
  const std::string_view service = until_colon(arn_part(resource, kServicePart));
  const std::string_view rest = arn_part(resource, kResourcePart);
  if (service == "lambda") return TaskKind::kLambda;
  if (service == "states" && rest.starts_with("activity:")) return TaskKind::kActivity;
  return TaskKind::kTask;
}

// [seen] What Step Functions adds to a request is in its TaskScheduled event, as the last member.
Payload with_added_members(std::string_view resource, Payload parameters) {
  constexpr std::string_view kRunTask = "arn:aws:states:::ecs:runTask";
  if (!resource.starts_with(kRunTask) || !parameters.json().is_object()) return parameters;
  asl::Json request = parameters.json();
  if (request.contains("StartedBy") || request.contains("startedBy")) return parameters;
  request["StartedBy"] = "AWS Step Functions";
  return Payload::of(std::move(request));
}

bool is_submitted_first(std::string_view resource) {
  return is_sync(resource) || resource.ends_with(kToken);
}

bool has_token(TaskKind kind, std::string_view resource) {
  return kind == TaskKind::kActivity || is_submitted_first(resource);
}

void begin(Turn& turn, ScopeId scope, const asl::Task& task) {
  const WorkId work = turn.execution().last_sequence + 1;
  const TaskKind kind = task_kind_of(task.resource);
  Reading reading(turn, scope);
  std::optional<std::string> token;
  if (has_token(kind, task.resource)) token = turn.env().token_of(work);
  // [seen] $$.Task.Token is there for .sync as well, not only for .waitForTaskToken
  // (tests/conformance/callback/token_in_sync.json).
  if (is_submitted_first(task.resource)) reading.set_token(*token);
  Result<Request> request = request_of(reading, task);
  if (!request) return fail_evaluation(turn, scope, std::move(request).error());
  request->parameters = with_added_members(task.resource, std::move(request->parameters));

  turn.record(scope,
              TaskScheduled{kind,
                            task.resource,
                            request->parameters,
                            request->timeout_seconds,
                            request->heartbeat_seconds,
                            request->role_arn});
  // An activity starts when a worker takes it.
  if (kind != TaskKind::kActivity) {
    turn.record(scope, TaskStarted{kind, task.resource, std::nullopt});
  }
  CallTask call;
  call.work = work;
  call.scope = scope;
  call.entered_event = turn.scope(scope).entered_event;
  call.state = turn.scope(scope).at;
  call.kind = kind;
  call.resource = task.resource;
  call.parameters = request->parameters;
  call.token = std::move(token);
  call.role_arn = request->role_arn;
  call.heartbeat_seconds = request->heartbeat_seconds;
  turn.call(std::move(call));
  set_timers(turn, waiting(turn, scope));
}

void task_started(Turn& turn, ScopeId scope, std::optional<std::string> worker_name) {
  const AwaitingTask& task = waiting(turn, scope);
  turn.record(scope, TaskStarted{task.kind, task.resource, std::move(worker_name)});
  set_timers(turn, waiting(turn, scope));
}

void task_submitted(Turn& turn, ScopeId scope, Payload output) {
  turn.record(scope, TaskSubmitted{waiting(turn, scope).resource, std::move(output)});
  if (waiting(turn, scope).answer) return finish_task(turn, scope, held_answer(turn, scope));
}

// [seen] TaskSubmitted comes before whatever the token's holder says.
void token_answered(Turn& turn, ScopeId scope, Result<Payload> result) {
  const AwaitingTask& task = waiting(turn, scope);
  const bool is_taken = task.submitted || task.kind == TaskKind::kActivity;
  if (is_taken || !is_submitted_first(task.resource)) {
    return finish_task(turn, scope, std::move(result));
  }
  TokenAnswered answer;
  if (result) {
    answer.output = *std::move(result);
  } else {
    answer.error = std::move(result).error();
  }
  turn.record(scope, std::move(answer));
  const AwaitingTask& held = waiting(turn, scope);
  turn.set_timer(held.work, TimerKind::kTaskTimeout, *held.timeout_due);
}

void task_returned(Turn& turn, ScopeId scope, Result<Payload> result) {
  // [pawl] The holder was told that its answer is taken; that the service failed meanwhile does not
  // change it.
  const bool is_held = waiting(turn, scope).answer.has_value();
  finish_task(turn, scope, is_held ? held_answer(turn, scope) : std::move(result));
}

void task_timed_out(Turn& turn, ScopeId scope, bool missed_heartbeat) {
  const AwaitingTask& task = waiting(turn, scope);
  // Nobody has to send more heartbeats than the answer.
  if (task.answer && missed_heartbeat) return task_heartbeat(turn, scope);
  turn.cancel(task.work);
  if (task.answer) return finish_task(turn, scope, held_answer(turn, scope));
  // [seen] A missed heartbeat is a States.Timeout too, and neither has a cause.
  StateError error{asl::errors::kTimeout, std::nullopt};
  const EventId timed_out = turn.record(scope, TaskTimedOut{task.kind, task.resource, error});
  fail_state(turn, scope, Failure{std::move(error), missed_heartbeat, timed_out});
}

void task_heartbeat(Turn& turn, ScopeId scope) {
  turn.record(scope, HeartbeatReceived{});
  const AwaitingTask& task = waiting(turn, scope);
  turn.set_timer(task.work, TimerKind::kHeartbeat, *task.heartbeat_due);
}

}  // namespace pawl::states
