// apply() and fold(): how an execution remembers. Nothing is evaluated here, nothing can fail, and
// no event costs more than what it changes.
#include <algorithm>
#include <utility>

#include "asl/errors.h"
#include "states/step.h"

namespace pawl::states {
namespace {

constexpr std::size_t kRedrivesKept = 10;  // [aws] whose client tokens are known

class Applier {
 public:
  Applier(const asl::StateMachine& machine, Execution& execution, const Event& event)
      : machine_(machine), execution_(execution), event_(event) {
    const auto found = execution.scopes.find(event.scope);
    scope_ = found == execution.scopes.end() ? nullptr : &found->second;
  }

  void operator()(const ExecutionStarted& fact) {
    execution_.input = fact.input;
    execution_.started_at = event_.at;
    Scope scope;
    scope.at = machine_.graphs.front().start_at;
    scope.input = fact.input;
    // [seen] The first StateEntered has previousEventId 0, so ExecutionStarted begins no chain.
    execution_.scopes.insert_or_assign(0, std::move(scope));
  }
  void operator()(const ExecutionSucceeded& fact) {
    end(Outcome{Status::kSucceeded, fact.output, {}});
  }
  void operator()(const ExecutionFailed& fact) {
    end(Outcome{Status::kFailed, std::nullopt, fact.error});
  }
  void operator()(const ExecutionAborted& fact) {
    end(Outcome{Status::kAborted, std::nullopt, fact.error});
  }
  void operator()(const ExecutionTimedOut& fact) {
    end(Outcome{Status::kTimedOut, std::nullopt, fact.error});
  }
  void operator()(const ExecutionRedriven& fact) {
    const bool was_too_large =
        execution_.outcome && execution_.outcome->error.name == asl::errors::kDataLimitExceeded;
    execution_.redrive_count = fact.redrive_count;
    execution_.redrives.push_back({event_.at, fact.client_token});
    if (execution_.redrives.size() > kRedrivesKept) {
      execution_.redrives.erase(execution_.redrives.begin());
    }
    execution_.outcome.reset();
    const auto whole = execution_.scopes.find(0);
    if (whole == execution_.scopes.end()) return;
    // [aws] Then Parallel and Map are done again with all that is in them.
    if (was_too_large) discard_children(whole->second);
    take_up(whole->second, was_too_large);
  }

  void operator()(const ExecutionForked& fact) {
    // It has a start, a name and a life of its own.
    execution_.outcome.reset();
    execution_.redrive_count = 0;
    execution_.redrives.clear();
    execution_.started_at = event_.at;
    if (fact.execution_input) execution_.input = *fact.execution_input;
    leave_map_runs_to_origin();
    if (scope_ == nullptr) return;
    scope_->at = fact.state;
    scope_->input = fact.input;
    scope_->phase = Entering{};
    for (const auto& [name, value] : fact.variables) {
      variables_with(name).insert_or_assign(name, value);
    }
    take_up(execution_.scopes.at(0));
  }

  void operator()(const StateEntered& fact) {
    if (scope_ == nullptr) return;
    scope_->at = fact.name;
    scope_->input = fact.input;
    scope_->retries.clear();
    scope_->retry_count = 0;
    scope_->entered_event = event_.id;
    scope_->entered_after = event_.previous;
    scope_->entered_at = event_.at;
    scope_->last_event = event_.id;
    scope_->phase = Beginning{};
  }
  void operator()(const StateExited& fact) {
    if (scope_ == nullptr) return;
    discard_children(*scope_);
    for (const auto& [name, value] : fact.assigned) {
      scope_->variables.insert_or_assign(name, value);
    }
    scope_->input = fact.output;
    scope_->last_event = event_.id;
    if (fact.next) {
      scope_->at = *fact.next;
      scope_->phase = Entering{};
      return;
    }
    scope_->phase = Ended{};
    if (Scope* outer = parallel_around()) take_branch(*outer, fact.output);
  }
  // [seen] Aborted events are leaves: nothing follows them.
  void operator()(const StateAborted&) {}

