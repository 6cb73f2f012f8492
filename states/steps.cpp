#include "states/steps.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "asl/errors.h"
#include "states/execution.h"

namespace pawl::states {
namespace {

constexpr std::size_t kNoStep = static_cast<std::size_t>(-1);

const char* const kRunning = "RUNNING";
const char* const kSucceeded = "SUCCEEDED";
const char* const kFailed = "FAILED";
const char* const kCaughtError = "CAUGHT_ERROR";
const char* const kAborted = "ABORTED";
const char* const kTimedOut = "TIMED_OUT";

// What is known of a scope while its events are read.
struct Place {
  std::size_t step = kNoStep;  // the visit it is in, or was in last
  std::size_t parent_step = kNoStep;
  std::optional<std::int64_t> index;
  EventId parallel = 0;  // of a branch: its ParallelStateStarted
};

// A Parallel's branches have their scopes' numbers in the order of the branches.
struct Branches {
  std::size_t step = kNoStep;
  std::optional<ScopeId> first;
};
// A step in a branch, whose index is known once every branch is.
struct InBranch {
  std::size_t step = kNoStep;
  EventId parallel = 0;
  ScopeId scope = 0;
};

class Reader {
 public:
  std::vector<StepRecord> take() {
    for (const InBranch& at : in_branches_) {
      steps_[at.step].index = at.scope - *branches_.at(at.parallel).first;
    }
    return std::move(steps_);
  }

  void read(const Event& event) {
    event_ = &event;
    std::visit([this](const auto& fact) { on(fact); }, event.what);
    if (event.id == 0) return;
    if (const std::size_t step = here(); step != kNoStep) owners_.insert_or_assign(event.id, step);
  }

 private:
  std::size_t here() const {
    const auto found = places_.find(event_->scope);
    return found == places_.end() ? kNoStep : found->second.step;
  }
  StepRecord* open_step() {
    const std::size_t step = here();
    return step == kNoStep || steps_[step].status != kRunning ? nullptr : &steps_[step];
  }
  Attempt* attempt() {
    StepRecord* step = open_step();
    return step == nullptr || step->attempts.empty() ? nullptr : &step->attempts.back();
  }

  void close(std::size_t index, const char* status) {
    StepRecord& step = steps_[index];
    if (step.status != kRunning) return;
    step.status = status;
    step.exited_at = event_->at;
    std::erase(open_, index);
  }

  bool is_inside(std::size_t step, std::size_t outer) const {
    for (std::size_t at = parents_[step]; at != kNoStep; at = parents_[at]) {
      if (at == outer) return true;
    }
    return false;
  }

  // The step that wrote the event which `event_` hangs below, and the steps around it up to
  // (without) `outer`, have failed with `error`.
  void fail_chain(std::size_t outer, const std::optional<StateError>& error) {
    const auto found = owners_.find(event_->previous);
    std::size_t at = found == owners_.end() ? kNoStep : found->second;
    for (; at != kNoStep && at != outer; at = parents_[at]) {
      StepRecord& step = steps_[at];
      if (step.status != kRunning) continue;
      if (error && !step.error) step.error = error;
      const bool late = step.type == StateType::kTask && timed_out_.contains(at);
      close(at, late ? kTimedOut : kFailed);
    }
  }

  // Whatever is still open inside `outer` (kNoStep: anywhere) was cut.
  void abort_inside(std::size_t outer, const char* status = kAborted) {
    const std::vector<std::size_t> open = open_;
    for (const std::size_t step : open) {
      if (outer == kNoStep || is_inside(step, outer)) close(step, status);
    }
  }

  void children_failed(const std::optional<StateError>& error) {
    const std::size_t step = here();
    if (step == kNoStep) return;
    if (steps_[step].type != StateType::kParallel && steps_[step].type != StateType::kMap) return;
    std::optional<StateError> known = error;
    const auto found = owners_.find(event_->previous);
    if (!known && found != owners_.end()) known = steps_[found->second].error;
    fail_chain(step, known);
    abort_inside(step);
    if (!error) {  // not to be retried: the state itself has failed
      steps_[step].error = known;
      failed_.insert_or_assign(step, true);
    }
  }

  void iteration_over(std::int64_t index, bool failed) {
    const std::size_t map = here();
    if (failed) fail_chain(map, std::nullopt);
    const std::vector<std::size_t> open = open_;
    for (std::size_t step : open) {
      if (map == kNoStep || !is_inside(step, map)) continue;
      std::size_t outermost = step;
      while (parents_[outermost] != map) outermost = parents_[outermost];
      if (steps_[outermost].index == index) close(step, kAborted);
    }
  }

  template <class Other>
  void on(const Other&) {}

  void on(const StateEntered& fact) {
    Place& place = places_[event_->scope];
    if (const auto found = branches_.find(event_->previous);
        place.step == kNoStep && found != branches_.end()) {
      Branches& branches = found->second;
      branches.first = std::min(branches.first.value_or(event_->scope), event_->scope);
      place.parent_step = branches.step;
      place.parallel = event_->previous;
    }
    StepRecord step;
    step.entered_event = event_->id;
    step.state = fact.name;
    step.type = fact.type;
    step.status = kRunning;
    step.entered_at = event_->at;
    step.input = fact.input;
    step.index = place.index;
    if (place.parent_step != kNoStep) step.parent = steps_[place.parent_step].entered_event;
    if (place.parallel != 0) in_branches_.push_back({steps_.size(), place.parallel, event_->scope});
    place.step = steps_.size();
    open_.push_back(steps_.size());
    parents_.push_back(place.parent_step);
    steps_.push_back(std::move(step));
  }

