// What the log at its level "debug" says of executions.
#pragma once

#include <cstdint>

#include "engine/runtime/engine.h"

namespace pawl::engine {

// A line when an execution starts and one when it ends, with the field "executionArn". No input and
// no output: logs go where those must not. Thread-safe.
class ExecutionLines {
 public:
  // REQUIRES: the engine outlives it.
  explicit ExecutionLines(Engine& engine);
  ~ExecutionLines();
  ExecutionLines(const ExecutionLines&) = delete;
  ExecutionLines& operator=(const ExecutionLines&) = delete;

 private:
  Engine& engine_;
  std::uint64_t listener_ = 0;
};

}  // namespace pawl::engine
