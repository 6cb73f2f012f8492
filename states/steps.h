// A history read as steps: one row for each visit of a state, with its attempts. What "inspect
// every step" shows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "states/event.h"

namespace pawl::states {

struct Attempt {
  EventId scheduled_event = 0;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> ended_at;
  std::optional<Payload> parameters;  // what the task got
  std::optional<Payload> submitted;   // what the service answered at first (.sync, token)
  std::optional<Payload> result;
  std::optional<StateError> error;
};

struct StepRecord {
  EventId entered_event = 0;  // names the step within its execution
  EventId exited_event = 0;   // 0: not (yet) exited
  std::string state;
  StateType type{};
  std::string status;  // RUNNING SUCCEEDED FAILED CAUGHT_ERROR ABORTED TIMED_OUT
  EventId parent = 0;  // entered_event of the enclosing Parallel or Map step; 0 at the top
  std::optional<std::int64_t> index;  // which branch or iteration of it
  Timestamp entered_at{};
  std::optional<Timestamp> exited_at;
  Payload input;
  std::optional<Payload> output;
  Variables assigned;
  std::optional<StateError> error;
  std::vector<Attempt> attempts;  // Task states; one per try
};

// In order of entry. An execution's terminal event closes what was still open.
std::vector<StepRecord> steps_of(std::span<const Event> events);

}  // namespace pawl::states
