// What an execution waits for, as its effects say: kept apart from the execution, so that resume()
// has something to be equal to.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "states/effect.h"

namespace pawl::simulation {

class Flight {
 public:
  // Of one step that was accepted. Answers with what is wrong about it.
  std::vector<std::string> note(const states::Stimulus& stimulus,
                                const std::vector<states::Effect>& effects);
  // After note(): an ended execution, or one with nothing to decide, does not go on.
  void does_not_continue() { continues_ = false; }

  bool is_empty() const { return calls_.empty() && map_runs_.empty() && timers_.empty(); }
  bool continues() const { return continues_; }
  const std::map<std::pair<states::WorkId, states::TimerKind>, asl::Timestamp>& timers() const {
    return timers_;
  }
  const std::map<states::WorkId, states::CallTask>& calls() const { return calls_; }
  bool has_map_runs() const { return !map_runs_.empty(); }

  // Each as one text, sorted, as resume() would give them.
  std::vector<std::string> resumed() const;

 private:
  void forget(states::WorkId work);
  bool is_out(states::WorkId work) const;

  std::map<states::WorkId, states::CallTask> calls_;
  std::map<states::WorkId, states::StartMapRun> map_runs_;
  std::map<std::pair<states::WorkId, states::TimerKind>, asl::Timestamp> timers_;
  bool continues_ = false;
};

std::vector<std::string> as_texts(const std::vector<states::Effect>& effects);

}  // namespace pawl::simulation
