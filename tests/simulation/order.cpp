// Which event may follow which. A little machine of its own reads the history: for each scope it
// knows the state, what that state has come to, and the end of the chain of previousEventIds.
#include <map>
#include <set>

#include "states/execution.h"
#include "tests/simulation/history.h"

namespace pawl::simulation {
namespace {

using states::Event;
using states::EventId;
using states::ScopeId;
using states::StateType;

enum class Stage : std::uint8_t {
  kToEnter,    // before a state
  kEntered,    // in a state that has done nothing yet
  kWaiting,    // Wait
  kScheduled,  // Task: scheduled, then taken, then submitted
  kTaken,
  kSubmitted,
  kChildren,  // Parallel, Map: they run
  kDone,      // with success: the state may be left
  kFailed,    // an error: retried, caught, or on its way out
  kRefused,   // a Parallel or Map that is not retried, and says so
  kBackingOff,
  kOver,  // the scope has ended
  kCut,
};

struct Place {
  ScopeId parent = states::kNoScope;
  std::int64_t index = 0;
  Stage stage = Stage::kToEnter;
  std::string state;  // that it is in, or must enter
  const Json* what = nullptr;
  EventId chain = 0;  // what comes next hangs below it
  EventId entered_after = 0;
  asl::Timestamp not_before{};
  asl::Payload output;
  std::int64_t total = 0;  // children
  std::int64_t begun = 0;
  std::int64_t ended = 0;
  std::set<ScopeId> running;
  EventId map_run_event = 0;
};

const char* type_name(StateType type) {
  static const char* const kNames[] = {
      "Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"};
  return kNames[static_cast<std::size_t>(type)];
}

class OrderReader {
 public:
  explicit OrderReader(const Case& simulated) : case_(simulated) { learn(simulated.definition); }

  std::vector<std::string> read(const std::vector<Event>& history) {
    for (const Event& event : history) {
      event_ = &event;
      if (std::holds_alternative<states::ExecutionRedriven>(event.what)) break;
      if (!std::holds_alternative<states::ExecutionStarted>(event.what)) {
        const auto place = places_.find(event.scope);
        if (place == places_.end()) {
          complain("in a scope that nobody began");
          break;
        }
        here_ = &place->second;
      }
      if (needs_state(event) && here_->what == nullptr) {
        complain("in a scope that has entered nothing");
        break;
      }
      try {
        std::visit([this](const auto& fact) { on(fact); }, event.what);
      } catch (const std::exception& e) {
        complain(std::string("does not fit the definition: ") + e.what());
      }
      if (event.id != 0) {
        scope_of_[event.id] = event.scope;
        type_of_[event.id] = std::string(states::event_type(event.what));
      }
      if (!faults_.empty()) break;  // what follows would only be about the same
    }
    return std::move(faults_);
  }

 private:
  void learn(const Json& graph) {
    for (auto state = graph.at("States").begin(); state != graph.at("States").end(); ++state) {
      states_[state.key()] = &state.value();
      if (state.value().contains("ItemProcessor")) learn(state.value().at("ItemProcessor"));
      if (!state.value().contains("Branches")) continue;
      for (const Json& branch : state.value().at("Branches")) learn(branch);
    }
  }

  static bool needs_state(const Event& event) {
    return !std::holds_alternative<states::ExecutionStarted>(event.what) &&
           !std::holds_alternative<states::ExecutionAborted>(event.what) &&
           !std::holds_alternative<states::ExecutionTimedOut>(event.what) &&
           !std::holds_alternative<states::StateEntered>(event.what);
  }

  void complain(const std::string& what) {
    faults_.push_back("event " + std::to_string(event_->sequence) + " (" +
                      std::string(states::event_type(event_->what)) + ") in scope " +
                      std::to_string(event_->scope) + ": " + what);
  }
  void expect(bool holds, const char* what) {
    if (!holds) complain(what);
  }
  bool is_type(const char* type) const {
    return here_->what != nullptr && here_->what->at("Type") == type;
  }
  void at_stage(std::initializer_list<Stage> allowed, const char* what) {
    for (const Stage stage : allowed) {
      if (here_->stage == stage) return;
    }
    complain(what);
  }
  // It hangs at the end of its scope's chain, and is the end now.
  void chained() {
    follows_chain();
    here_->chain = event_->id;
  }
  void follows_chain() { expect(event_->previous == here_->chain, "hangs off its chain"); }
  // It hangs below something that happened in here or further inside.
  void follows_inside() {
    if (event_->previous == here_->chain || event_->previous == here_->entered_after) return;
    const auto scope = scope_of_.find(event_->previous);
    ScopeId at = scope == scope_of_.end() ? states::kNoScope : scope->second;
    while (at != event_->scope && at > 0) at = places_.at(at).parent;
    expect(at == event_->scope, "hangs below what is not its cause");
  }

