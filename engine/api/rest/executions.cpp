#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>

#include "asl/text.h"
#include "engine/api/execution_json.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/fields.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"
#include "engine/api/start_request.h"
#include "engine/http/trace_header.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::int64_t kWaitSecondsMax = 300;

// To who starts it: 200 once it has ended, else 202. To who asks for it: 200.
void answer_execution(const RestCall& call, const std::string& arn) {
  const ExecutionRow row = require_execution(call.api, arn);
  Json view = execution_view(call.api, row);
  if (call.request->method == "GET") {
    return answer_tagged(call, Fields(call, "Execution").of(std::move(view)));
  }
  Headers headers;
  headers.set("Location", execution_path(row));
  answer_json(call, row.stopped_at ? 200 : 202, view, std::move(headers));
}

// RFC 7240: "Prefer: wait=30"; 0 when absent or unreadable (a preference may be ignored).
std::int64_t wait_seconds(const HttpRequest& request) {
  const std::string_view preference = request.headers.get("Prefer");
  const std::size_t start = preference.find("wait=");
  if (start == std::string_view::npos) return 0;
  std::int64_t seconds = 0;
  std::from_chars(preference.data() + start + 5, preference.data() + preference.size(), seconds);
  return std::clamp<std::int64_t>(seconds, 0, kWaitSecondsMax);
}

// Whichever comes first answers: the end of the execution or the end of the wait.
class Waiter : public std::enable_shared_from_this<Waiter> {
 public:
  Waiter(RestCall call, std::string arn) : call_(std::move(call)), arn_(std::move(arn)) {}

  void begin(std::chrono::seconds patience) {
    const auto self = shared_from_this();
    alarm_ = call_.api.alarms.after(patience, [self] { self->answer_once(); });
    watch_ = call_.api.engine.watch(arn_, [self](const states::Outcome&) { self->answer_once(); });
  }

 private:
  // On the runtime's or the alarms' thread: the reading is left to a worker.
  void answer_once() {
    if (answered_.exchange(true)) return;
    const auto self = shared_from_this();
    const bool taken = call_.workers.post([self] { self->answer(); });
    if (!taken) call_.respond(problem_response(problem_of(unavailable()), call_.request->path));
  }

  void answer() {
    call_.api.alarms.cancel(alarm_);
    call_.api.engine.unwatch(watch_);
    answering(call_, [this] { answer_execution(call_, arn_); });
  }

  RestCall call_;
  std::string arn_;
  std::atomic<bool> answered_ = false;
  std::atomic<std::uint64_t> alarm_ = 0;
  std::atomic<std::uint64_t> watch_ = 0;
};

// Answers with the execution as it is after the action.
void act_and_show(const RestCall& call, const char* action, Json request) {
  const std::string arn = request.at("executionArn").get<std::string>();
  call_action(call, action, std::move(request), [arn](const RestCall& c, const Json&) {
    const bool taken = c.workers.post([c, arn] {
      answering(c,
                [&] { answer_json(c, 200, execution_view(c.api, require_execution(c.api, arn))); });
    });
    if (!taken) throw unavailable();
  });
}

// To who has started it, now or when it has ended. Waits for the disk.
void answer_started(const RestCall& call, const std::string& arn) {
  const std::int64_t seconds = wait_seconds(*call.request);
  if (seconds > 0) {
    std::make_shared<Waiter>(call, arn)->begin(std::chrono::seconds(seconds));
  } else {
    answering(call, [&] { answer_execution(call, arn); });
  }
}

// The execution that a request with the same idempotency key has started before the server died.
std::optional<std::string> started_before(const RestCall& call, const Json& request) {
  if (!call.once || !call.once->is_resumed || !request.contains("name")) return std::nullopt;
  const StatesArn machine =
      parse_arn(request.at("stateMachineArn").get<std::string>(), "stateMachine");
  const std::string name = request.at("name").get<std::string>();
  std::string arn = execution_arn(call.api.config.arns, machine.name, name);
  const auto row = call.api.store.journal().find(arn);
  if (!row) return std::nullopt;
  if (name == call.once->seed) return arn;  // nobody else knows that name
  if (row->what.info.start_time < call.once->begun_at) return std::nullopt;
  const auto input = execution_input(call.api, *row);
  const Json wanted = execution_input_of(text_member(request, "input")).json();
  if (!input || input->json() != wanted) return std::nullopt;
  return arn;
}

bool is_express(const RestCall& call) {
  const StatesArn arn = parse_arn(state_machine_arn_of(call), "stateMachine");
  const auto row = call.api.store.catalog().find_machine(arn.unqualified());
  return row && row->type == asl::MachineType::kExpress;
}

