// EXPRESS executions: the same machine, and the same outside world, without the journal. Decisions
// take effect at once. [aws] They last five minutes at most, and what is lost in a crash is started
// again by whoever asked for it.
//
// Nobody else knows of an execution that begins, so the thread which asks for it makes its first
// step. Many have ended then; what is left goes on in a shard (express.cpp).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "engine/runtime/listeners.h"
#include "engine/runtime/make_engine.h"
#include "engine/runtime/token.h"

namespace pawl::engine {

// What a request says of the execution, as the store keeps it.
NewExecution asked_for_by(StartRequest request);

// [aws] The history of an EXPRESS execution is not bounded.
states::Limits express_limits(states::Limits limits);

std::unique_ptr<asl::Entropy> entropy_of(const EngineOptions& options);

using StartDone = std::function<void(std::variant<Started, EngineError>)>;

// After the first step, whose events were told.
struct ExpressBegun {
  StartRequest request;
  StartDone done;  // not called yet
  states::Execution execution;
  states::Step step;
};

// Thread-safe.
class ExpressStart {
 public:
  // REQUIRES: what the options name, the tokens and the listeners outlive it.
  ExpressStart(const EngineOptions& options, const Tokens& tokens, Listeners& listeners);

  // Calls `done` and `request.ended` when it has ended; else returns what has to go on.
  std::optional<ExpressBegun> begin(ExecutionKey key, StartRequest request, StartDone done);

 private:
  states::Step first_step(ExecutionKey key, const StartRequest& request, states::Execution& of);

  Clock& clock_;
  const states::Limits limits_;
  const Tokens& tokens_;
  Listeners& listeners_;
  const std::function<std::unique_ptr<asl::Entropy>()> make_entropy_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<asl::Entropy>> entropies_;  // that no thread uses now
};

}  // namespace pawl::engine
