// Activity tasks as the API hands them to workers. The queues stand behind this door; what is in
// them is rebuilt from the histories after a restart.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "asl/json.h"

namespace pawl::engine {

struct ActivityTask {
  std::string token;
  asl::Payload input;
};

struct ActivityWorker {
  std::optional<std::string> name;
  // Whether its connection has gone: it is then given nothing. Unset: it never goes.
  std::function<bool()> is_gone;
};

// Thread-safe.
class Activities {
 public:
  virtual ~Activities() = default;

  // Hands over the oldest task that waits for a worker of this activity, at once or when one
  // comes; nothing after `wait`. `answer` runs once, on any thread, and must not block. False: too
  // many workers wait already, and `answer` never runs.
  virtual bool poll(const std::string& activity_arn,
                    const ActivityWorker& worker,
                    std::chrono::milliseconds wait,
                    std::function<void(std::optional<ActivityTask>)> answer) = 0;
};

}  // namespace pawl::engine