// An execution that nobody can look up: what the actions say of it is all there is.
Json express_view(const Json& request, const Json& result) {
  const std::string arn = result.at("executionArn").get<std::string>();
  const StatesArn machine =
      parse_arn(request.at("stateMachineArn").get<std::string>(), "stateMachine");
  const auto time = [&](const char* name) {
    return asl::Timestamp{std::llround(result.at(name).get<double>() * 1000)};
  };
  Json body = {{"name", request.at("name")},
               {"arn", arn},
               {"stateMachine", machine.name},
               {"stateMachineArn", machine.unqualified()},
               {"status", result.value("status", "RUNNING")},
               {"startedAt", time_json(time("startDate"))}};
  if (result.contains("stopDate")) {
    body["stoppedAt"] = time_json(time("stopDate"));
    body["durationMs"] = time("stopDate").ms - time("startDate").ms;
  }
  if (result.contains("input")) {
    body["input"] = asl::Payload::of_text(result.at("input").get<std::string>()).json();
  }
  if (result.contains("output")) {
    body["output"] = asl::Payload::of_text(result.at("output").get<std::string>()).json();
  }
  if (result.contains("error")) body["error"]["name"] = result.at("error");
  if (result.contains("cause")) body["error"]["cause"] = result.at("cause");
  return body;
}

void start_labelled(const RestCall& call, Json request, Labels labels) {
  const ActionReply reply(
      [call](const ActionResult& result) {
        answering(call, [&] {
          if (const auto* error = std::get_if<ServiceError>(&result)) throw ServiceError(*error);
          const std::string arn = std::get<Json>(result).at("executionArn").get<std::string>();
          // The runtime calls here: it does not wait for the disk.
          const bool taken = call.workers.post([call, arn] { answer_started(call, arn); });
          if (!taken) throw unavailable();
        });
      },
      call.request->client_gone);
  call.actions.call("StartExecution",
                    std::move(request),
                    reply,
                    [&api = call.api, labels = std::move(labels)](const Json& checked,
                                                                  const ActionReply& answer) {
                      actions::start_with(api, checked, {.labels = labels}, answer);
                    });
}

// With a wait for its end, however long that is: it is bounded by the machine's five minutes.
void start_express(const RestCall& call, Json request) {
  if (!request.contains("name")) request["name"] = new_uuid();
  const bool waits = wait_seconds(*call.request) > 0;
  call_action(call,
              waits ? "StartSyncExecution" : "StartExecution",
              request,
              [request, waits](const RestCall& c, const Json& result) {
                answer_json(c, waits ? 200 : 202, express_view(request, result));
              });
}

}  // namespace

void start_execution(const RestCall& call) {
  const Json body = body_of(call);
  Json request = {{"stateMachineArn", state_machine_arn_of(call)}};
  if (const auto name = body_text(body, "name")) {
    request["name"] = *name;
  } else if (call.once) {
    request["name"] = call.once->seed;
  }
  if (body.contains("input")) request["input"] = asl::to_text(body.at("input"));
  if (const auto trace = xray_header_of_traceparent(call.request->headers.get("traceparent"))) {
    request["traceHeader"] = *trace;
  }
  Labels labels = labels_in(body);
  if (is_express(call)) {
    if (!labels.empty()) {
      throw bad_field("/labels", "Nobody can look up an EXPRESS execution: it has no labels");
    }
    return start_express(call, std::move(request));
  }
  if (const auto arn = started_before(call, request)) return answer_started(call, *arn);
  start_labelled(call, std::move(request), std::move(labels));
}

void get_execution(const RestCall& call) {
  const Fields fields(call, "Execution");
  const ExecutionRow row = execution_of(call);
  const std::int64_t seconds = wait_seconds(*call.request);
  if (seconds == 0 || row.stopped_at) {
    return answer_tagged(call, fields.of(execution_view(call.api, row)));
  }
  std::make_shared<Waiter>(call, row.what.info.arn)->begin(std::chrono::seconds(seconds));
}

void stop_execution(const RestCall& call) {
  const Json body = body_of(call);
  Json request = {{"executionArn", execution_of(call).what.info.arn}};
  if (const auto error = body_text(body, "error")) request["error"] = *error;
  if (const auto cause = body_text(body, "cause")) request["cause"] = *cause;
  act_and_show(call, "StopExecution", std::move(request));
}

void redrive_execution(const RestCall& call) {
  const Json body = body_of(call);
  const ExecutionRow row = execution_of(call);
  if (call.once && call.once->is_resumed && row.redriven_at >= call.once->begun_at) {
    return answer_json(call, 200, execution_view(call.api, row));
  }
  Json request = {{"executionArn", row.what.info.arn}};
  if (const auto token = body_text(body, "clientToken")) {
    request["clientToken"] = *token;
  } else if (call.once) {
    request["clientToken"] = call.once->seed;
  }
  act_and_show(call, "RedriveExecution", std::move(request));
}

}  // namespace pawl::engine::rest