  void operator()(const TaskScheduled& fact) {
    if (scope_ == nullptr) return;
    AwaitingTask task;
    task.work = event_.sequence;
    task.kind = fact.kind;
    task.resource = fact.resource;
    task.parameters = fact.parameters;
    task.role_arn = fact.role_arn;
    task.timeout_seconds = fact.timeout_seconds;
    task.heartbeat_seconds = fact.heartbeat_seconds;
    // [seen] The clock of an activity starts when a worker takes it.
    if (fact.kind != TaskKind::kActivity) start_clocks(task);
    scope_->phase = std::move(task);
    scope_->last_event = event_.id;
  }
  void operator()(const TaskStarted& fact) {
    chain();
    AwaitingTask* task = awaited();
    if (task == nullptr) return;
    task->started = true;
    if (fact.kind == TaskKind::kActivity) start_clocks(*task);
  }
  void operator()(const TaskSubmitted&) {
    chain();
    if (AwaitingTask* task = awaited()) task->submitted = true;
  }
  void operator()(const TaskSucceeded&) { task_over(); }
  void operator()(const TaskFailed&) { task_over(); }
  void operator()(const TaskSubmitFailed&) { task_over(); }
  void operator()(const TaskTimedOut&) { task_over(); }
  void operator()(const TokenAnswered& fact) {
    AwaitingTask* task = awaited();
    if (task == nullptr) return;
    task->answer = fact;
    const Timestamp due = after_seconds(kHeldAnswerSecondsMax);
    if (!task->timeout_due || due < *task->timeout_due) task->timeout_due = due;
  }
  void operator()(const HeartbeatReceived&) {
    AwaitingTask* task = awaited();
    if (task != nullptr && task->heartbeat_seconds) {
      task->heartbeat_due = after_seconds(*task->heartbeat_seconds);
    }
  }

  void operator()(const WaitScheduled& fact) {
    if (scope_ != nullptr) scope_->phase = AwaitingTimer{event_.sequence, fact.due};
  }
  void operator()(const RetryScheduled& fact) {
    if (scope_ == nullptr) return;
    discard_children(*scope_);
    const auto retrier = static_cast<std::size_t>(fact.retrier);
    if (scope_->retries.size() <= retrier) scope_->retries.resize(retrier + 1);
    ++scope_->retries[retrier];
    ++scope_->retry_count;
    scope_->last_event = event_.previous;
    scope_->phase = BackingOff{event_.sequence, fact.due};
  }

  void operator()(const ParallelStarted& fact) {
    if (scope_ == nullptr) return;
    const auto* parallel = std::get_if<asl::Parallel>(&machine_.state(scope_->at).kind);
    if (parallel == nullptr) return;
    scope_->last_event = event_.id;
    AwaitingChildren children;
    children.total = static_cast<std::int64_t>(parallel->branches.size());
    children.started = children.total;
    children.results.resize(parallel->branches.size());
    children.started_event = event_.id;
    std::int64_t index = 0;
    for (const asl::GraphId branch : parallel->branches) {
      const ScopeId child = execution_.next_scope;
      add_child(child, branch, index++, fact.input);
      children.running.push_back(child);
    }
    scope_->phase = std::move(children);
  }
  void operator()(const ParallelSucceeded&) { looked_at(); }
  void operator()(const ParallelFailed&) { own_failure(); }

  void operator()(const MapStarted& fact) {
    if (scope_ == nullptr) return;
    scope_->last_event = event_.id;
    AwaitingChildren children;
    children.items = fact.items;
    children.total = fact.length;
    const auto* map = std::get_if<asl::Map>(&machine_.state(scope_->at).kind);
    if (map == nullptr || !map->distributed)
      children.results.resize(static_cast<std::size_t>(fact.length));
    children.started_event = event_.id;
    scope_->phase = std::move(children);
  }
  void operator()(const MapSucceeded&) { looked_at(); }
  void operator()(const MapFailed&) { own_failure(); }
  void operator()(const IterationStarted& fact) {
    AwaitingChildren* children = awaited_children();
    if (children == nullptr) return;
    const auto* map = std::get_if<asl::Map>(&machine_.state(scope_->at).kind);
    if (map == nullptr) return;
    looked_at();
    children->running.push_back(fact.child);
    if (execution_.cut.contains(fact.child)) {
      std::erase(children->again, fact.child);
      take_up(uncut(fact.child));
      return;
    }
    children->started = fact.index + 1;
    add_child(fact.child, map->processor, fact.index, fact.input);
  }
  void operator()(const IterationSucceeded& fact) {
    AwaitingChildren* children = awaited_children();
    if (children == nullptr) return;
    if (const ScopeId child = take_child(*children, fact.index); child != kNoScope) {
      children->results[static_cast<std::size_t>(fact.index)] = execution_.scopes.at(child).input;
      execution_.scopes.erase(child);
    }
    ++children->finished;
    scope_->last_event = event_.id;
  }
  void operator()(const IterationFailed& fact) {
    AwaitingChildren* children = awaited_children();
    if (children == nullptr) return;
    cut_child(*children, fact.index);
    ++children->finished;
    ++children->failed;
    // [seen] A leaf: what follows hangs below the event that failed the iteration.
    scope_->last_event = event_.previous;
  }
  void operator()(const IterationAborted& fact) {
    if (AwaitingChildren* children = awaited_children()) cut_child(*children, fact.index);
  }
  void operator()(const MapRunStarted& fact) {
    if (scope_ == nullptr) return;
    Payload items;
    if (AwaitingChildren* children = awaited_children()) items = children->items;
    scope_->phase = AwaitingMapRun{event_.sequence, fact.map_run, fact.settings, std::move(items)};
    chain();
  }
  void operator()(const MapRunRedriven& fact) {
    chain();
    AwaitingMapRun* map_run = awaited_map_run();
    if (map_run == nullptr) return;
    map_run->work = event_.sequence;
    map_run->redrives = fact.redrive_count;
    map_run->redriven = false;
  }
  // [seen] A leaf: what follows hangs below MapRunStarted.
  void operator()(const MapRunSucceeded&) { map_run_over(true); }
  void operator()(const MapRunFailed& fact) {
    chain();
    // [aws] After these a new Map Run is started.
    map_run_over(fact.error.name == asl::errors::kDataLimitExceeded ||
                 fact.error.name == asl::errors::kRuntime);
  }
  void operator()(const MapRunAborted&) { map_run_over(false); }
  void operator()(const EvaluationFailed&) { chain(); }

