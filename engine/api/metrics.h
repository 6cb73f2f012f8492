// Counters in the text format of Prometheus. Labels come from short, fixed lists: never from
// executions or clients.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::engine {

// Thread-safe.
class Metrics {
 public:
  // `labels` as they are written: route="states",code="200". `help` is kept from the first call.
  void add(const std::string& name, const std::string& labels, const std::string& help) {
    ++counter(name, labels, help);
  }
  // The same counter each time, to be counted up by who keeps it. It lives as long as this.
  using Counter = std::atomic<std::uint64_t>;
  Counter& counter(const std::string& name, const std::string& labels, const std::string& help);
  std::string text() const;

 private:
  struct Family {
    std::string help;
    std::map<std::string, Counter> values;  // by labels
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

// How long something takes, in buckets. Thread-safe.
class DurationHistogram {
 public:
  void observe(std::int64_t ms);
  std::string text(std::string_view name, std::string_view help) const;

 private:
  // Upper bounds, from 10 ms to a day; the last is without end.
  static constexpr std::array<std::int64_t, 12> kBoundsMs = {10,
                                                             100,
                                                             1'000,
                                                             5'000,
                                                             10'000,
                                                             30'000,
                                                             60'000,
                                                             300'000,
                                                             900'000,
                                                             3'600'000,
                                                             21'600'000,
                                                             86'400'000};
  std::array<std::atomic<std::uint64_t>, kBoundsMs.size() + 1> counts_{};
  std::atomic<std::int64_t> sum_ms_ = 0;
};

// A summary without quantiles: how often, and how many seconds in all.
std::string summary_text(std::string_view name,
                         std::string_view help,
                         std::uint64_t count,
                         double seconds);
std::string counter_text(std::string_view name, std::string_view help, std::uint64_t value);

// A gauge in seconds.
std::string seconds_text(std::string_view name, std::string_view help, std::int64_t ms);

// One sample of a gauge, with its HELP and TYPE lines.
std::string gauge_text(std::string_view name,
                       std::string_view labels,
                       std::string_view help,
                       std::int64_t value);
// Several of one gauge, by their labels; none: its HELP and TYPE lines alone.
std::string gauge_text(std::string_view name,
                       const std::vector<std::pair<std::string, std::int64_t>>& samples,
                       std::string_view help);

}  // namespace pawl::engine
