// What the load has seen, by kind of request.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace pawl::load {

using Duration = std::chrono::steady_clock::duration;

// One thread.
class Report {
 public:
  void answered(const std::string& label, Duration took);
  // `what`: the status and the beginning of the body, or why the connection broke.
  void failed(const std::string& label, const std::string& what);
  std::uint64_t errors() const { return errors_; }
  std::uint64_t answers() const { return answers_; }
  // A line for each kind, then all, then what the errors were.
  void print(std::ostream& out, double seconds) const;

 private:
  struct Kind {
    std::uint64_t count = 0;
    std::map<int, std::uint64_t> took;  // by logarithm: 2 % wide
    Duration longest{};
  };
  static double percentile(const Kind& kind, double share);
  static void print(std::ostream& out, const std::string& label, const Kind& kind, double seconds);

  std::map<std::string, Kind> kinds_;
  Kind all_;
  std::map<std::string, std::uint64_t> failures_;  // the first few hundred different ones
  std::uint64_t errors_ = 0;
  std::uint64_t answers_ = 0;
};

}  // namespace pawl::load
