// How long endpoints take to answer, for /metrics.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace pawl::engine {

// Thread-safe. As many endpoints as there is room for are told apart; the rest are "other", and so
// are names that no endpoint has answered to: labels do not grow with what clients ask for.
class InvocationTimes {
 public:
  static constexpr std::size_t kEndpointsMax = 50;
  static constexpr int kRefused = 400;  // among others of names that are no endpoints'

  void observe(const std::string& endpoint, int status, std::chrono::nanoseconds time);
  std::string text() const;  // pawl_endpoint_request_duration_seconds; empty without requests

 private:
  // Upper bounds; the last is without end. [aws] A model has 60 seconds.
  static constexpr std::array<double, 11> kBounds = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 5, 15, 60};
  struct Times {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};
    double sum = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::string, std::map<int, Times>> endpoints_;  // by name and status
};

}  // namespace pawl::engine
