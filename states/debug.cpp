#include "states/debug.h"

#include <utility>

#include "states/item_inputs.h"

namespace pawl::states {
namespace {

Json to_json(const StateError& error) {
  Json out = Json::object();
  if (error.name) out["error"] = *error.name;
  if (error.cause) out["cause"] = *error.cause;
  if (error.location) out["location"] = *error.location;
  return out;
}

Json due_of(const std::optional<Timestamp>& due) { return due ? Json(due->ms) : Json(nullptr); }

struct PhaseToJson {
  Json operator()(const Entering&) const { return "Entering"; }
  Json operator()(const Beginning&) const { return "Beginning"; }
  Json operator()(const Ended&) const { return "Ended"; }
  Json operator()(const AwaitingTask& task) const {
    Json out = Json::object();
    out["task"] = task.work;
    out["kind"] = static_cast<int>(task.kind);
    out["resource"] = task.resource;
    out["parameters"] = task.parameters.json();
    out["role"] = task.role_arn.value_or("");
    out["started"] = task.started;
    out["submitted"] = task.submitted;
    if (task.answer) {
      out["answer"] =
          task.answer->output ? task.answer->output->text() : task.answer->error.name.value_or("");
    }
    out["timeout"] = task.timeout_seconds.value_or(0);
    out["timeout_due"] = due_of(task.timeout_due);
    out["heartbeat"] = task.heartbeat_seconds.value_or(0);
    out["heartbeat_due"] = due_of(task.heartbeat_due);
    return out;
  }
  Json operator()(const AwaitingMapRun& map_run) const {
    Json out = Json::object();
    out["map_run"] = map_run.work;
    out["arn"] = map_run.map_run;
    out["settings"] = map_run.settings.json();
    out["items"] = map_run.items.json();
    out["redrives"] = map_run.redrives;
    out["spent"] = map_run.is_spent;
    out["redriven"] = map_run.redriven;
    return out;
  }
  Json operator()(const AwaitingTimer& timer) const {
    Json out = Json::object();
    out["wait"] = timer.work;
    out["due"] = timer.due.ms;
    return out;
  }
  Json operator()(const BackingOff& backoff) const {
    Json out = Json::object();
    out["retry"] = backoff.work;
    out["due"] = backoff.due.ms;
    return out;
  }
  Json operator()(const AwaitingChildren& children) const {
    Json out = Json::object();
    out["items"] = children.items.json();
    out["total"] = children.total;
    out["started"] = children.started;
    out["finished"] = children.finished;
    out["failed"] = children.failed;
    out["started_event"] = children.started_event;
    out["running"] = children.running;
    out["cut"] = children.cut;
    out["again"] = children.again;
    out["redriven"] = children.redriven;
    Json results = Json::array();
    for (const auto& result : children.results) {
      results.push_back(result ? Json(result->text()) : Json(nullptr));
    }
    out["results"] = std::move(results);
    return out;
  }
};

Json to_json(const Scope& scope) {
  Json out = Json::object();
  out["parent"] = scope.parent;
  out["index"] = scope.index;
  out["at"] = scope.at;
  out["input"] = scope.input.json();
  Json variables = Json::object();
  for (const auto& [name, value] : scope.variables) variables[name] = value.json();
  out["variables"] = std::move(variables);
  out["retries"] = scope.retries;
  out["retry_count"] = scope.retry_count;
  out["entered_event"] = scope.entered_event;
  out["entered_at"] = scope.entered_at.ms;
  out["entered_after"] = scope.entered_after;
  out["last_event"] = scope.last_event;
  out["phase"] = std::visit(PhaseToJson{}, scope.phase);
  return out;
}

Json to_json(const Outcome& outcome) {
  Json out = Json::object();
  out["status"] = std::string(to_string(outcome.status));
  if (outcome.output) out["output"] = outcome.output->json();
  out["error"] = to_json(outcome.error);
  return out;
}

struct EffectToJson {
  Json operator()(const CallTask& call) const {
    Json out = Json::object();
    out["call"] = call.work;
    out["scope"] = call.scope;
    out["state"] = call.state;
    out["kind"] = static_cast<int>(call.kind);
    out["resource"] = call.resource;
    out["parameters"] = call.parameters.json();
    out["token"] = call.token.value_or("");
    out["role"] = call.role_arn.value_or("");
    out["heartbeat"] = call.heartbeat_seconds.value_or(0);
    out["resumed"] = call.resumed;
    out["submitted"] = call.submitted;
    return out;
  }
  Json operator()(const StartMapRun& start) const {
    Json out = Json::object();
    out["start_map_run"] = start.work;
    out["scope"] = start.scope;
    out["state"] = start.state;
    out["arn"] = start.map_run;
    out["settings"] = start.settings.json();
    out["items"] = start.items.json();
    out["context"] = start.scene->context;
    out["input"] = start.scene->input.json();
    Json variables = Json::object();
    for (const auto& [name, value] : start.scene->variables) variables[name] = value.json();
    out["variables"] = std::move(variables);
    out["redrives"] = start.redrives;
    out["resumed"] = start.resumed;
    return out;
  }
  Json operator()(const SetTimer& timer) const {
    Json out = Json::object();
    out["timer"] = timer.work;
    out["kind"] = static_cast<int>(timer.kind);
    out["due"] = timer.due.ms;
    return out;
  }
  Json operator()(const CancelWork& cancel) const {
    Json out = Json::object();
    out["cancel"] = cancel.work;
    return out;
  }
  Json operator()(const Finish& finish) const {
    Json out = Json::object();
    out["finish"] = to_json(finish.outcome);
    return out;
  }
  Json operator()(const ContinueLater&) const { return "ContinueLater"; }
};

}  // namespace

Json to_debug_json(const Execution& execution) {
  Json out = Json::object();
  out["input"] = execution.input.json();
  Json scopes = Json::object();
  for (const auto& [id, scope] : execution.scopes) scopes[std::to_string(id)] = to_json(scope);
  out["scopes"] = std::move(scopes);
  out["cut"] = Json::object();
  for (const auto& [id, scope] : execution.cut) out["cut"][std::to_string(id)] = to_json(scope);
  out["outcome"] = execution.outcome ? to_json(*execution.outcome) : Json(nullptr);
  out["last_sequence"] = execution.last_sequence;
  out["last_event"] = execution.last_event;
  out["next_scope"] = execution.next_scope;
  out["redrive_count"] = execution.redrive_count;
  out["redrives"] = Json::array();
  for (const Redriven& made : execution.redrives) {
    out["redrives"].push_back({made.at.ms, made.client_token.value_or("")});
  }
  out["started_at"] = execution.started_at.ms;
  out["ended_at"] = execution.ended_at.ms;
  return out;
}

Json to_debug_json(const Effect& effect) { return std::visit(EffectToJson{}, effect); }

}  // namespace pawl::states
