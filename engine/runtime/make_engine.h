// Makes an Engine: with threads of its own, or driven by its owner (tests, simulation, virtual
// time).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "asl/entropy.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/world.h"
#include "engine/store/store.h"
#include "states/step.h"

namespace pawl::engine {

class MapRuns;       // engine/runtime/map_runs.h
struct VirtualTime;  // engine/runtime/virtual_clock.h

struct EngineOptions {
  Store& store;  // these three outlive the engine
  Connectors& connectors;
  Clock& clock;
  std::function<std::unique_ptr<asl::Entropy>()> make_entropy =
      nullptr;  // one for each thread that decides; null: the system's
  states::Limits limits = {};
  MapRuns* map_runs = nullptr;           // null: Distributed Maps fail
  int shards = 1;                        // threads that share the executions
  std::int64_t evict_after_ms = 30'000;  // an execution that only waits leaves memory after this
  std::size_t live_max = 10'000;         // executions in memory, of each shard
  // Not null: `clock` is its clock, and jumps; nothing sleeps in the store then.
  const VirtualTime* virtual_time = nullptr;
  // Runs what it is given, now and on this thread: a moment's work, in which many may be answered.
  std::function<void(const std::function<void()>&)> together = nullptr;
};

// Recovers what the store holds as soon as it is made, while it answers.
std::unique_ptr<Engine> make_engine(EngineOptions options);

// An engine without threads. Nothing happens but in run().
class DrivenEngine : public Engine {
 public:
  // Does all that can be done at the clock's present time; returns whether there was anything.
  virtual bool run() = 0;
  // When the next timer is due.
  virtual std::optional<Timestamp> next_due() = 0;
  // Executions held in memory; the others wait in the store.
  virtual std::size_t live_count() = 0;
};
std::unique_ptr<DrivenEngine> make_driven_engine(EngineOptions options);

}  // namespace pawl::engine
