// The journal: the durable histories of all executions. The interface and its contract;
// tests/engine/store holds the suite that every backend passes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "states/event.h"
#include "states/execution.h"
#include "states/step.h"

namespace pawl::engine {

// Key of an execution within the store; given when its first append is made.
using ExecutionKey = std::int64_t;

// A child of a Map Run: which run (MapRunTable), and which of its items it works on.
struct MapChild {
  std::int64_t run = 0;
  std::int64_t first_item = 0;  // from 0
  std::int64_t items = 1;
  std::int64_t redrive = 0;  // of the run, in which it was begun or redriven last; 0: in none
};

// Of a fork: the step it begins with, and what it shares.
struct ForkOrigin {
  std::string execution_arn;
  states::EventId event = 0;    // the StateEntered of the step
  states::Sequence shared = 0;  // the origin's events up to here are the fork's first
};

// What whoever starts an execution says of it, to find it by.
using Labels = std::map<std::string, std::string>;

struct NewExecution {
  states::ExecutionInfo info;
  std::int64_t machine_revision = 0;
  std::optional<std::string> version_arn;
  std::optional<std::string> alias_arn;
  std::optional<MapChild> map_child;
  std::optional<ForkOrigin> fork = std::nullopt;
  std::optional<std::string> parent_arn = std::nullopt;  // the execution whose task has started it
  Labels labels = {};
};

struct Append {
  ExecutionKey execution = 0;
  std::optional<NewExecution> create;  // with the first append only
  std::vector<states::Event> events;
  std::optional<states::Outcome>
      outcome;  // set when the events end (or, with kRunning, reopen) the execution; what
                // reopens it is an ExecutionRedriven, alone
  // After these events the execution waits for nothing but this time (states::kNever: for a task
  // token): it need not be in memory, nor be recovered, before.
  std::optional<asl::Timestamp> wake_at;
};

// An execution that waits for a time.
struct Sleeper {
  asl::Timestamp wake_at{};
  ExecutionKey key = 0;
  friend auto operator<=>(const Sleeper&, const Sleeper&) = default;
};

enum class AppendStatus {
  kDurable,
  kNameTaken,  // `create`: an execution of this ARN exists; nothing was written. An EXPRESS child
               // of a Map Run takes the place of the one that an earlier redrive left unsuccessful
  kConflict,   // the events do not follow the last durable one, or the execution has ended: nothing
               // was written
  kFailed,     // disk full, I/O error: nothing of this append was written
};

// Events of a fork that other executions have recorded.
struct Inherited {
  states::Sequence last = 0;  // from behind those before up to this one
  std::int64_t machine_revision = 0;
};

struct ExecutionRow {
  ExecutionKey key = 0;
  NewExecution what;
  states::Status status = states::Status::kRunning;
  std::optional<asl::Timestamp> stopped_at;
  states::Sequence last_sequence = 0;
  int redrive_count = 0;
  std::optional<asl::Timestamp> redriven_at;  // the last time
  std::vector<Inherited> inherited;           // of a fork, in order
  // Of one that ended without success and is no child of a Map Run.
  std::optional<std::string> error;
  std::optional<std::string> failed_state;  // the innermost
};

// Thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;

  // A fresh key for a new execution, unique for ever; costs no I/O.
  virtual ExecutionKey new_key() = 0;
  // All of `append` or none. `done` runs once, on a thread of the journal (or on the caller's,
  // before append() returns: it must neither block nor call back), when it would survive power
  // loss, or with why it does not. Appends of one execution become durable in the order in which
  // they were made. REQUIRES: the events' sequences follow the last append's without gap; those of
  // a fork's first append follow what it shares.
  virtual void append(Append append, std::function<void(AppendStatus)> done) = 0;

  // Events with sequence >= from, at most `limit`, in order; of a fork, those that it shares too.
  // Blocks; may be called from any thread. Sees what is durable.
  virtual std::vector<states::Event> read(ExecutionKey execution,
                                          states::Sequence from,
                                          std::size_t limit) = 0;
  // Public events only, in order of id, from `first_id` on (or downwards with `reverse`):
  // GetExecutionHistory.
  virtual std::vector<states::Event> read_public(ExecutionKey execution,
                                                 states::EventId first_id,
                                                 std::size_t limit,
                                                 bool reverse) = 0;
  virtual std::optional<ExecutionRow> find(const std::string& execution_arn) = 0;
  virtual std::optional<ExecutionRow> find(ExecutionKey key) = 0;
  // Executions without an outcome that wait for more than time, in order of key, with key > after;
  // at most `limit`.
  virtual std::vector<ExecutionRow> awake_executions(ExecutionKey after, std::size_t limit) = 0;
  // The others that wait for a time, those to be woken first first, from behind `after` on; at most
  // `limit`.
  virtual std::vector<Sleeper> sleepers(Sleeper after, std::size_t limit) = 0;

  struct Filter {
    std::optional<std::string> state_machine_arn = std::nullopt;
    std::optional<std::string> version_or_alias_arn = std::nullopt;
    std::optional<states::Status> status = std::nullopt;
    std::optional<std::int64_t> map_run =
        std::nullopt;  // children of this run; without: none of any
    std::optional<bool> redriven = std::nullopt;
    // Of those that ended without success: with this error, in this state. Not with `map_run` or
    // `version_or_alias_arn`.
    std::optional<std::string> error = std::nullopt;
    std::optional<std::string> failed_state = std::nullopt;
    // Forks of this execution. Not with `map_run`, `version_or_alias_arn` or a failure.
    std::optional<std::string> forked_from = std::nullopt;
    // Started by this execution's tasks. As forks, and not with `forked_from`.
    std::optional<std::string> parent_arn = std::nullopt;
    // With a label of this name and value. Not with `map_run` or `version_or_alias_arn`.
    std::optional<std::pair<std::string, std::string>> label = std::nullopt;
    // With `map_run`, while it is in this redrive: of its unsuccessful children those that wait for
    // it, and nothing else (`only`); or all others.
    struct PendingRedrive {
      std::int64_t redrive = 0;
      bool only = false;
    };
    std::optional<PendingRedrive> pending = std::nullopt;
  };
  // Newest start first; `before` (from the last row of the page before) continues. For
  // ListExecutions.
  struct Cursor {
    asl::Timestamp start{};
    ExecutionKey key = 0;
  };
  virtual std::vector<ExecutionRow> list(const Filter& filter,
                                         std::optional<Cursor> before,
                                         std::size_t limit) = 0;
  // Executions whose ARNs begin so and come after `after_arn` (empty: all), by ARN.
  virtual std::vector<ExecutionRow> list_named(const std::string& arn_prefix,
                                               const std::string& after_arn,
                                               std::size_t limit) = 0;
  // How many executions are in each status (none: 0), of one state machine or of all; children of
  // Map Runs count as those of "<machine>/<label>" only.
  virtual std::map<states::Status, std::int64_t> count(
      const std::optional<std::string>& state_machine_arn) = 0;
  struct BucketCount {
    std::int64_t bucket = 0;  // from 0
    states::Status status{};
    std::int64_t executions = 0;
  };
  // The same of those that started at or after `from` and before `to`, by buckets of so many
  // milliseconds; none that is empty.
  virtual std::vector<BucketCount> histogram(const std::optional<std::string>& state_machine_arn,
                                             asl::Timestamp from,
                                             asl::Timestamp to,
                                             std::int64_t bucket_ms) = 0;
  // The time of the latest event of all; nullopt: there is none. Reads every event.
  virtual std::optional<asl::Timestamp> latest_time() = 0;
};

}  // namespace pawl::engine
