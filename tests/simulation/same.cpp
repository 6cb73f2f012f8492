#include "tests/simulation/same.h"

#include <algorithm>
#include <map>

namespace pawl::simulation {
namespace {

using states::Scope;
using Where = std::optional<std::string>;

bool same(const asl::Payload& a, const asl::Payload& b) { return a.is(b) || a.text() == b.text(); }

bool same(const std::optional<asl::Payload>& a, const std::optional<asl::Payload>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const asl::Variables& a, const asl::Variables& b) {
  if (a.size() != b.size()) return false;
  for (auto at = a.begin(), other = b.begin(); at != a.end(); ++at, ++other) {
    if (at->first != other->first || !same(at->second, other->second)) return false;
  }
  return true;
}

// True when the phases, of one kind, hold the same.
struct SamePhase {
  const states::Phase& other;

  bool operator()(const states::Entering&) const { return true; }
  bool operator()(const states::Beginning&) const { return true; }
  bool operator()(const states::Ended&) const { return true; }
  bool operator()(const states::AwaitingTask& a) const {
    const auto& b = std::get<states::AwaitingTask>(other);
    return a.work == b.work && a.kind == b.kind && a.resource == b.resource &&
           same(a.parameters, b.parameters) && a.role_arn == b.role_arn && a.started == b.started &&
           a.submitted == b.submitted && a.timeout_due == b.timeout_due &&
           a.timeout_seconds == b.timeout_seconds && a.heartbeat_seconds == b.heartbeat_seconds &&
           a.heartbeat_due == b.heartbeat_due && a.answer.has_value() == b.answer.has_value();
  }
  bool operator()(const states::AwaitingTimer& a) const {
    const auto& b = std::get<states::AwaitingTimer>(other);
    return a.work == b.work && a.due == b.due;
  }
  bool operator()(const states::BackingOff& a) const {
    const auto& b = std::get<states::BackingOff>(other);
    return a.work == b.work && a.due == b.due;
  }
  bool operator()(const states::AwaitingChildren& a) const {
    const auto& b = std::get<states::AwaitingChildren>(other);
    if (a.results.size() != b.results.size()) return false;
    for (std::size_t i = 0; i < a.results.size(); ++i) {
      if (!same(a.results[i], b.results[i])) return false;
    }
    return same(a.items, b.items) && a.total == b.total && a.started == b.started &&
           a.finished == b.finished && a.failed == b.failed && a.running == b.running &&
           a.cut == b.cut && a.again == b.again && a.redriven == b.redriven &&
           a.started_event == b.started_event;
  }
  bool operator()(const states::AwaitingMapRun& a) const {
    const auto& b = std::get<states::AwaitingMapRun>(other);
    return a.work == b.work && a.map_run == b.map_run && same(a.settings, b.settings) &&
           same(a.items, b.items) && a.redrives == b.redrives && a.is_spent == b.is_spent &&
           a.redriven == b.redriven;
  }
};

Where difference(const Scope& a, const Scope& b) {
  if (a.parent != b.parent || a.index != b.index) return "place";
  if (a.at != b.at) return "at " + a.at + " and " + b.at;
  if (!same(a.input, b.input)) return "input " + a.input.text() + " and " + b.input.text();
  if (!same(a.variables, b.variables)) return "variables";
  if (a.retries != b.retries || a.retry_count != b.retry_count) return "retries";
  if (a.entered_event != b.entered_event || a.entered_after != b.entered_after) return "entry";
  if (a.entered_at != b.entered_at) return "time of entry";
  if (a.last_event != b.last_event) return "last event";
  if (a.phase.index() != b.phase.index()) return "kind of phase";
  if (!std::visit(SamePhase{b.phase}, a.phase)) return "phase";
  return std::nullopt;
}

Where difference(const std::map<states::ScopeId, Scope>& a,
                 const std::map<states::ScopeId, Scope>& b) {
  if (a.size() != b.size()) return "number of scopes";
  for (auto at = a.begin(), other = b.begin(); at != a.end(); ++at, ++other) {
    if (at->first != other->first) return "ids of scopes";
    if (const Where where = difference(at->second, other->second)) {
      return "scope " + std::to_string(at->first) + ": " + *where;
    }
  }
  return std::nullopt;
}

const states::AwaitingChildren* children_of(const states::Execution& execution,
                                            states::ScopeId id,
                                            bool also_cut) {
  auto found = execution.scopes.find(id);
  if (found == execution.scopes.end()) {
    found = execution.cut.find(id);
    if (!also_cut || found == execution.cut.end()) return nullptr;
  }
  return std::get_if<states::AwaitingChildren>(&found->second.phase);
}

bool holds(const std::vector<states::ScopeId>& scopes, states::ScopeId id) {
  return std::find(scopes.begin(), scopes.end(), id) != scopes.end();
}

bool same(const std::optional<states::Outcome>& a, const std::optional<states::Outcome>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (a->status == b->status && same(a->output, b->output) && a->error == b->error);
}

}  // namespace

Where difference(const states::Execution& a, const states::Execution& b) {
  if (const Where where = difference(a.scopes, b.scopes)) return where;
  if (const Where where = difference(a.cut, b.cut)) return "cut " + *where;
  if (!same(a.input, b.input)) return "input";
  if (!same(a.outcome, b.outcome)) return "outcome";
  if (a.ended_at != b.ended_at || a.started_at != b.started_at) return "begin or end";
  if (a.last_sequence != b.last_sequence) return "last sequence";
  if (a.last_event != b.last_event) return "last event";
  if (a.next_scope != b.next_scope) return "next scope";
  if (a.redrive_count != b.redrive_count || a.redrives.size() != b.redrives.size()) {
    return "redrives";
  }
  for (std::size_t i = 0; i < a.redrives.size(); ++i) {
    if (a.redrives[i].at != b.redrives[i].at ||
        a.redrives[i].client_token != b.redrives[i].client_token) {
      return "a redrive";
    }
  }
  return std::nullopt;
}

Where looseness(const states::Execution& execution) {
  for (const auto& [id, scope] : execution.scopes) {
    if (id == 0) continue;
    const auto* children = children_of(execution, scope.parent, false);
    if (children == nullptr || !holds(children->running, id)) {
      return "scope " + std::to_string(id) + " runs and its parent does not know";
    }
  }
  for (const auto& [id, scope] : execution.cut) {
    const auto* children = children_of(execution, scope.parent, true);
    if (children == nullptr || !(holds(children->cut, id) || holds(children->again, id))) {
      return "scope " + std::to_string(id) + " was cut and its parent does not know";
    }
  }
  for (const auto* scopes : {&execution.scopes, &execution.cut}) {
    for (const auto& [id, scope] : *scopes) {
      const auto* children = std::get_if<states::AwaitingChildren>(&scope.phase);
      if (children == nullptr) continue;
      for (const states::ScopeId child : children->running) {
        if (!execution.scopes.contains(child)) return "a child that runs is not there";
      }
      for (const states::ScopeId child : children->cut) {
        if (!execution.cut.contains(child)) return "a child that was cut is not there";
      }
    }
  }
  return std::nullopt;
}

}  // namespace pawl::simulation
