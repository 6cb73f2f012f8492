// Removes executions that ended long ago, in steps small enough to stand between other writes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "asl/timestamp.h"

namespace pawl::engine {

// Thread-safe; writes block until durable and throw StoreUnavailable when the disk does not take
// them.
class Expiry {
 public:
  virtual ~Expiry() = default;

  // The ARNs of state machines that have, or had, executions, in their order, from behind `after`
  // on; a Map Run's children count as those of "<machine>/<label>".
  virtual std::vector<std::string> machines(const std::string& after, std::size_t limit) = 0;

  struct Step {
    std::size_t executions = 0;  // that nobody finds any more
    bool more = false;           // there may be more to remove
  };
  // Removes executions of the machine that ended before then, with their histories and Map Runs:
  // about so many events. An execution is gone at once, its events in this and later steps,
  // whatever crashes between them. Kept are: those that a fork shares events of, children of a Map
  // Run that is kept, and the newest execution of all, so that its key is not given again.
  virtual Step remove_some(const std::string& state_machine_arn,
                           asl::Timestamp ended_before,
                           std::size_t events_max) = 0;
};

}  // namespace pawl::engine
