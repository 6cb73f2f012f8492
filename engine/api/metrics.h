// Counters in the text format of Prometheus. Labels come from short, fixed lists: never from
// executions or clients.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

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

// A summary without quantiles: how often, and how many seconds in all.
std::string summary_text(std::string_view name,
                         std::string_view help,
                         std::uint64_t count,
                         double seconds);
std::string counter_text(std::string_view name, std::string_view help, std::uint64_t value);

// One sample of a gauge, with its HELP and TYPE lines.
std::string gauge_text(std::string_view name,
                       std::string_view labels,
                       std::string_view help,
                       std::int64_t value);

}  // namespace pawl::engine
