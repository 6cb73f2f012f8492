#include "states/fork.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "states/step.h"

namespace pawl::states {
namespace {

// Reads on in the origin's history from the step on, and keeps what is of other branches and
// iterations: everything but what the step's scope and those around it did. What is kept is
// numbered as if nothing else had been.
class Beside {
 public:
  Beside(const History& origin, const Event& entered)
      : origin_(origin), was_(fold(origin, entered.sequence - 1)), now_(was_) {
    inside_.insert(entered.scope);
    for (ScopeId id = entered.scope; was_.scopes.at(id).parent != kNoScope;) {
      const ScopeId outer = was_.scopes.at(id).parent;
      path_.emplace(outer, id);
      id = outer;
    }
    std::map<ScopeId, ScopeId> parents;
    for (const auto* scopes : {&was_.scopes, &was_.cut}) {
      for (const auto& [id, scope] : *scopes) parents.emplace(id, scope.parent);
    }
    for (const auto& [id, parent] : parents) {
      known_.emplace(id, id);
      place(id, parent);
    }
  }

  void read(const Event& event) {
    const ScopeId first = was_.next_scope;
    apply(*machine_at(origin_, event.sequence), was_, event);
    const bool is_inside = inside_.contains(event.scope);
    for (ScopeId id = first; id < was_.next_scope; ++id) {
      if (is_inside) inside_.insert(id);
      place(id, event.scope);
    }
    if (is_inside || !is_kept(event)) {
      if (event.id != 0) ids_.emplace(event.id, renamed(event.previous));
      return;
    }
    keep(event, first);
  }

  ForkPlan take(const Event& entered) && {
    return {entered.sequence - 1, std::move(kept_), std::move(now_), entered.scope};
  }

 private:
  // Scopes come in order of their numbers, those around them first.
  void place(ScopeId id, ScopeId parent) {
    if (path_.contains(parent)) {
      root_.emplace(id, id);
    } else if (const auto outer = root_.find(parent); outer != root_.end()) {
      root_.emplace(id, outer->second);
    }
  }

  EventId renamed(EventId id) const {
    const auto found = ids_.find(id);
    return found == ids_.end() ? id : found->second;
  }

  bool is_kept(const Event& event) {
    const auto around = path_.find(event.scope);
    if (around != path_.end()) return is_kept_of_path(event, around->second);
    const auto root = root_.find(event.scope);
    if (root == root_.end() || torn_.contains(root->second)) return false;
    const auto known = known_.find(event.scope);
    if (known == known_.end()) return false;
    if (std::holds_alternative<StateAborted>(event.what) && root->second == event.scope) {
      // Of an iteration that was allowed to fail; else what is around the step has failed, and
      // that never was.
      if (now_.cut.contains(known->second)) return true;
      torn_.insert(root->second);
      return false;
    }
    return now_.scopes.contains(known->second);
  }

  // Of a scope around the step, by way of whose child `inner` it is: what it says of its other
  // children, as long as it waits for them.
  bool is_kept_of_path(const Event& event, ScopeId inner) {
    if (over_.contains(event.scope)) return false;
    if (std::holds_alternative<IterationStarted>(event.what)) return true;
    const std::int64_t index = now_.scopes.at(inner).index;
    if (const auto* good = std::get_if<IterationSucceeded>(&event.what)) {
      return good->index != index;
    }
    if (const auto* bad = std::get_if<IterationFailed>(&event.what)) return bad->index != index;
    if (!std::holds_alternative<IterationAborted>(event.what) &&
        !std::holds_alternative<StateAborted>(event.what)) {
      over_.insert(event.scope);
    }
    return false;
  }

  void keep(const Event& event, ScopeId first) {
    Event copy = event;
    copy.sequence = now_.last_sequence + 1;
    copy.previous = renamed(event.previous);
    if (event.id != 0) {
      copy.id = now_.last_event + 1;
      ids_.emplace(event.id, copy.id);
    }
    copy.scope = known_.at(event.scope);
    const ScopeId first_now = now_.next_scope;
    if (auto* started = std::get_if<IterationStarted>(&copy.what)) {
      // One that begins again has its number.
      started->child = started->child >= first ? first_now : known_.at(started->child);
    }
    apply(*machine_at(origin_, event.sequence), now_, copy);
    for (ScopeId id = first; id < was_.next_scope; ++id) {
      known_.emplace(id, first_now + (id - first));
    }
    kept_.push_back(std::move(copy));
  }