  // It hangs below the event that tells of the error, of its own state or of a child.
  void follows_failure() {
    const auto type = type_of_.find(event_->previous);
    const auto scope = scope_of_.find(event_->previous);
    if (type == type_of_.end()) return complain("hangs below nothing");
    const bool is_near =
        scope->second == event_->scope || places_.at(scope->second).parent == event_->scope;
    const bool is_failure = type->second == "FailStateEntered" ||
                            type->second.ends_with("Failed") || type->second.ends_with("TimedOut");
    expect(is_near && is_failure, "hangs below no failure of its own");
  }

  void begin_child(ScopeId id, std::int64_t index, const Json& graph) {
    if (!expect_new(id)) return;
    Place child;
    child.parent = event_->scope;
    child.index = index;
    child.state = graph.at("StartAt").get<std::string>();
    child.chain = event_->id;
    here_->running.insert(id);
    places_.emplace(id, std::move(child));
    here_ = &places_.at(event_->scope);
  }
  bool expect_new(ScopeId id) {
    expect(id == next_scope_++, "scopes are not numbered on");
    return !places_.contains(id);
  }
  void cut(ScopeId id) {
    Place& place = places_.at(id);
    place.stage = Stage::kCut;
    for (const ScopeId child : place.running) cut(child);
    place.running.clear();
  }
  void cut_children() {
    for (const ScopeId child : here_->running) cut(child);
    here_->running.clear();
  }
  ScopeId child_at(std::int64_t index) const {
    for (const ScopeId child : here_->running) {
      if (places_.at(child).index == index) return child;
    }
    return states::kNoScope;
  }

  void on(const states::ExecutionStarted&) {
    Place whole;
    whole.state = case_.definition.at("StartAt").get<std::string>();
    places_.emplace(0, std::move(whole));
  }
  void on(const states::ExecutionSucceeded& fact) {
    follows_chain();
    at_stage({Stage::kOver}, "succeeds before its last state is left");
    expect(fact.output.text() == here_->output.text(), "its output is not the last state's");
  }
  void on(const states::ExecutionFailed& fact) {
    // [seen] These end the execution from wherever they are.
    if (fact.error.name == "States.Runtime") return;
    expect(event_->previous == here_->chain, "hangs off its chain");
    follows_failure();
  }
  void on(const states::ExecutionAborted&) { expect(event_->previous == 0, "has a cause"); }
  void on(const states::ExecutionTimedOut&) { expect(event_->previous == 0, "has a cause"); }
  void on(const states::ExecutionRedriven&) {}
  void on(const states::TokenAnswered&) {}
  void on(const states::MapRunRedriven&) {}   // only behind the one above
  void on(const states::ExecutionForked&) {}  // no case is forked here

