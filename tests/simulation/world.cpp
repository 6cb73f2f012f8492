#include "tests/simulation/world.h"

#include <algorithm>
#include <limits>

#include "states/phase.h"
#include "tests/simulation/history.h"
#include "tests/simulation/same.h"

namespace pawl::simulation {
namespace {

constexpr int kTurnsMax = 20'000;
constexpr std::size_t kRunAheadMax = 4;
constexpr int kRedrivesMax = 2;
constexpr std::size_t kComplaintsMax = 5;
constexpr states::WorkId kNobodysWork = 1'000'000;

std::shared_ptr<const states::ExecutionInfo> some_info() {
  states::ExecutionInfo info;
  info.arn = "arn:aws:states:us-east-1:123456789012:execution:machine:run";
  info.name = "run";
  info.state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:machine";
  info.state_machine_name = "machine";
  info.role_arn = "arn:aws:iam::123456789012:role/role";
  info.start_time = kBegin;
  return std::make_shared<const states::ExecutionInfo>(std::move(info));
}

bool has_more_to_decide(const states::Execution& execution) {
  if (execution.outcome) return false;
  return std::any_of(execution.scopes.begin(), execution.scopes.end(), [](const auto& entry) {
    return states::undecided(entry.second.phase);
  });
}

std::string place_of(const states::Execution& execution, states::ScopeId id) {
  std::string place;
  for (states::ScopeId at = id; execution.scopes.at(at).parent != states::kNoScope;
       at = execution.scopes.at(at).parent) {
    place = "/" + std::to_string(execution.scopes.at(at).index) + place;
  }
  return place;
}

}  // namespace

World::World(const Case& simulated, std::shared_ptr<const asl::StateMachine> machine)
    : case_(simulated),
      machine_(std::move(machine)),
      info_(some_info()),
      token_of_([](states::WorkId work) { return "token-" + std::to_string(work); }),
      dice_(mixed(simulated.seed, "world")),
      entropy_(mixed(simulated.seed, "entropy")) {
  limits_.transitions_per_step_max = simulated.transitions_per_step;
  limits_.inline_map_concurrency_max = simulated.concurrency_max;
  limits_.history_events_max = simulated.events_max;
  live_.info = shadow_.info = info_;
}

Run World::run() {
  start();
  for (int i = 0; i < kTurnsMax && run_.complaints.size() < kComplaintsMax; ++i) {
    const bool over = live_.outcome && pending_.empty() && !redrive_at_ms_;
    if (over) break;
    turn();
  }
  check_end();
  return std::move(run_);
}

void World::start() { give(states::Start{asl::Payload::of(case_.input)}); }

void World::turn() {
  if (decided_.continues() && !(case_.is_wild && dice_.one_in(3))) {
    if (pending_.size() >= kRunAheadMax || (!pending_.empty() && dice_.one_in(2))) return settle();
    if (!give(states::Continue{})) complain("what is left to decide is refused");
    return;
  }
  const Next coming = next();
  if (must_settle(coming.due_ms)) return settle();
  if (coming.what == Next::What::kNothing) return complain("nothing is left to wait for");
  if (outages_passed_ < case_.outages.size() &&
      coming.due_ms >= case_.outages[outages_passed_].from_ms) {
    if (!pending_.empty()) return settle();
    return pass_outage(case_.outages[outages_passed_++]);
  }
  deliver(coming);
  if (dice_.one_in(6)) disturb();
}

World::Next World::next() const {
  Next coming;
  coming.due_ms = std::numeric_limits<std::int64_t>::max();
  const auto sooner = [&coming](std::int64_t due_ms, Next::What what) {
    if (due_ms >= coming.due_ms) return false;
    coming.due_ms = due_ms;
    coming.what = what;
    return true;
  };
  if (live_.outcome) {
    if (redrive_at_ms_) sooner(*redrive_at_ms_, Next::What::kRedrive);
    return coming;
  }
  for (const auto& [timer, due] : durable_.timers()) {
    // What is decided already, though nobody may know it yet, does not ring any more.
    if (!decided_.timers().contains(timer)) continue;
    if (sooner(due.ms - kBegin.ms, Next::What::kTimer)) coming.timer = timer;
  }
  if (const Message* message = outside_.next()) {
    if (sooner(message->due_ms, Next::What::kMessage)) coming.message = *message;
  }
  if (!stopped_) sooner(case_.stop_at_ms.value_or(kPatienceMs), Next::What::kStop);
  return coming;
}

void World::deliver(const Next& coming) {
  now_ms_ = std::max(now_ms_, coming.due_ms);
  switch (coming.what) {
    case Next::What::kTimer:
      if (!give(states::TimerFired{coming.timer.first, coming.timer.second})) {
        complain("a timer that is set is refused");
      }
      return;
    case Next::What::kMessage:
      outside_.taken(coming.message);
      give(coming.message.what, &coming.message);
      return;
    case Next::What::kStop:
      stopped_ = true;
      if (!give(states::Stop{states::StateError{"Stopped", "from outside"}})) {
        complain("an execution that runs cannot be stopped");
      }
      return;
    case Next::What::kRedrive:
      redrive_at_ms_.reset();
      if (give(states::Redrive{"redrive-" + std::to_string(redrives_)})) {
        ++redrives_;
        stopped_ = false;
      }
      return;
    case Next::What::kNothing:
      return;
  }
}

bool World::give(const states::Stimulus& stimulus, const Message* message) {
  states::Step step = states::step(*machine_, live_, stimulus, env());
  ++run_.steps;
  if (!step.accepted) {
    if (!step.events.empty() || !step.effects.empty()) complain("a refusal has consequences");
    check_step({});
    // It comes too late because of what may yet be lost.
    if (message != nullptr && !pending_.empty()) pending_.back().messages.push_back(*message);
    return false;
  }
  // A full history ends the execution in the middle of a step, and takes back what just returned.
  const bool is_full = live_.last_event >= case_.events_max;
  for (std::string& wrong : decided_.note(stimulus, step.effects)) {
    if (!is_full) complain(std::move(wrong));
  }
  if (!has_more_to_decide(live_)) decided_.does_not_continue();
  for (const states::Effect& effect : step.effects) {
    if (const auto* call = std::get_if<states::CallTask>(&effect)) remember(*call);
  }
  check_step(step.events);
  Pending pending;
  if (!step.events.empty()) pending.append = ++appends_;
  pending.events = std::move(step.events);
  pending.effects = std::move(step.effects);
  pending.stimulus = stimulus;
  if (message != nullptr) pending.messages.push_back(*message);
  pending_.push_back(std::move(pending));
  return true;
}

void World::remember(const states::CallTask& call) {
  scheduled_.insert_or_assign(call.work,
                              Scheduled{call.state + place_of(live_, call.scope), now_ms_});
}

const Fault* World::fault_of(int append) const {
  for (const Fault& fault : case_.faults) {
    if (fault.append == append) return &fault;
  }
  return nullptr;
}

// What is decided ahead of the disk must not be ahead of what the world would have said meanwhile,
// and what is to be lost is lost before time goes on.
bool World::must_settle(std::int64_t next_ms) {
  if (pending_.empty()) return false;
  if (live_.outcome || pending_.size() >= kRunAheadMax || dice_.one_in(3)) return true;
  return std::any_of(pending_.begin(), pending_.end(), [this, next_ms](const Pending& pending) {
    if (fault_of(pending.append) != nullptr && next_ms > now_ms_) return true;
    return first_consequence_ms(pending) <= next_ms;
  });
}

std::int64_t World::first_consequence_ms(const Pending& pending) const {
  std::int64_t first_ms = std::numeric_limits<std::int64_t>::max();
  for (const states::Effect& effect : pending.effects) {
    if (const auto* timer = std::get_if<states::SetTimer>(&effect)) {
      first_ms = std::min(first_ms, timer->due.ms - kBegin.ms);
    } else if (const auto* call = std::get_if<states::CallTask>(&effect)) {
      const Scheduled& scheduled = scheduled_.at(call->work);
      first_ms = std::min(
          first_ms,
          scheduled.at_ms +
              first_word_after_ms(reply_to(
                  case_.seed, scheduled.place, scheduled.at_ms, manner_of(call->resource))));
    } else if (std::holds_alternative<states::StartMapRun>(effect)) {
      return now_ms_;
    }
  }
  return first_ms;
}

void World::settle() {
  while (!pending_.empty()) {
    const Pending front = std::move(pending_.front());
    pending_.pop_front();
    const Fault* fault = fault_of(front.append);
    if (fault == nullptr || front.events.empty()) {
      write(front);
      for (const Message& message : front.messages) {
        if (dice_.one_in(4)) outside_.repeat(message, now_ms_ + dice_.between(0, 3'000));
      }
      for (const states::Effect& effect : front.effects) perform(effect);
      continue;
    }
    ++run_.faults;
    if (fault->kind == Fault::Kind::kCrashAfter) {
      write(front);
    } else {
      pending_.push_front(front);
    }
    lose_pending();
    return recover();
  }
}

void World::write(const Pending& pending) {
  disk_.write(pending.events);
  durable_.note(pending.stimulus, pending.effects);
  for (const Message& message : pending.messages) outside_.recorded(message);
}

void World::lose_pending() {
  for (const Pending& lost : pending_) {
    for (const Message& message : lost.messages) outside_.lost(message);
    if (std::holds_alternative<states::Stop>(lost.stimulus)) stopped_ = false;
    if (std::holds_alternative<states::Redrive>(lost.stimulus)) redrive_at_ms_ = now_ms_;
  }
  pending_.clear();
}

void World::recover() {
  ++run_.recoveries;
  const std::vector<states::Event> events = disk_.read();
  live_ = states::fold(*machine_, info_, events);
  shadow_ = live_;
  if (!has_more_to_decide(live_)) durable_.does_not_continue();
  check_resume(durable_, "after a recovery");
  decided_ = durable_;
  if (events.empty()) return start();  // nobody was told of it: the client asks again
  for (const states::Effect& effect : states::resume(*machine_, live_, token_of_)) {
    if (const auto* call = std::get_if<states::CallTask>(&effect)) {
      const states::Event& cause = events.at(static_cast<std::size_t>(call->work) - 1);
      scheduled_.insert_or_assign(
          call->work,
          Scheduled{call->state + place_of(live_, call->scope), cause.at.ms - kBegin.ms});
    }
    perform(effect);
  }
}

void World::pass_outage(const Outage& outage) {
  // What it decides meanwhile nobody will ever know.
  for (std::int64_t i = dice_.between(0, 4); i > 0 && !live_.outcome; --i) {
    if (decided_.continues()) {
      give(states::Continue{});
      continue;
    }
    const Next coming = next();
    if (coming.what == Next::What::kNothing || coming.due_ms >= outage.until_ms) break;
    deliver(coming);
  }
  now_ms_ = std::max(now_ms_, outage.until_ms);
  lose_pending();
  recover();
}

void World::perform(const states::Effect& effect) {
  if (const auto* call = std::get_if<states::CallTask>(&effect)) {
    const Scheduled& scheduled = scheduled_.at(call->work);
    for (std::string& wrong :
         outside_.called(case_.seed, *call, scheduled.place, scheduled.at_ms)) {
      complain(std::move(wrong));
    }
  } else if (const auto* run = std::get_if<states::StartMapRun>(&effect)) {
    outside_.map_run_started(case_.seed, *run, now_ms_);
  } else if (const auto* cancel = std::get_if<states::CancelWork>(&effect)) {
    if (dice_.one_in(2)) outside_.cancelled(cancel->work);
  } else if (const auto* finish = std::get_if<states::Finish>(&effect)) {
    run_.outcome = finish->outcome;
    const bool redrives = case_.is_wild && finish->outcome.status != states::Status::kSucceeded &&
                          redrives_ < kRedrivesMax && dice_.one_in(2);
    if (redrives) redrive_at_ms_ = now_ms_ + dice_.between(1, 60'000);
  }
}

// What nobody waits for changes nothing, and a timer that rings too early is set again.
void World::disturb() {
  if (live_.outcome) return;
  if (give(states::Start{asl::Payload()})) complain("it starts a second time");
  if (give(states::WorkReturned{kNobodysWork, asl::Payload()})) complain("nobody's work is taken");
  if (give(states::WorkHeartbeat{kNobodysWork})) complain("nobody's heartbeat is heard");
  const auto& timers = decided_.timers();
  if (timers.empty()) return;
  const auto chosen =
      std::next(timers.begin(), static_cast<std::ptrdiff_t>(dice_.below(timers.size())));
  const auto [key, due] = *chosen;
  if (due.ms - kBegin.ms <= now_ms_) return;
  if (!give(states::TimerFired{key.first, key.second})) complain("a timer is refused");
  const auto again = decided_.timers().find(key);
  if (again == decided_.timers().end() || again->second != due) {
    complain("a timer that rang too early is not set again");
  }
}

void World::check_step(const std::vector<states::Event>& events) {
  for (const states::Event& event : events) {
    if (event.sequence != shadow_.last_sequence + 1)
      complain("a step's events are not numbered on");
    states::apply(*machine_, shadow_, through_codec(event));
  }
  if (const auto other = difference(shadow_, live_)) {
    complain("the fold of the history is not the live execution: " + *other);
  }
  if (const auto loose = looseness(live_)) complain("the execution falls apart: " + *loose);
  check_resume(decided_, "after a step");
  check_sleep();
}

void World::check_resume(const Flight& flight, const char* when) {
  const std::vector<std::string> resumed = as_texts(states::resume(*machine_, live_, token_of_));
  const std::vector<std::string> expected = flight.resumed();
  if (resumed == expected) return;
  std::string what = std::string("resume() is not what is in flight ") + when + ":";
  for (const std::string& each : resumed) what += "\n  resumed " + each;
  for (const std::string& each : expected) what += "\n  expected " + each;
  complain(std::move(what));
}

// An execution may only leave memory while nothing but a token or the time can move it.
void World::check_sleep() {
  const auto until = states::asleep_until(*machine_, live_);
  if (!until) return;
  asl::Timestamp first = states::kNever;
  for (const auto& [key, due] : decided_.timers()) first = std::min(first, due);
  if (*until != first) complain("it would sleep past a timer, or wake for none");
  if (decided_.continues() || decided_.has_map_runs()) complain("it would sleep at work");
  for (const auto& [work, call] : decided_.calls()) {
    if (!call.submitted || !call.resource.ends_with(".waitForTaskToken")) {
      complain("it would sleep though a task is out");
    }
  }
}

void World::check_end() {
  if (!run_.complaints.empty()) {
    run_.history = disk_.read();
    return;
  }
  if (!live_.outcome) complain("the execution does not end");
  if (!durable_.is_empty()) complain("something is in flight when all is over");
  run_.history = disk_.read();
  const states::Execution folded = states::fold(*machine_, info_, run_.history);
  if (const auto other = difference(folded, live_)) {
    complain("the fold of the whole history is another execution: " + *other);
  }
  for (std::string& wrong : history_faults(run_.history, case_)) complain(std::move(wrong));
}

}  // namespace pawl::simulation
