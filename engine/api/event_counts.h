// What /metrics tells of executions: how many began, of which state machine, which states they
// entered, how their tasks and they themselves ended.
#pragma once

#include <array>

#include "asl/definition.h"
#include "engine/api/capped_rows.h"
#include "engine/api/metrics.h"
#include "engine/runtime/engine.h"
#include "states/event.h"
#include "states/execution.h"

namespace pawl::engine {

// Thread-safe.
class EventCounts {
 public:
  // REQUIRES: the metrics outlive it.
  explicit EventCounts(Metrics& metrics);

  void count(const Recorded& recorded);
  // Of executions that have ended, in the format of Prometheus.
  std::string durations_text() const;

 private:
  template <class Enum, Enum last>
  using CounterOf = std::array<Metrics::Counter*, static_cast<std::size_t>(last) + 1>;

  struct OfMachine {
    Metrics::Counter* started = nullptr;
    CounterOf<states::Status, states::Status::kAborted> ended{};  // none of RUNNING
  };
  struct OfResource {
    Metrics::Counter* succeeded = nullptr;
    Metrics::Counter* failed = nullptr;
    Metrics::Counter* timed_out = nullptr;
  };

  void count(const states::ExecutionInfo& info, const states::Fact& fact);
  bool count_attempt(const states::Fact& fact);

  Metrics::Counter& forked_;
  Metrics::Counter& redriven_;
  CounterOf<asl::StateType, asl::StateType::kMap> entered_{};
  CappedRows<OfMachine> machines_;
  CappedRows<OfResource> resources_;
  DurationHistogram durations_;
};

}  // namespace pawl::engine
