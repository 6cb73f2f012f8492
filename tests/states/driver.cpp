#include "tests/states/driver.h"

#include <algorithm>

#include "asl/text.h"
#include "states/phase.h"

namespace pawl::states {
namespace {

std::shared_ptr<const ExecutionInfo> info() {
  ExecutionInfo info;
  info.arn = "arn:aws:states:us-east-1:123456789012:execution:machine:run";
  info.name = "run";
  info.state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:machine";
  info.state_machine_name = "machine";
  info.role_arn = "arn:aws:iam::123456789012:role/role";
  info.start_time = Timestamp{1'700'000'000'000};
  return std::make_shared<const ExecutionInfo>(std::move(info));
}

}  // namespace

std::shared_ptr<const asl::StateMachine> machine_of(const std::string& definition) {
  asl::Parsed parsed = asl::parse_definition(definition);
  for (const asl::Diagnostic& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity == asl::Severity::kError) {
      ADD_FAILURE() << diagnostic.message << " at " << diagnostic.location.value_or("?");
    }
  }
  return parsed.machine;
}

asl::Payload payload_of(const std::string& json) {
  auto parsed = asl::parse_text(json);
  if (!std::holds_alternative<Json>(parsed)) {
    ADD_FAILURE() << "no JSON: " << json;
    return asl::Payload();
  }
  return asl::Payload::of(std::get<Json>(std::move(parsed)));
}

Driver::Driver(std::shared_ptr<const asl::StateMachine> machine, std::uint64_t seed)
    : machine_(std::move(machine)),
      stretches_{{machine_, kToTheEnd}},
      info_(info()),
      entropy_(seed),
      token_of_([](WorkId work) { return "token-" + std::to_string(work); }) {
  execution_.info = info_;
}

Driver::Driver(const std::string& definition, const std::string& input)
    : Driver(machine_of(definition)) {
  start(payload_of(input));
}

Driver::Driver(const Driver& origin,
               const ForkPlan& plan,
               std::shared_ptr<const asl::StateMachine> machine)
    : Driver(std::move(machine)) {
  now_ = origin.now_;
  stretches_ = origin.stretches_;
  std::erase_if(stretches_,
                [&plan](const Stretch& s) { return s.last < kToTheEnd && s.last > plan.shared; });
  stretches_.back().last = plan.shared + static_cast<Sequence>(plan.kept.size());
  stretches_.push_back({machine_, kToTheEnd});
  events_.assign(origin.events_.begin(), origin.events_.begin() + plan.shared);
  events_.insert(events_.end(), plan.kept.begin(), plan.kept.end());
  execution_ = plan.execution;
  execution_.info = info_;
  check_history(0);
  check_fold();
}

bool Driver::is_awaited(WorkId work) const {
  return std::any_of(execution_.scopes.begin(), execution_.scopes.end(), [work](const auto& entry) {
    return work_of(entry.second.phase) == work;
  });
}

void Driver::forget(WorkId work) {
  calls_.erase(work);
  map_runs_.erase(work);
  std::erase_if(timers_, [work](const auto& entry) { return entry.first.first == work; });
}

void Driver::note(const Effect& effect) {
  if (const auto* call = std::get_if<CallTask>(&effect)) {
    EXPECT_FALSE(calls_.contains(call->work)) << "called twice: " << call->work;
    calls_.insert_or_assign(call->work, *call);
  } else if (const auto* map_run = std::get_if<StartMapRun>(&effect)) {
    EXPECT_FALSE(map_runs_.contains(map_run->work)) << "started twice: " << map_run->work;
    map_runs_.insert_or_assign(map_run->work, *map_run);
  } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    timers_.insert_or_assign(std::pair(timer->work, timer->kind), timer->due);
  } else if (const auto* cancel = std::get_if<CancelWork>(&effect)) {
    forget(cancel->work);
    cancelled_.push_back(cancel->work);
  } else if (std::holds_alternative<Finish>(effect)) {
    EXPECT_TRUE(calls_.empty()) << "work left behind";
    EXPECT_TRUE(map_runs_.empty()) << "a Map Run left behind";
    std::erase_if(timers_, [](const auto& entry) { return entry.first.first == 0; });
    EXPECT_TRUE(timers_.empty()) << "timers left behind";
  } else {
    continues_ = true;
  }
}

