// Step Functions on the port: its AWS protocol, the REST API under /api/v1, /healthz, /readyz and
// /metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/api/api.h"
#include "engine/api/event_counts.h"
#include "engine/api/metrics.h"
#include "engine/api/worker_pool.h"
#include "engine/http/aws_json.h"
#include "engine/http/message.h"

namespace pawl::engine {

class Rest;

// Thread-safe.
class ApiService {
 public:
  // REQUIRES: what the dependencies name, the workers and the metrics outlive it.
  ApiService(ApiDependencies dependencies, ApiConfig config, WorkerPool& workers, Metrics& metrics);
  ~ApiService();

  // Whether handle() knows the request; for the router.
  bool serves(const HttpRequest& request) const;
  // What a request that it serves wants its caller to be allowed.
  Access access(const HttpRequest& request) const;
  // May block on the disk: call it on a worker.
  void handle(HttpRequest request, Responder respond);

  // A small request of AWS's protocol: what it wants can be told at once, and often done.
  bool serves_at_once(const HttpRequest& request) const;
  // Does not block: what may block goes to a worker.
  void handle_at_once(HttpRequest request, Responder respond);

  const JsonService& actions() const { return actions_; }
  // From now on the schedules fire, where there are any.
  void begin_schedules();
  // StartExecution for a task of `parent`.
  void start_nested(const std::string& parent, asl::Json request, ActionReply reply);

 private:
  HttpResponse ready();
  HttpResponse metrics_page();
  std::int64_t running();
  std::string journal_bytes_text();
  std::string schedule_lag_text() const;

  Api api_;
  JsonService actions_;
  WorkerPool& workers_;
  Metrics& metrics_;
  EventCounts counts_;
  std::unique_ptr<Rest> rest_;
  std::mutex running_mutex_;
  std::optional<std::chrono::steady_clock::time_point> counted_at_;
  std::int64_t running_ = 0;
  std::uint64_t listener_ = 0;
};

}  // namespace pawl::engine