  const History& origin_;
  Execution was_;  // the origin, event by event
  Execution now_;  // the fork
  std::vector<Event> kept_;
  std::map<ScopeId, ScopeId> path_;   // the scopes around the step: by way of which child
  std::set<ScopeId> over_;            // of those: have gone on
  std::set<ScopeId> inside_;          // the step's scope and those in it
  std::map<ScopeId, ScopeId> root_;   // the branch or iteration beside the path that has a scope
  std::set<ScopeId> torn_;            // of those: cut, since something around the step failed
  std::map<ScopeId, ScopeId> known_;  // the fork's number of each scope
  std::unordered_map<EventId, EventId> ids_;
};

// After these, scopes go on that were cut before.
bool takes_up(const Event& event) {
  return std::holds_alternative<ExecutionRedriven>(event.what) ||
         std::holds_alternative<ExecutionForked>(event.what);
}

// The graphs of the states that a Parallel or Map leads to, in order.
std::vector<asl::GraphId> graphs_in(const asl::State& state) {
  if (const auto* parallel = std::get_if<asl::Parallel>(&state.kind)) return parallel->branches;
  if (const auto* map = std::get_if<asl::Map>(&state.kind)) return {map->processor};
  return {};
}

const Scope& scope_of(const Execution& execution, ScopeId id) {
  const auto found = execution.scopes.find(id);
  return found == execution.scopes.end() ? execution.cut.at(id) : found->second;
}

// The state that this scope is in, in the place where the scope is; null: there is none.
const asl::State* state_in(const asl::StateMachine& machine,
                           const Execution& execution,
                           const Scope& scope) {
  const auto found = machine.states.find(scope.at);
  if (found == machine.states.end()) return nullptr;
  const asl::State& state = found->second;
  if (scope.parent == kNoScope) return state.graph == 0 ? &state : nullptr;
  const asl::State* outer = state_in(machine, execution, scope_of(execution, scope.parent));
  if (outer == nullptr) return nullptr;
  const std::vector<asl::GraphId> graphs = graphs_in(*outer);
  const std::size_t which =
      outer->type() == StateType::kMap ? 0 : static_cast<std::size_t>(scope.index);
  return which < graphs.size() && graphs[which] == state.graph ? &state : nullptr;
}

// Nothing: the state can go on with the children that the scope has.
std::optional<std::string> why_not_around(const asl::State& state, const Scope& scope) {
  const auto* children = std::get_if<AwaitingChildren>(&scope.phase);
  if (children == nullptr) return std::nullopt;
  const auto* parallel = std::get_if<asl::Parallel>(&state.kind);
  const auto* map = std::get_if<asl::Map>(&state.kind);
  const bool fits = parallel != nullptr
                        ? static_cast<std::int64_t>(parallel->branches.size()) == children->total
                        : map != nullptr && !map->distributed;
  if (fits) return std::nullopt;
  return "The state '" + state.name + "' has begun and is another one in the definition";
}

}  // namespace

std::variant<ForkPlan, std::string> plan_fork(const History& origin, EventId entered) {
  const auto at = std::find_if(origin.events.begin(),
                               origin.events.end(),
                               [entered](const Event& event) { return event.id == entered; });
  if (entered <= 0 || at == origin.events.end()) {
    return "The execution has no event " + std::to_string(entered);
  }
  if (!std::holds_alternative<StateEntered>(at->what)) {
    return "Event " + std::to_string(entered) + " is " + std::string(event_type(at->what)) +
           "; a fork begins where a state was entered";
  }
  Beside beside(origin, *at);
  if (at->scope != 0) {
    if (std::any_of(at, origin.events.end(), takes_up)) {
      return "The execution was redriven or forked after it entered '" +
             std::get<StateEntered>(at->what).name +
             "' in a branch or iteration; name a state around it, or fork the execution that was "
             "forked";
    }
    for (auto event = at; event != origin.events.end(); ++event) beside.read(*event);
  }
  return std::move(beside).take(*at);
}

EventId last_entry(const History& history, const std::string& state) {
  const auto is_entry = [&state](const Event& event) {
    const auto* fact = std::get_if<StateEntered>(&event.what);
    return fact != nullptr && event.scope == 0 && fact->name == state;
  };
  const auto found = std::find_if(history.events.rbegin(), history.events.rend(), is_entry);
  return found == history.events.rend() ? 0 : found->id;
}

std::optional<std::string> why_not_with(const asl::StateMachine& machine, const ForkPlan& plan) {
  for (const auto* scopes : {&plan.execution.scopes, &plan.execution.cut}) {
    for (const auto& [id, scope] : *scopes) {
      const asl::State* state = state_in(machine, plan.execution, scope);
      if (state == nullptr) {
        return "The definition has no state '" + scope.at + "' where the execution is in it";
      }
      if (auto reason = why_not_around(*state, scope)) return reason;
    }
  }
  return std::nullopt;
}

}  // namespace pawl::states
