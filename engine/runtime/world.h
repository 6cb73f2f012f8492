// The seams of the runtime: time, randomness, the journal and the outside world, each of which a
// test can own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "asl/entropy.h"
#include "asl/result.h"
#include "asl/timestamp.h"
#include "states/effect.h"

namespace pawl::engine {

using asl::Payload;
using asl::StateError;
using asl::Timestamp;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
};

// Where a connector reports. Thread-safe; every call becomes a stimulus of the execution. After the
// first succeeded() or failed() the others do nothing.
class TaskReply {
 public:
  virtual ~TaskReply() = default;
  virtual void started(std::optional<std::string> worker_name) = 0;  // activities only
  virtual void submitted(Payload output) = 0;
  virtual void succeeded(Payload output) = 0;
  virtual void failed(StateError error) = 0;
};

// What TestState's TRACE wants of an HTTP Task: its request and response, before its end is
// reported.
struct ExchangeWatch {
  bool reveals_secrets = false;
  std::function<void(asl::Json exchange)> tell;  // {"request": {...}, "response": {...}}
};

// One call of the outside world. The idempotency token tells the same work, whatever crashed in
// between; `execution_arn` and `task.work` name it while it lasts.
struct TaskCall {
  std::string execution_arn;
  std::string execution_name;
  std::string state_machine_arn;
  states::CallTask task;
  std::optional<ExchangeWatch> watch = std::nullopt;  // of tests only
  // Of an EXPRESS child of a Map Run, whose work is counted from 1 again each time that it is run:
  // in which redrive of the run.
  std::int64_t redrive = 0;
  std::optional<std::string> trace_header = std::nullopt;  // AWS X-Ray's, of the execution

  std::string work_name() const { return execution_arn + "#" + std::to_string(task.work); }
  std::string idempotency_token() const {
    return redrive == 0 ? work_name() : work_name() + "@" + std::to_string(redrive);
  }
};

// The outside world of Task states, behind one door. Thread-safe; must not block the caller.
class Connectors {
 public:
  virtual ~Connectors() = default;
  virtual void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) = 0;
  // Best effort, as AWS: stops a .sync job, takes an activity task back. Unknown work: no effect.
  virtual void cancel(const std::string& execution_arn, states::WorkId work) = 0;
};

}  // namespace pawl::engine