  void on(const states::StateEntered& fact) {
    at_stage({Stage::kToEnter}, "entered while another state is not left");
    expect(fact.name == here_->state, "another state than its turn is");
    here_->what = states_.at(here_->state);
    expect(here_->what->at("Type") == type_name(fact.type), "of another type");
    here_->entered_after = here_->chain;
    chained();
    here_->map_run_event = 0;
    here_->stage = Stage::kEntered;
    here_->not_before = event_->at;
  }
  void on(const states::StateExited& fact) {
    expect(fact.name == here_->state && !is_type("Fail"), "leaves a state that it is not in");
    expect(event_->at >= here_->not_before, "left too early");
    switch (here_->stage) {
      case Stage::kEntered:
        expect(!is_type("Task") && !is_type("Parallel") && !is_type("Map"), "left undone");
        break;
      case Stage::kWaiting:
      case Stage::kDone:
        break;
      case Stage::kFailed:
      case Stage::kRefused:
        expect(is_caught_to(fact.next), "no catcher leads there");
        break;
      default:
        complain("left too early");
    }
    if (fact.next) {
      expect(leads_to(*fact.next), "no way leads there");
    } else {
      expect(is_type("Succeed") || here_->what->contains("End"), "it does not end here");
    }
    cut_children();
    chained();
    here_->output = fact.output;
    here_->stage = fact.next ? Stage::kToEnter : Stage::kOver;
    if (fact.next) here_->state = *fact.next;
    if (!fact.next) branch_over();
  }
  bool is_caught_to(const std::optional<std::string>& next) const {
    if (!here_->what->contains("Catch")) return false;
    for (const Json& catcher : here_->what->at("Catch")) {
      if (next && catcher.at("Next") == *next) return true;
    }
    return false;
  }
  bool leads_to(const std::string& next) const {
    if (here_->what->value("Next", "") == next || here_->what->value("Default", "") == next) {
      return true;
    }
    if (is_caught_to(next)) return true;
    if (!here_->what->contains("Choices")) return false;
    for (const Json& rule : here_->what->at("Choices")) {
      if (rule.at("Next") == next) return true;
    }
    return false;
  }
  // What follows the branches hangs below the last event that any of them wrote.
  void branch_over() {
    if (here_->parent == states::kNoScope) return;
    Place& outer = places_.at(here_->parent);
    if (outer.what->at("Type") != "Parallel") return;
    outer.running.erase(event_->scope);
    ++outer.ended;
    outer.chain = event_->id;
  }
  void on(const states::StateAborted&) {
    at_stage({Stage::kCut,
              Stage::kChildren,
              Stage::kScheduled,
              Stage::kTaken,
              Stage::kSubmitted,
              Stage::kWaiting,
              Stage::kBackingOff,
              Stage::kFailed,
              Stage::kRefused},
             "nothing is there to abort");
    here_->stage = Stage::kCut;
  }

  void on(const states::TaskScheduled&) {
    begins("Task");
    chained();
    here_->stage = Stage::kScheduled;
  }
  void on(const states::TaskStarted&) {
    at_stage({Stage::kScheduled}, "taken though it is not scheduled");
    chained();
    here_->stage = Stage::kTaken;
  }
  void on(const states::TaskSubmitted&) {
    at_stage({Stage::kTaken}, "submitted before it is taken, or twice");
    chained();
    here_->stage = Stage::kSubmitted;
  }
  void on(const states::TaskSucceeded&) { task_over(Stage::kDone); }
  void on(const states::TaskFailed&) { task_over(Stage::kFailed); }
  void on(const states::TaskSubmitFailed&) {
    at_stage({Stage::kTaken, Stage::kScheduled}, "refused though it was submitted");
    task_over(Stage::kFailed);
  }
  void on(const states::TaskTimedOut&) { task_over(Stage::kFailed); }
  void task_over(Stage stage) {
    at_stage({Stage::kTaken, Stage::kSubmitted, Stage::kScheduled}, "ends a task that is not out");
    chained();
    here_->stage = stage;
  }
  void on(const states::HeartbeatReceived&) {
    at_stage({Stage::kTaken, Stage::kSubmitted}, "a heartbeat of nothing");
  }
  void on(const states::WaitScheduled& fact) {
    begins("Wait");
    here_->stage = Stage::kWaiting;
    here_->not_before = fact.due;
  }
  void on(const states::RetryScheduled& fact) {
    at_stage({Stage::kFailed, Stage::kChildren}, "nothing has failed");
    expect(here_->what->contains("Retry"), "nobody retries here");
    follows_inside();
    if (!bears_failures()) follows_failure();
    cut_children();
    here_->chain = event_->previous;
    here_->stage = Stage::kBackingOff;
    here_->not_before = fact.due;
  }
  bool bears_failures() const {
    return here_->what->contains("ToleratedFailureCount") ||
           here_->what->contains("ToleratedFailurePercentage");
  }
  void begins(const char* type) {
    at_stage({Stage::kEntered, Stage::kBackingOff}, "begins twice, or is not entered");
    expect(is_type(type), "not of this state");
    expect(event_->at >= here_->not_before, "retried too early");
  }

