// Sends a trace of each execution that has ended to an OpenTelemetry collector.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/http/client.h"
#include "engine/runtime/engine.h"
#include "engine/store/journal.h"
#include "engine/tracing/express_events.h"
#include "engine/tracing/settings.h"

namespace pawl::engine {

// Telemetry never stops work: what a collector does not take in time is dropped and counted; an
// execution that ends while the server dies has no trace. One thread of its own. Thread-safe.
class TraceExporter {
 public:
  struct Counters {
    std::atomic<std::uint64_t>& sent;     // spans
    std::atomic<std::uint64_t>& dropped;  // executions: no room, or the collector did not take them
  };

  // REQUIRES: all outlive it.
  TraceExporter(TraceSettings settings,
                Engine& engine,
                Journal& journal,
                HttpClient& client,
                Counters counters);
  // Sends what is queued, for two seconds at most.
  ~TraceExporter();

 private:
  enum class Answer { kTaken, kRefused, kLater };

  struct Ended {
    states::ExecutionInfo info;
    std::vector<states::Event> events;  // of an EXPRESS execution; else they are read later
  };

  void happened(const Recorded& recorded);
  void run();
  std::vector<Ended> take();
  std::vector<Span> spans_of_ended(const Ended& ended);
  bool send(const std::vector<Span>& spans);
  Answer post(const ClientRequest& request);
  bool wait(std::chrono::milliseconds time);  // false: it is over

  const TraceSettings settings_;
  Engine& engine_;
  Journal& journal_;
  HttpClient& client_;
  Counters counters_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Ended> queue_;
  ExpressEvents express_;
  bool is_over_ = false;
  std::chrono::steady_clock::time_point give_up_at_ = std::chrono::steady_clock::time_point::max();
  std::uint64_t listener_ = 0;
  std::thread thread_;
};

}  // namespace pawl::engine
