#include "tests/simulation/flight.h"

#include <algorithm>

#include "asl/text.h"
#include "states/debug.h"

namespace pawl::simulation {

using states::WorkId;

void Flight::forget(WorkId work) {
  calls_.erase(work);
  map_runs_.erase(work);
  std::erase_if(timers_, [work](const auto& entry) { return entry.first.first == work; });
}

bool Flight::is_out(WorkId work) const {
  return calls_.contains(work) || map_runs_.contains(work) ||
         std::any_of(timers_.begin(), timers_.end(), [work](const auto& entry) {
           return entry.first.first == work;
         });
}

std::vector<std::string> Flight::note(const states::Stimulus& stimulus,
                                      const std::vector<states::Effect>& effects) {
  std::vector<std::string> wrong;
  if (const auto* fired = std::get_if<states::TimerFired>(&stimulus)) {
    timers_.erase(std::pair(fired->work, fired->kind));
    // A wait, or a retry: that was all of it.
    if (fired->work != 0 && !calls_.contains(fired->work)) forget(fired->work);
  } else if (const auto* returned = std::get_if<states::WorkReturned>(&stimulus)) {
    forget(returned->work);
  } else if (const auto* submitted = std::get_if<states::WorkSubmitted>(&stimulus)) {
    calls_.at(submitted->work).submitted = true;
  } else if (const auto* started = std::get_if<states::WorkStarted>(&stimulus)) {
    calls_.at(started->work).submitted = true;
  } else if (std::holds_alternative<states::Continue>(stimulus)) {
    continues_ = false;
  }
  for (const states::Effect& effect : effects) {
    if (const auto* call = std::get_if<states::CallTask>(&effect)) {
      if (!calls_.emplace(call->work, *call).second)
        wrong.push_back("the same work is called twice");
    } else if (const auto* run = std::get_if<states::StartMapRun>(&effect)) {
      if (!map_runs_.emplace(run->work, *run).second) wrong.push_back("a Map Run starts twice");
    } else if (const auto* timer = std::get_if<states::SetTimer>(&effect)) {
      timers_.insert_or_assign(std::pair(timer->work, timer->kind), timer->due);
    } else if (const auto* cancel = std::get_if<states::CancelWork>(&effect)) {
      if (!is_out(cancel->work)) wrong.push_back("work that is not out is taken back");
      forget(cancel->work);
    } else if (std::holds_alternative<states::Finish>(effect)) {
      std::erase_if(timers_, [](const auto& entry) { return entry.first.first == 0; });
      if (!is_empty()) wrong.push_back("work is left behind when the execution ends");
    } else {
      continues_ = true;
    }
  }
  return wrong;
}

std::vector<std::string> Flight::resumed() const {
  std::vector<states::Effect> effects;
  for (const auto& [work, call] : calls_) {
    states::CallTask again = call;
    again.resumed = true;
    effects.emplace_back(std::move(again));
  }
  for (const auto& [work, run] : map_runs_) {
    states::StartMapRun again = run;
    again.resumed = true;
    effects.emplace_back(std::move(again));
  }
  for (const auto& [key, due] : timers_) {
    effects.emplace_back(states::SetTimer{key.first, key.second, due});
  }
  if (continues_) effects.emplace_back(states::ContinueLater{});
  return as_texts(effects);
}

std::vector<std::string> as_texts(const std::vector<states::Effect>& effects) {
  std::vector<std::string> texts;
  texts.reserve(effects.size());
  for (const states::Effect& effect : effects) {
    texts.push_back(asl::to_text(states::to_debug_json(effect)));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace pawl::simulation
