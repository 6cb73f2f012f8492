// Everything that a running workflow is. Changed by apply() alone; equal to the fold of its events.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/parse.h"
#include "states/event.h"

namespace pawl::states {

// What is fixed when an execution starts and stands outside its history.
struct ExecutionInfo {
  std::string arn;
  std::string name;
  std::string state_machine_arn;
  std::string state_machine_name;
  std::string role_arn;
  Timestamp start_time{};
  asl::MachineType type = asl::MachineType::kStandard;
  std::optional<Payload> context;  // of a state's test: stands for the whole Context Object
  bool is_synchronous = false;     // StartSyncExecution
  std::optional<std::string> trace_header;  // AWS X-Ray's, of the start
};

// Each wait carries what it needs.
struct Entering {};   // about to enter `at` with `input`: work for the next step, waits for nobody
struct Beginning {};  // has entered it; after a redrive, work for the next step: does it once more
// [pawl] A service that still has not said that it took a task this long after the holder of the
// token answered is waited for no longer.
inline constexpr std::int64_t kHeldAnswerSecondsMax = 60;

struct AwaitingTask {
  WorkId work = 0;
  TaskKind kind{};
  std::string resource;
  Payload parameters;
  std::optional<std::string> role_arn;
  bool started = false;  // TaskStarted seen (an activity waits for a worker first)
  bool submitted = false;
  std::optional<TokenAnswered> answer;  // held until it is submitted
  std::optional<Timestamp> timeout_due;
  std::optional<std::int64_t>
      timeout_seconds;  // kept for an activity, whose clock starts when a worker takes it
  std::optional<std::int64_t> heartbeat_seconds;
  std::optional<Timestamp> heartbeat_due;
};
struct AwaitingTimer {
  WorkId work = 0;
  Timestamp due{};
};
struct BackingOff {
  WorkId work = 0;
  Timestamp due{};
};
struct AwaitingChildren {     // Parallel and Map
  Payload items;              // Map: what is iterated
  std::int64_t total = 0;     // branches or items
  std::int64_t started = 0;   // iterations begun so far
  std::int64_t finished = 0;  // ended, well or not
  std::int64_t failed = 0;    // Map: iterations whose failure is tolerated
  std::vector<std::optional<Payload>> results;
  std::vector<ScopeId> running;
  std::vector<ScopeId> cut;    // failed or aborted (Execution::cut): a redrive takes them up
  std::vector<ScopeId> again;  // Map, redriven: of those, the iterations yet to be started again
  bool redriven = false;       // and not looked at since: work for the next step
  EventId started_event = 0;   // id of ParallelStateStarted or MapStateStarted
};
struct AwaitingMapRun {  // Distributed Map
  WorkId work = 0;
  std::string map_run;  // its ARN
  Payload settings;
  Payload items;          // what is iterated; null when an ItemReader gives it
  int redrives = 0;       // of this run
  bool is_spent = false;  // it has ended so that a redrive needs another run
  bool redriven = false;  // and not looked at since: work for the next step
};
struct Ended {};  // the scope has its output in `input`; its parent has not taken it yet
using Phase = std::variant<Entering,
                           Beginning,
                           AwaitingTask,
                           AwaitingTimer,
                           BackingOff,
                           AwaitingChildren,
                           AwaitingMapRun,
                           Ended>;

inline constexpr ScopeId kNoScope = -1;

struct Scope {                // the whole run, a Parallel branch or a Map iteration
  ScopeId parent = kNoScope;  // kNoScope: the whole run
  std::int64_t index = 0;     // which branch or iteration of the parent
  std::string at;             // the state it is in, or about to enter
  Payload input;              // that state's raw input
  Variables variables;        // of this scope; inner scopes also read the outer ones
  std::vector<int> retries;   // attempts used, one counter per Retrier of this state visit
  int retry_count = 0;        // their sum: the Context Object's State.RetryCount
  EventId entered_event = 0;  // id of the StateEntered event of this visit
  EventId entered_after = 0;  // the event that this one hangs below
  Timestamp entered_at{};
  EventId last_event = 0;  // end of this scope's chain: previousEventId of what comes next
  Phase phase;
};

enum class Status : std::uint8_t { kRunning, kSucceeded, kFailed, kTimedOut, kAborted };
std::string_view to_string(
    Status status);  // "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"
std::optional<Status> status_of(std::string_view text);

struct Outcome {
  Status status = Status::kRunning;
  std::optional<Payload> output;
  StateError error;
};

// A redrive that was made, and the token of the request for it.
struct Redriven {
  Timestamp at{};
  std::optional<std::string> client_token;
};

struct Execution {
  std::shared_ptr<const ExecutionInfo> info;
  Payload input;
  std::map<ScopeId, Scope> scopes;  // without success they stay: a redrive goes on from them
  std::map<ScopeId, Scope> cut;     // children of a failed Parallel or Map, as they were then
  std::optional<Outcome> outcome;
  Timestamp ended_at{};
  Sequence last_sequence = 0;
  EventId last_event = 0;
  ScopeId next_scope = 1;
  int redrive_count = 0;
  std::vector<Redriven> redrives;  // the last of them
  Timestamp started_at{};
};

}  // namespace pawl::states