  void on(const StateExited& fact) {
    const std::size_t index = here();
    if (index == kNoStep) return;
    StepRecord& step = steps_[index];
    step.exited_event = event_->id;
    step.output = fact.output;
    step.assigned = fact.assigned;
    close(index, step.error || failed_.contains(index) ? kCaughtError : kSucceeded);
  }

  void on(const TaskScheduled& fact) {
    StepRecord* step = open_step();
    if (step == nullptr) return;
    timed_out_.erase(here());
    Attempt attempt;
    attempt.scheduled_event = event_->id;
    attempt.parameters = fact.parameters;
    step->attempts.push_back(std::move(attempt));
  }
  void on(const TaskStarted&) {
    if (Attempt* now = attempt()) now->started_at = event_->at;
  }
  void on(const TaskSubmitted& fact) {
    if (Attempt* now = attempt()) now->submitted = fact.output;
  }
  void on(const TaskSucceeded& fact) {
    if (Attempt* now = attempt()) {
      now->result = fact.output;
      now->ended_at = event_->at;
    }
  }
  void on(const TaskFailed& fact) { attempt_failed(fact.error); }
  void on(const TaskSubmitFailed& fact) { attempt_failed(fact.error); }
  void on(const TaskTimedOut& fact) {
    attempt_failed(fact.error);
    timed_out_.insert_or_assign(here(), true);
  }
  void attempt_failed(const StateError& error) {
    if (Attempt* now = attempt()) {
      now->error = error;
      now->ended_at = event_->at;
    }
    if (StepRecord* step = open_step()) step->error = error;
  }
  void on(const EvaluationFailed& fact) {
    if (StepRecord* step = open_step()) step->error = fact.error;
  }
  void on(const RetryScheduled& fact) {
    children_failed(fact.error);
    forget_inside(here());
    // What is retried has not failed yet.
    if (StepRecord* step = open_step()) step->error.reset();
  }

  void on(const ParallelStarted&) { branches_.insert_or_assign(event_->id, Branches{here(), {}}); }
  void on(const ParallelFailed&) { children_failed(std::nullopt); }
  void on(const MapFailed&) { children_failed(std::nullopt); }
  void on(const MapRunFailed& fact) {
    if (StepRecord* step = open_step()) step->error = fact.error;
  }
  void on(const IterationStarted& fact) {
    // One that starts again after a redrive is known.
    places_.try_emplace(fact.child, Place{kNoStep, here(), fact.index, 0});
  }
  void on(const IterationFailed& fact) { iteration_over(fact.index, true); }
  void on(const IterationAborted& fact) { iteration_over(fact.index, false); }

  void on(const ExecutionFailed& fact) {
    was_too_large_ = fact.error.name == asl::errors::kDataLimitExceeded;
    fail_chain(kNoStep, fact.error);
    abort_inside(kNoStep);
  }
  void on(const ExecutionAborted&) { abort_inside(kNoStep); }
  void on(const ExecutionTimedOut&) { abort_inside(kNoStep, kTimedOut); }

  // The visits that go on are open again: the last of each scope, where it was not left.
  void on(const ExecutionRedriven&) {
    if (was_too_large_) forget_inside(here());
    was_too_large_ = false;
    take_up();
  }
  // What is not finished begins again.
  void on(const ExecutionForked&) { take_up(); }

  void take_up() {
    std::vector<std::size_t> last;
    for (const auto& [scope, place] : places_) {
      if (place.step != kNoStep) last.push_back(place.step);
    }
    std::sort(last.begin(), last.end());  // from the outside inwards
    for (const std::size_t index : last) {
      StepRecord& step = steps_[index];
      const std::size_t parent = parents_[index];
      const bool is_left = step.exited_event != 0 || step.type == StateType::kFail;
      if (is_left || (parent != kNoStep && steps_[parent].status != kRunning)) continue;
      if (step.status != kRunning) open_.push_back(index);
      step.status = kRunning;
      step.exited_at.reset();
      step.error.reset();
      failed_.erase(index);
      timed_out_.erase(index);
    }
  }

  // What was done there is thrown away, and begins anew in other scopes.
  void forget_inside(std::size_t outer) {
    std::erase_if(places_, [this, outer](const auto& entry) {
      return entry.second.step != kNoStep && is_inside(entry.second.step, outer);
    });
  }

  const Event* event_ = nullptr;
  bool was_too_large_ = false;
  std::vector<StepRecord> steps_;
  std::vector<std::size_t> parents_;  // of each step: the Parallel or Map around it
  std::vector<std::size_t> open_;
  std::unordered_map<ScopeId, Place> places_;
  std::unordered_map<EventId, Branches> branches_;  // by ParallelStateStarted
  std::vector<InBranch> in_branches_;
  std::unordered_map<EventId, std::size_t> owners_;  // which step wrote an event
  std::unordered_map<std::size_t, bool> failed_;     // Parallel and Map that recorded a failure
  std::unordered_map<std::size_t, bool> timed_out_;  // Tasks whose last attempt timed out
};

}  // namespace

std::vector<StepRecord> steps_of(std::span<const Event> events) {
  Reader reader;
  for (const Event& event : events) reader.read(event);
  return reader.take();
}

}  // namespace pawl::states
