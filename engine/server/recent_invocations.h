// What endpoints were asked last, for people who look at one.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "asl/json.h"
#include "asl/timestamp.h"

namespace pawl::engine {

struct Invocation {
  asl::Timestamp at{};  // when it was asked
  int status = 0;
  double duration_ms = 0;
  std::string variant;       // that answered; empty: none did
  std::string request_id;    // of the answer
  std::string content_type;  // of the request
  std::uint64_t request_bytes = 0;
  std::uint64_t response_bytes = 0;
};

// The last hundred of each endpoint, of the fifty endpoints that were asked last; in memory alone,
// and no bodies. Thread-safe.
class RecentInvocations {
 public:
  static constexpr std::size_t kKeptMax = 100;
  static constexpr std::size_t kEndpointsMax = 50;

  void add(const std::string& endpoint, Invocation invocation);
  // {"items": newest first, "kept": 100, "errors", "p50Ms", "p95Ms", "p99Ms": of these items}
  asl::Json of(const std::string& endpoint) const;

 private:
  struct Kept {
    std::deque<Invocation> invocations;  // oldest first
    std::uint64_t use = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Kept> endpoints_;
  std::uint64_t uses_ = 0;
};

}  // namespace pawl::engine