 private:
  void chain() {
    if (scope_ != nullptr) scope_->last_event = event_.id;
  }
  void end(Outcome outcome) {
    if (outcome.status == Status::kSucceeded) {
      execution_.scopes.clear();
      execution_.cut.clear();
    }
    execution_.outcome = std::move(outcome);
    execution_.ended_at = event_.at;
  }
  Timestamp after_seconds(std::int64_t seconds) const {
    return Timestamp{event_.at.ms + seconds * 1000};
  }
  void start_clocks(AwaitingTask& task) const {
    if (task.timeout_seconds) task.timeout_due = after_seconds(*task.timeout_seconds);
    if (task.heartbeat_seconds) task.heartbeat_due = after_seconds(*task.heartbeat_seconds);
  }
  AwaitingTask* awaited() {
    return scope_ == nullptr ? nullptr : std::get_if<AwaitingTask>(&scope_->phase);
  }
  AwaitingChildren* awaited_children() {
    return scope_ == nullptr ? nullptr : std::get_if<AwaitingChildren>(&scope_->phase);
  }
  void task_over() {
    chain();
    // What comes now comes too late.
    if (AwaitingTask* task = awaited()) task->work = 0;
  }
  AwaitingMapRun* awaited_map_run() {
    return scope_ == nullptr ? nullptr : std::get_if<AwaitingMapRun>(&scope_->phase);
  }
  void map_run_over(bool is_spent) {
    AwaitingMapRun* map_run = awaited_map_run();
    if (map_run == nullptr) return;
    map_run->work = 0;
    map_run->is_spent = is_spent;
  }
  void own_failure() {
    if (scope_ == nullptr) return;
    cut_children(*scope_);
    looked_at();
    scope_->last_event = event_.id;
  }

  void add_child(ScopeId id, asl::GraphId graph, std::int64_t index, const Payload& input) {
    Scope child;
    child.parent = event_.scope;
    child.index = index;
    child.at = machine_.graphs.at(static_cast<std::size_t>(graph)).start_at;
    child.input = input;
    child.last_event = event_.id;
    execution_.scopes.insert_or_assign(id, std::move(child));
    execution_.next_scope = std::max(execution_.next_scope, id + 1);
  }
  Scope* parallel_around() {
    if (scope_->parent == kNoScope) return nullptr;
    Scope& outer = execution_.scopes.at(scope_->parent);
    return machine_.state(outer.at).type() == StateType::kParallel ? &outer : nullptr;
  }
  void take_branch(Scope& outer, const Payload& output) {
    auto* children = std::get_if<AwaitingChildren>(&outer.phase);
    if (children == nullptr) return;
    children->results[static_cast<std::size_t>(scope_->index)] = output;
    ++children->finished;
    std::erase(children->running, event_.scope);
    // [seen] What follows the branches hangs below the last event that any of them wrote.
    outer.last_event = event_.id;
    execution_.scopes.erase(event_.scope);
    scope_ = nullptr;
  }
  // The running child that works on `index`, taken off the list; kNoScope when there is none.
  ScopeId take_child(AwaitingChildren& children, std::int64_t index) {
    const auto found =
        std::find_if(children.running.begin(), children.running.end(), [this, index](ScopeId id) {
          return execution_.scopes.at(id).index == index;
        });
    if (found == children.running.end()) return kNoScope;
    const ScopeId child = *found;
    children.running.erase(found);
    return child;
  }

