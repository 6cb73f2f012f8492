// What /metrics tells of executions: how many began, how many states they entered, how they ended.
#pragma once

#include <array>

#include "asl/definition.h"
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
  void count(const states::Fact& fact);

  template <class Enum, Enum last>
  using CounterOf = std::array<Metrics::Counter*, static_cast<std::size_t>(last) + 1>;

  Metrics::Counter& started_;
  Metrics::Counter& forked_;
  Metrics::Counter& redriven_;
  CounterOf<asl::StateType, asl::StateType::kMap> entered_{};
  CounterOf<states::Status, states::Status::kAborted> ended_{};
  DurationHistogram durations_;
};

}  // namespace pawl::engine
