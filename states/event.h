// The journal's vocabulary: what can happen to an execution. Facts are named after AWS's
// HistoryEvent types; the private ones (marked) have no AWS counterpart and are left out of
// GetExecutionHistory. [aws]
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "asl/definition.h"
#include "asl/json.h"
#include "asl/result.h"
#include "asl/scope_data.h"
#include "asl/timestamp.h"

namespace pawl::states {

using asl::Json;
using asl::Payload;
using asl::StateError;
using asl::StateType;
using asl::Timestamp;
using asl::Variables;

using Sequence = std::int64_t;  // position in the execution's journal: 1, 2, 3 ... without gaps
using EventId = std::int64_t;   // AWS's event id: 1, 2, 3 ... over the public events; 0 is none
using ScopeId =
    std::int32_t;  // 0 is the whole run; branches and iterations count on from 1, never reused
// Names one wait on the outside world: the Sequence of the fact that began it (TaskScheduled,
// WaitScheduled, RetryScheduled).
using WorkId = Sequence;

// Which family of event types a Task's facts become.
enum class TaskKind : std::uint8_t { kTask, kLambda, kActivity };

struct ExecutionStarted {
  Payload input;
};
struct ExecutionSucceeded {
  Payload output;
};
struct ExecutionFailed {
  StateError error;
};
struct ExecutionAborted {
  StateError error;
};
struct ExecutionTimedOut {
  StateError error;
};
struct ExecutionRedriven {
  int redrive_count = 0;
  std::optional<std::string> client_token = std::nullopt;  // private part
  std::optional<std::int64_t> map_run_redrive =
      std::nullopt;  // private part: of a child, the redrive of its Map Run that it is of
};
// Private: here a fork leaves the history of its origin. The scope enters `state` anew; whatever
// else is unfinished begins again.
struct ExecutionForked {
  std::string execution;  // ARN of the origin
  EventId event = 0;      // its StateEntered
  std::string state;
  Payload input;
  Variables variables;                     // set before, where they stand or in the scope
  std::optional<Payload> execution_input;  // another one than the origin's
};

// `input` is the state's raw input, before InputPath.
struct StateEntered {
  StateType type{};
  std::string name;
  Payload input;
};
// `output` is what the next state gets. Without `next` the scope has ended with it. `assigned` are
// the variables that this state (or the catcher it left by) set, in the scope of the event.
struct StateExited {
  StateType type{};
  std::string name;
  Payload output;
  Variables assigned;
  std::optional<std::string> next;
};
struct StateAborted {
  StateType type{};
};  // TaskStateAborted, WaitStateAborted, ...

struct TaskScheduled {
  TaskKind kind{};
  std::string resource;  // the Resource as written: a whole ARN
  Payload parameters;    // what the task gets
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> heartbeat_seconds;
  std::optional<std::string> role_arn;  // Credentials.RoleArn
};
struct TaskStarted {
  TaskKind kind{};
  std::string resource;
  std::optional<std::string> worker_name;
};
struct TaskSubmitted {
  std::string resource;
  Payload output;
};  // .sync and .waitForTaskToken: the service took it
struct TaskSucceeded {
  TaskKind kind{};
  std::string resource;
  Payload output;
};
struct TaskFailed {
  TaskKind kind{};
  std::string resource;
  StateError error;
};
struct TaskSubmitFailed {
  std::string resource;
  StateError error;
};  // .sync and .waitForTaskToken: the service did not take it
struct TaskTimedOut {
  TaskKind kind{};
  std::string resource;
  StateError error;
};
struct HeartbeatReceived {};  // private
// Private: whoever has the token was faster than the service, which has yet to say that it took the
// task. The answer counts then.
struct TokenAnswered {
  std::optional<Payload> output;  // nullopt: the task has failed
  StateError error;
};
struct WaitScheduled {
  Timestamp due;
};  // private: when the Wait of this scope ends
// Private: the state of this scope starts again at `due`, because Retrier number `retrier` took the
// error.
struct RetryScheduled {
  int retrier = 0;
  Timestamp due;
  StateError error;
};

struct ParallelStarted {
  Payload input;
};  // private part: what every branch gets
struct ParallelSucceeded {};
struct ParallelFailed {};
struct MapStarted {
  std::int64_t length = 0;
  Payload items;
};  // private part: the items
struct MapSucceeded {};
struct MapFailed {};
// `scope` of the event is the Map's own; `child` is the iteration's new scope. `input` (private
// part) is what it gets.
struct IterationStarted {
  std::string name;
  std::int64_t index = 0;
  ScopeId child = 0;
  Payload input;
};
struct IterationSucceeded {
  std::string name;
  std::int64_t index = 0;
};
struct IterationFailed {
  std::string name;
  std::int64_t index = 0;
};
struct IterationAborted {
  std::string name;
  std::int64_t index = 0;
};

// The children of a Distributed Map are executions of their own; here stands only that they run.
struct MapRunStarted {
  std::string map_run;  // its ARN
  Payload settings;     // private part: MapRunSettings as JSON
};
struct MapRunSucceeded {};
struct MapRunFailed {
  StateError error;
};
struct MapRunAborted {};
// The run of before goes on, with the children that were not successful or never began.
struct MapRunRedriven {
  std::string map_run;  // its ARN
  int redrive_count = 0;
};

struct EvaluationFailed {
  StateError error;
  std::string state;
};  // JSONata only; the location is in the error

using Fact = std::variant<ExecutionStarted,
                          ExecutionSucceeded,
                          ExecutionFailed,
                          ExecutionAborted,
                          ExecutionTimedOut,
                          ExecutionRedriven,
                          StateEntered,
                          StateExited,
                          StateAborted,
                          TaskScheduled,
                          TaskStarted,
                          TaskSubmitted,
                          TaskSucceeded,
                          TaskFailed,
                          TaskTimedOut,
                          HeartbeatReceived,
                          WaitScheduled,
                          RetryScheduled,
                          ParallelStarted,
                          ParallelSucceeded,
                          ParallelFailed,
                          MapStarted,
                          MapSucceeded,
                          MapFailed,
                          IterationStarted,
                          IterationSucceeded,
                          IterationFailed,
                          IterationAborted,
                          EvaluationFailed,
                          MapRunStarted,
                          MapRunSucceeded,
                          MapRunFailed,
                          MapRunAborted,
                          ExecutionForked,
                          MapRunRedriven,
                          TokenAnswered,
                          TaskSubmitFailed>;

// True for the facts that only Pawl records.
bool is_private(const Fact& fact);
// "TaskStateEntered", "LambdaFunctionScheduled", "MapIterationStarted"; private ones have a name
// too ("RetryScheduled").
std::string_view event_type(const Fact& fact);

struct Event {
  Sequence sequence = 0;
  EventId id = 0;  // 0 for private facts
  EventId previous =
      0;  // AWS's previousEventId: the cause, along the chain of one branch or iteration
  Timestamp at{};
  ScopeId scope = 0;
  Fact what;
};

}  // namespace pawl::states
