// Where log events go: groups of streams, as CloudWatch Logs has them.
#pragma once

#include <string>
#include <vector>

#include "asl/timestamp.h"

namespace pawl::engine {

struct LogEvent {
  asl::Timestamp at{};
  std::string message;
};

// Thread-safe.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // Appends to a stream, which is made when it is not there. May block; throws std::runtime_error
  // when the events cannot be kept.
  virtual void put(const std::string& group,
                   const std::string& stream,
                   const std::vector<LogEvent>& events) = 0;
  // Whether put() will take this group. May block; true when nobody can tell.
  virtual bool takes(const std::string& group) = 0;
};

}  // namespace pawl::engine
