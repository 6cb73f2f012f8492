// The engine as the API, the CLI and nested executions see it. Everything is asynchronous:
// callbacks run on the runtime's thread, of EXPRESS executions also on that of the caller of
// start() (they must not block), after what they report is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "asl/definition.h"
#include "engine/runtime/world.h"
#include "engine/store/journal.h"
#include "states/execution.h"
#include "states/fork.h"
#include "states/step.h"

namespace pawl::engine {

// Why something was not done; `kUnavailable`: the journal cannot write (disk full, I/O error):
// nothing was shown or lost.
enum class EngineError {
  kAlreadyExists,
  kDoesNotExist,
  kNotRunning,
  kTaskGone,
  kInvalidToken,
  kUnavailable
};

// Begins an execution with the past of another (states/fork.h).
struct ForkRequest {
  ForkOrigin origin;
  states::ForkPlan plan;
  states::Fork fork;
};

struct StartRequest {
  states::ExecutionInfo info;         // arn, name ... ; start_time is set by the engine
  std::int64_t machine_revision = 0;  // store key of the definition it runs with (catalog)
  std::shared_ptr<const asl::StateMachine> machine;
  std::optional<std::string> version_arn;
  std::optional<std::string> alias_arn;
  asl::Payload input;
  std::optional<MapChild> map_child;
  std::shared_ptr<const ForkRequest> fork = nullptr;     // then `input` counts for nothing
  std::optional<std::string> parent_arn = std::nullopt;  // the execution whose task starts it
  Labels labels = {};                                    // of EXPRESS executions none is kept
  // Runs once when the execution has ended; does not survive a restart (watch() again then). The
  // only way to learn the end of an EXPRESS execution, which the journal does not hold.
  std::function<void(const states::Outcome&)> ended = nullptr;
};
struct Started {
  std::string execution_arn;
  Timestamp start_time{};
  bool already_running = false;  // same name and input: AWS answers the first start again
  ExecutionKey key = 0;
};

// Why an execution cannot be redriven, in AWS's words.
struct NotRedrivable {
  std::string reason;
};
using RedriveDone = std::function<void(std::variant<Timestamp, NotRedrivable, EngineError>)>;

// What became durable at once. Borrowed for the time of the call.
struct Recorded {
  const states::ExecutionInfo& info;
  std::int64_t machine_revision = 0;
  std::span<const states::Event> events;
};

// Thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;

  // A fork whose name is taken is refused, whatever has the name. REQUIRES: no fork is EXPRESS.
  // An EXPRESS execution runs in memory: nothing of it is kept, but for a child of a Map Run, of
  // which input and outcome are kept once it has ended. In real time it begins before start()
  // returns; when it has ended by then, `done` and `ended` have been called, on the caller's
  // thread.
  virtual void start(StartRequest request,
                     std::function<void(std::variant<Started, EngineError>)> done) = 0;
  virtual void stop(const std::string& execution_arn,
                    StateError error,
                    std::function<void(std::variant<Timestamp, EngineError>)> done) = 0;

  // The same by key; reaches EXPRESS executions too.
  virtual void stop(ExecutionKey key,
                    StateError error,
                    std::function<void(std::variant<Timestamp, EngineError>)> done) = 0;

  // Opens an execution that has ended without success again, and goes on where it was. The time of
  // the redrive, or of the one that a recent request with the same token has made. kDoesNotExist,
  // also for EXPRESS; kUnavailable: the disk did not take it.
  virtual void redrive(const std::string& execution_arn,
                       std::optional<std::string> client_token,
                       RedriveDone done) = 0;
  // Of a child of a Map Run, by this redrive of the run.
  virtual void redrive(ExecutionKey child, std::int64_t map_run_redrive, RedriveDone done) = 0;

  // SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat. kInvalidToken: never issued by this
  // engine; kTaskGone: it was, but nothing waits for it any more (AWS: TaskTimedOut).
  using TokenDone = std::function<void(std::optional<EngineError>)>;
  virtual bool has_issued(const std::string& token) const = 0;
  virtual void task_succeeded(const std::string& token, Payload output, TokenDone done) = 0;
  virtual void task_failed(const std::string& token, StateError error, TokenDone done) = 0;
  virtual void task_heartbeat(const std::string& token, TokenDone done) = 0;

  // `ended` runs once when the execution has ended, at once if it has already; for .sync nested
  // executions and waiting clients. Returns an id for unwatch().
  virtual std::uint64_t watch(const std::string& execution_arn,
                              std::function<void(const states::Outcome&)> ended) = 0;
  virtual void unwatch(std::uint64_t id) = 0;
  // Every event that became durable, in order, of one execution (or of all, with an empty ARN):
  // live views. Events from before the call are not repeated. The callback runs on whichever
  // thread made the step, of several executions on several at once, and starts and listens to none.
  using OnRecorded = std::function<void(const Recorded&)>;
  virtual std::uint64_t listen(const std::string& execution_arn, OnRecorded on_recorded) = 0;
  // The callback is not running when this returns, unless it is the caller.
  virtual void unlisten(std::uint64_t id) = 0;

  struct Readiness {
    bool ready = false;
    std::int64_t recovered = 0;  // open executions back in service
    std::int64_t to_recover = 0;
    std::int64_t recovery_ms = 0;  // that it took; so far, when it is not ready
    std::string problem;           // why it is not ready; empty when it is
  };
  virtual Readiness readiness() = 0;
};

}  // namespace pawl::engine
