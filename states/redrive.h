// Which executions can be redriven, and what tells two requests for one redrive apart.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
#pragma once

#include <optional>
#include <string>

#include "states/step.h"

namespace pawl::states {

// What is known of an execution without its history.
struct LastEnd {
  Status status = Status::kRunning;
  EventId last_event = 0;
  Timestamp started_at{};
  Timestamp ended_at{};
};

// Nothing: it can be. Else AWS's reason.
std::optional<std::string> why_not_redrivable(const LastEnd& end,
                                              Timestamp now,
                                              const Limits& limits);
std::optional<std::string> why_not_redrivable(const Execution& execution,
                                              Timestamp now,
                                              const Limits& limits);

// The redrive that an earlier request with the same token has made; it is remembered for a while.
std::optional<Redriven> redrive_of(const Execution& execution, const Redrive& again, Timestamp now);

}  // namespace pawl::states