  void on(const states::ParallelStarted&) {
    begins("Parallel");
    chained();
    here_->stage = Stage::kChildren;
    here_->total = static_cast<std::int64_t>(here_->what->at("Branches").size());
    here_->ended = 0;
    std::int64_t index = 0;
    for (const Json& branch : here_->what->at("Branches")) {
      begin_child(next_scope_, index++, branch);
    }
  }
  void on(const states::ParallelSucceeded&) { children_succeeded("Parallel"); }
  void on(const states::ParallelFailed&) { children_failed("Parallel"); }
  void on(const states::MapStarted& fact) {
    begins("Map");
    chained();
    here_->stage = Stage::kChildren;
    here_->total = fact.length;
    here_->begun = here_->ended = 0;
    here_->map_run_event = 0;
  }
  void on(const states::MapSucceeded&) { children_succeeded("Map"); }
  void on(const states::MapFailed&) { children_failed("Map"); }
  void children_succeeded(const char* type) {
    expect(is_type(type), "not of this state");
    at_stage({Stage::kChildren}, "no children are there");
    expect(here_->ended == here_->total && here_->running.empty(), "its children are not done");
    // [seen] Of a Distributed Map it hangs below MapRunSucceeded, which is a leaf.
    const EventId after = here_->map_run_event != 0 ? here_->map_run_event : here_->chain;
    expect(event_->previous == after, "hangs off its chain");
    here_->stage = Stage::kDone;
  }
  void children_failed(const char* type) {
    expect(is_type(type), "not of this state");
    at_stage({Stage::kChildren, Stage::kFailed}, "fails outside of its state");
    follows_inside();
    // A Map that bears failures bears States.Runtime too, until it is one too many.
    if (!bears_failures()) follows_failure();
    cut_children();
    here_->chain = event_->id;
    here_->stage = Stage::kRefused;
  }
  void on(const states::IterationStarted& fact) {
    at_stage({Stage::kChildren}, "no Map runs here");
    expect(fact.index == here_->begun && fact.index < here_->total, "not the next item");
    ++here_->begun;
    follows_inside();
    begin_child(fact.child, fact.index, here_->what->at("ItemProcessor"));
    const std::int64_t wanted = here_->what->value("MaxConcurrency", std::int64_t{0});
    const std::int64_t most = wanted == 0 ? case_.concurrency_max : wanted;
    expect(static_cast<std::int64_t>(here_->running.size()) <= most, "too many at once");
  }
  void on(const states::IterationSucceeded& fact) {
    const ScopeId child = child_at(fact.index);
    if (child == states::kNoScope) return complain("no such iteration runs");
    const Place& done = places_.at(child);
    expect(done.stage == Stage::kOver, "it has not ended");
    expect(event_->previous == done.chain, "hangs off its iteration");
    here_->running.erase(child);
    ++here_->ended;
    here_->chain = event_->id;
  }
  void on(const states::IterationFailed& fact) {
    const ScopeId child = child_at(fact.index);
    if (child == states::kNoScope) return complain("no such iteration runs");
    follows_inside();
    cut(child);
    here_->running.erase(child);
    ++here_->ended;
    here_->chain = event_->previous;
  }
  void on(const states::IterationAborted& fact) {
    const ScopeId child = child_at(fact.index);
    // It may be inside of what was cut already.
    if (child == states::kNoScope) return expect(here_->stage == Stage::kCut, "nothing to abort");
    cut(child);
    here_->running.erase(child);
  }
  void on(const states::EvaluationFailed& fact) {
    expect(fact.state == here_->state, "of another state");
    at_stage({Stage::kEntered,
              Stage::kWaiting,
              Stage::kDone,
              Stage::kRefused,
              Stage::kBackingOff,
              Stage::kChildren},
             "nothing is evaluated now");
    follows_inside();
    here_->chain = event_->id;
    if (here_->stage != Stage::kChildren) here_->stage = Stage::kFailed;
  }

  void on(const states::MapRunStarted&) {
    at_stage({Stage::kChildren}, "no Map runs here");
    chained();
    here_->stage = Stage::kTaken;
  }
  void on(const states::MapRunSucceeded&) {
    at_stage({Stage::kTaken}, "no Map Run is out");
    follows_chain();
    here_->stage = Stage::kChildren;
    here_->ended = here_->total;
    here_->map_run_event = event_->id;
  }
  void on(const states::MapRunFailed&) {
    at_stage({Stage::kTaken}, "no Map Run is out");
    chained();
    here_->stage = Stage::kFailed;
  }
  void on(const states::MapRunAborted&) { at_stage({Stage::kCut}, "nothing was cut"); }

  const Case& case_;
  const Event* event_ = nullptr;
  Place* here_ = nullptr;
  ScopeId next_scope_ = 1;
  std::map<std::string, const Json*> states_;
  std::map<ScopeId, Place> places_;
  std::map<EventId, ScopeId> scope_of_;
  std::map<EventId, std::string> type_of_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> order_faults(const std::vector<Event>& history, const Case& simulated) {
  return OrderReader(simulated).read(history);
}

}  // namespace pawl::simulation