bool Driver::give(const Stimulus& stimulus) {
  const Env env{now_, entropy_, limits, token_of_};
  const Step taken = step(*machine_, execution_, stimulus, env);
  last_step_events_ = taken.events.size();
  if (!taken.accepted) {
    EXPECT_TRUE(taken.events.empty());
    EXPECT_TRUE(taken.effects.empty());
    check_fold();  // a refused stimulus changes nothing
    return false;
  }
  if (const auto* fired = std::get_if<TimerFired>(&stimulus)) {
    timers_.erase(std::pair(fired->work, fired->kind));
    if (calls_.find(fired->work) == calls_.end() && fired->work != 0) forget(fired->work);
  } else if (const auto* returned = std::get_if<WorkReturned>(&stimulus)) {
    if (!returned->by_token || !is_awaited(returned->work)) forget(returned->work);
  } else if (const auto* submitted = std::get_if<WorkSubmitted>(&stimulus)) {
    calls_.at(submitted->work).submitted = true;
    if (!is_awaited(submitted->work)) forget(submitted->work);  // it was answered before
  } else if (const auto* started = std::get_if<WorkStarted>(&stimulus)) {
    calls_.at(started->work).submitted = true;  // an activity's: a worker has it
  } else if (std::holds_alternative<Continue>(stimulus)) {
    continues_ = false;
  }
  const std::size_t from = events_.size();
  events_.insert(events_.end(), taken.events.begin(), taken.events.end());
  for (const Effect& effect : taken.effects) note(effect);
  // A wish to continue lapses when what would have continued was cut.
  continues_ = continues_ && !execution_.outcome &&
               std::any_of(execution_.scopes.begin(),
                           execution_.scopes.end(),
                           [](const auto& entry) { return undecided(entry.second.phase); });
  check_history(from);
  check_fold();
  check_effects();
  return true;
}

void Driver::check_history(std::size_t from) const {
  EventId last_id = 0;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const Event& event = events_[i];
    if (i >= from) {
      EXPECT_EQ(event.sequence, static_cast<Sequence>(i + 1));
      EXPECT_EQ(is_private(event.what), event.id == 0);
      if (event.id != 0) {
        EXPECT_EQ(event.id, last_id + 1);
        EXPECT_LT(event.previous, event.id);
      }
    }
    if (event.id != 0) last_id = event.id;
  }
}

void Driver::check_fold() const {
  EXPECT_EQ(to_debug_json(fold(recorded())), to_debug_json(execution_));
}

void Driver::check_effects() const {
  std::vector<std::string> expected;
  for (const auto& [work, call] : calls_) {
    CallTask again = call;
    again.resumed = true;
    expected.push_back(asl::to_text(to_debug_json(Effect(again))));
  }
  for (const auto& [work, map_run] : map_runs_) {
    StartMapRun again = map_run;
    again.resumed = true;
    expected.push_back(asl::to_text(to_debug_json(Effect(again))));
  }
  for (const auto& [key, due] : timers_) {
    expected.push_back(asl::to_text(to_debug_json(Effect(SetTimer{key.first, key.second, due}))));
  }
  if (continues_) expected.push_back(asl::to_text(to_debug_json(Effect(ContinueLater{}))));
  std::vector<std::string> resumed;
  for (const Effect& effect : resume(*machine_, execution_, token_of_)) {
    resumed.push_back(asl::to_text(to_debug_json(effect)));
  }
  std::sort(expected.begin(), expected.end());
  std::sort(resumed.begin(), resumed.end());
  EXPECT_EQ(resumed, expected);
}

void Driver::restart() {
  execution_ = fold(recorded());
  calls_.clear();
  map_runs_.clear();
  timers_.clear();
  continues_ = false;
  for (const Effect& effect : resume(*machine_, execution_, token_of_)) note(effect);
}

std::optional<CallTask> Driver::pending(const std::string& state, std::size_t index) const {
  std::map<ScopeId, CallTask> in_order;
  for (const auto& [work, call] : calls_) {
    if (call.state == state) in_order.emplace(call.scope, call);
  }
  if (index >= in_order.size()) return std::nullopt;
  return std::next(in_order.begin(), static_cast<std::ptrdiff_t>(index))->second;
}

bool Driver::succeed(const std::string& state, const std::string& output, std::size_t index) {
  const std::optional<CallTask> task = pending(state, index);
  if (!task) return false;
  return give(WorkReturned{task->work, payload_of(output)});
}

bool Driver::fail(const std::string& state, StateError error, std::size_t index) {
  const std::optional<CallTask> task = pending(state, index);
  if (!task) return false;
  return give(WorkReturned{task->work, std::move(error)});
}

void Driver::advance_ms(std::int64_t ms) {
  const Timestamp until{now_.ms + ms};
  while (!execution_.outcome) {
    auto next = std::min_element(timers_.begin(), timers_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second, a.first) < std::pair(b.second, b.first);
    });
    if (next == timers_.end() || next->second > until) break;
    now_ = std::max(now_, next->second);
    const auto [work, kind] = next->first;
    EXPECT_TRUE(give(TimerFired{work, kind}));
  }
  now_ = until;
}

std::vector<std::string> Driver::history() const {
  std::vector<std::string> lines;
  for (const Event& event : events_) {
    if (event.id == 0) continue;
    lines.push_back(std::to_string(event.id) + "<" + std::to_string(event.previous) + " " +
                    std::string(event_type(event.what)));
  }
  return lines;
}

std::string Driver::error() const {
  if (!execution_.outcome) return "(running)";
  const StateError& error = execution_.outcome->error;
  return error.name.value_or("-") + ": " + error.cause.value_or("-");
}

std::string Driver::output() const {
  if (!execution_.outcome) return "(running)";
  return execution_.outcome->output ? execution_.outcome->output->text() : "(" + error() + ")";
}

}  // namespace pawl::states
