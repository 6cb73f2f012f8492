// An execution as it was at an event: its scopes as a tree, and what it waited for.
#include "states/replay.h"

#include <charconv>

#include "engine/api/execution_history.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::optional<states::EventId> event_asked_for(const RestCall& call) {
  const auto text = call.request->query_value("event");
  if (!text) return std::nullopt;
  states::EventId event = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, event);
  if (error != std::errc() || stop != end)
    throw bad_field("?event", "The id of an event is expected");
  return event;
}

void add_due(Json& body, const char* name, const std::optional<asl::Timestamp>& due) {
  if (due) body[name] = time_json(*due);
}

// What a scope does, and the members that tell more of it.
struct PhaseView {
  Json operator()(const states::Entering&) const { return {{"phase", "ENTERING"}}; }
  Json operator()(const states::Beginning&) const { return {{"phase", "BEGINNING"}}; }
  Json operator()(const states::Ended&) const { return {{"phase", "ENDED"}}; }
  Json operator()(const states::AwaitingTask& task) const {
    Json body = {{"phase", "TASK"},
                 {"resource", task.resource},
                 {"parameters", task.parameters.json()},
                 {"submitted", task.submitted}};
    add_due(body, "timeoutAt", task.timeout_due);
    add_due(body, "heartbeatAt", task.heartbeat_due);
    return body;
  }
  Json operator()(const states::AwaitingTimer& timer) const {
    return {{"phase", "WAIT"}, {"until", time_json(timer.due)}};
  }
  Json operator()(const states::BackingOff& backoff) const {
    return {{"phase", "RETRY"}, {"until", time_json(backoff.due)}};
  }
  Json operator()(const states::AwaitingChildren& children) const {
    return {{"phase", "CHILDREN"},
            {"total", children.total},
            {"started", children.started},
            {"finished", children.finished},
            {"failed", children.failed}};
  }
  Json operator()(const states::AwaitingMapRun& map_run) const {
    Json shown = {{"phase", "MAP_RUN"}, {"mapRun", map_run.map_run}};
    if (map_run.redrives > 0) shown["redriveCount"] = map_run.redrives;
    return shown;
  }
};

bool has_attempts(asl::StateType type) {
  return type == asl::StateType::kTask || type == asl::StateType::kParallel ||
         type == asl::StateType::kMap;
}

class TreeView {
 public:
  explicit TreeView(const states::Replayed& was) : was_(was) {}

  Json of(states::ScopeId id) const {
    const auto open = was_.execution.scopes.find(id);
    const bool is_cut = open == was_.execution.scopes.end();
    const states::Scope& scope = is_cut ? was_.execution.cut.at(id) : open->second;
    const asl::StateType type = was_.machine->state(scope.at).type();
    Json body = {{"scope", id}};
    if (scope.parent != states::kNoScope) body["index"] = scope.index;
    body["state"] = scope.at;
    body["type"] = asl::to_string(type);
    if (is_cut) body["unsuccessful"] = true;
    const Json phase = std::visit(PhaseView{}, scope.phase);
    for (const auto& [name, value] : phase.items()) body[name] = value;
    if (scope.entered_event != 0 && !std::holds_alternative<states::Entering>(scope.phase)) {
      body["enteredEvent"] = scope.entered_event;
      body["enteredAt"] = time_json(scope.entered_at);
    }
    if (has_attempts(type)) body["attempt"] = scope.retry_count + 1;
    body["input"] = scope.input.json();
    Json variables = Json::object();
    for (const auto& [name, value] : scope.variables) variables[name] = value.json();
    body["variables"] = std::move(variables);
    add_children(body, scope, type);
    return body;
  }

 private:
  void add_children(Json& body, const states::Scope& scope, asl::StateType type) const {
    const auto* children = std::get_if<states::AwaitingChildren>(&scope.phase);
    if (children == nullptr) return;
    Json list = Json::array();
    for (const auto* group : {&children->running, &children->cut, &children->again}) {
      for (const states::ScopeId child : *group) list.push_back(of(child));
    }
    body[type == asl::StateType::kMap ? "iterations" : "branches"] = std::move(list);
  }

  const states::Replayed& was_;
};

std::string timer_name(states::TimerKind kind) {
  switch (kind) {
    case states::TimerKind::kWait:
      return "WAIT";
    case states::TimerKind::kRetry:
      return "RETRY";
    case states::TimerKind::kTaskTimeout:
      return "TASK_TIMEOUT";
    case states::TimerKind::kHeartbeat:
      return "HEARTBEAT";
    case states::TimerKind::kMachineTimeout:
      return "EXECUTION_TIMEOUT";
  }
  return "";
}

struct EffectView {
  Json operator()(const states::CallTask& call) const {
    return {{"kind", "TASK"},
            {"work", call.work},
            {"scope", call.scope},
            {"state", call.state},
            {"resource", call.resource},
            {"parameters", call.parameters.json()}};
  }
  Json operator()(const states::StartMapRun& start) const {
    return {{"kind", "MAP_RUN"},
            {"work", start.work},
            {"scope", start.scope},
            {"state", start.state},
            {"mapRun", start.map_run}};
  }
  Json operator()(const states::SetTimer& timer) const {
    Json body = {{"kind", "TIMER"}, {"timer", timer_name(timer.kind)}};
    if (timer.work != 0) body["work"] = timer.work;
    body["due"] = time_json(timer.due);
    return body;
  }
  // There was more to decide at once.
  Json operator()(const states::ContinueLater&) const { return {{"kind", "CONTINUE"}}; }
  Json operator()(const states::CancelWork&) const { return nullptr; }  // nothing resumes with it
  Json operator()(const states::Finish&) const { return nullptr; }
};

Json replay_view(const ExecutionRow& row, const states::Replayed& was) {
  const states::ExecutionInfo& info = row.what.info;
  const states::Execution& execution = was.execution;
  const states::Outcome outcome = execution.outcome.value_or(states::Outcome{});
  Json body = {{"execution", info.state_machine_name + ":" + info.name},
               {"event", was.event},
               {"at", time_json(was.at)},
               {"status", states::to_string(outcome.status)},
               {"input", execution.input.json()}};
  if (outcome.output) body["output"] = outcome.output->json();
  if (execution.outcome && outcome.status != states::Status::kSucceeded) {
    add_error(body, outcome.error);
  }
  if (execution.redrive_count > 0) body["redriveCount"] = execution.redrive_count;
  if (execution.scopes.contains(0)) body["tree"] = TreeView(was).of(0);
  Json in_flight = Json::array();
  for (const states::Effect& effect : was.in_flight) {
    in_flight.push_back(std::visit(EffectView{}, effect));
  }
  body["inFlight"] = std::move(in_flight);
  return body;
}

}  // namespace

void replay_execution(const RestCall& call) {
  const auto event = event_asked_for(call);
  const ExecutionRow row = execution_of(call);
  const auto history = read_history(call.api, row);
  if (!history) throw not_found("The definition that the execution ran with is not there");
  const auto was = states::replay(*history, event);
  if (!was) {
    throw not_found("The execution has no event" + (event ? " " + std::to_string(*event) : ""));
  }
  answer_json(call, 200, replay_view(row, *was));
}

}  // namespace pawl::engine::rest