  // What is cut stays, aside, as long as a redrive may take it up again.
  void cut_child(AwaitingChildren& children, std::int64_t index) {
    const ScopeId child = take_child(children, index);
    if (child == kNoScope) return;
    cut_scope(child);
    children.cut.push_back(child);
  }
  void cut_scope(ScopeId id) {
    auto node = execution_.scopes.extract(id);
    if (node.empty()) return;
    cut_children(node.mapped());
    execution_.cut.insert(std::move(node));
  }
  void cut_children(Scope& scope) {
    auto* children = std::get_if<AwaitingChildren>(&scope.phase);
    if (children == nullptr) return;
    for (const ScopeId child : children->running) cut_scope(child);
    children->cut.insert(children->cut.end(), children->running.begin(), children->running.end());
    children->running.clear();
  }
  void discard_scope(ScopeId id) {
    auto node = execution_.scopes.extract(id);
    if (node.empty()) node = execution_.cut.extract(id);
    if (!node.empty()) discard_children(node.mapped());
  }
  void discard_children(Scope& scope) {
    auto* children = std::get_if<AwaitingChildren>(&scope.phase);
    if (children == nullptr) return;
    for (auto* group : {&children->running, &children->cut, &children->again}) {
      for (const ScopeId child : *group) discard_scope(child);
      group->clear();
    }
  }

  // Of the scope, or of the one around it that has the variable.
  Variables& variables_with(const std::string& name) {
    Scope* scope = scope_;
    while (!scope->variables.contains(name)) {
      if (scope->parent == kNoScope) return scope_->variables;
      scope = &execution_.scopes.at(scope->parent);
    }
    return scope->variables;
  }

  // The rest of `scope` is done again, from where it was unsuccessful. With `anew` its state does
  // all of it.
  void take_up(Scope& scope, bool anew = false) {
    scope.retries.clear();
    scope.retry_count = 0;
    // What a fork does hangs below what its origin did.
    if (event_.id != 0) scope.last_event = event_.id;
    if (std::holds_alternative<Entering>(scope.phase)) return;
    auto* map_run = std::get_if<AwaitingMapRun>(&scope.phase);
    if (map_run != nullptr && !anew && !map_run->is_spent) {
      map_run->work = 0;
      map_run->redriven = true;
      return;
    }
    auto* children = std::get_if<AwaitingChildren>(&scope.phase);
    const auto* map = std::get_if<asl::Map>(&machine_.state(scope.at).kind);
    // A Map that has started no iteration has nothing to keep.
    if (anew || children == nullptr || (map != nullptr && children->started == 0)) {
      scope.phase = Beginning{};
      return;
    }
    children->redriven = true;
    children->failed = 0;
    children->finished = std::count_if(children->results.begin(),
                                       children->results.end(),
                                       [](const auto& result) { return result.has_value(); });
    if (map != nullptr) return queue_again(scope, *children);
    cut_children(scope);
    children->running = in_order_of_index(std::exchange(children->cut, {}));
    for (const ScopeId child : children->running) take_up(uncut(child));
    children->redriven = children->running.empty();
  }
  // A fork has none of them: its Maps begin runs of their own.
  void leave_map_runs_to_origin() {
    for (auto* scopes : {&execution_.scopes, &execution_.cut}) {
      for (auto& [id, scope] : *scopes) {
        if (auto* map_run = std::get_if<AwaitingMapRun>(&scope.phase)) map_run->is_spent = true;
      }
    }
  }
  // MaxConcurrency says when each of them begins.
  void queue_again(Scope& scope, AwaitingChildren& children) {
    cut_children(scope);
    std::vector<ScopeId> unfinished = std::exchange(children.cut, {});
    unfinished.insert(unfinished.end(), children.again.begin(), children.again.end());
    children.again = in_order_of_index(std::move(unfinished));
  }
  // REQUIRES: all of them are cut.
  std::vector<ScopeId> in_order_of_index(std::vector<ScopeId> scopes) const {
    std::sort(scopes.begin(), scopes.end(), [this](ScopeId a, ScopeId b) {
      return execution_.cut.at(a).index < execution_.cut.at(b).index;
    });
    return scopes;
  }
  Scope& uncut(ScopeId id) {
    return execution_.scopes.insert(execution_.cut.extract(id)).position->second;
  }
  void looked_at() {
    if (AwaitingChildren* children = awaited_children()) children->redriven = false;
  }

  const asl::StateMachine& machine_;
  Execution& execution_;
  const Event& event_;
  Scope* scope_ = nullptr;
};

}  // namespace

void apply(const asl::StateMachine& machine, Execution& execution, const Event& event) {
  std::visit(Applier(machine, execution, event), event.what);
  execution.last_sequence = event.sequence;
  if (event.id != 0) execution.last_event = event.id;
}

Execution fold(const asl::StateMachine& machine,
               std::shared_ptr<const ExecutionInfo> info,
               std::span<const Event> events) {
  Execution execution;
  execution.info = std::move(info);
  for (const Event& event : events) apply(machine, execution, event);
  return execution;
}

}  // namespace pawl::states
