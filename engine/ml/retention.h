// What the local runtime keeps of work that has ended, and the removal of the rest.
// docs/decisions/0017-what-is-kept-of-work.md
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/ml/context.h"

namespace pawl::engine {

// The newest `count` that are not older than `age`; the others go.
struct Keep {
  std::size_t count = 0;
  std::chrono::hours age{0};
};
struct Retention {
  Keep calls{1000, std::chrono::hours(7 * 24)};    // function calls: event, result, log
  Keep jobs{10'000, std::chrono::hours(90 * 24)};  // logs of training jobs, Glue runs and endpoints
};

// Removes in small steps on the executor, over and over. Never what runs, and never the call of an
// execution that still runs: it may ask for the result again. Crash-safe: each step stands alone.
class Cleaner {
 public:
  // `execution_runs`: whether the execution of this ARN has not ended. REQUIRES: `context` outlives
  // the executor's tasks.
  Cleaner(MlContext& context,
          Retention retention,
          std::function<bool(const std::string& execution_arn)> execution_runs)
      : context_(context), retention_(retention), execution_runs_(std::move(execution_runs)) {}

  // Sweeps now and from now on.
  void start();
  // One sweep, here and now; how many it removed.
  std::size_t sweep();

  // The file of a call's folder that says whose call it is: the ARN of an execution, "#", the work.
  static constexpr const char* kOwnerFile = "owner";

 private:
  struct Ended {
    std::string name;  // below its folder
    std::chrono::milliseconds age{0};
  };
  using JobName = std::pair<std::string, std::string>;  // kind and name: {"training", "digits-1"}

  std::vector<Ended> surplus(const std::string& kind, const Keep& keep) const;
  std::vector<JobName> all_surplus() const;
  bool call_is_needed(const std::string& name) const;
  bool remove(const JobName& job);
  std::size_t remove_orphans();
  void step(std::vector<JobName> surplus);

  MlContext& context_;
  const Retention retention_;
  const std::function<bool(const std::string&)> execution_runs_;
};

}  // namespace pawl::engine
