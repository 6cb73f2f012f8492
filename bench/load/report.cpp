#include "bench/load/report.h"

#include <algorithm>
#include <cmath>
#include <iomanip>

namespace pawl::load {

namespace {

constexpr double kWidth = 1.02;
constexpr std::size_t kFailuresMax = 300;

double ms(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

int bucket_of(Duration took) {
  return static_cast<int>(std::log(std::max(ms(took), 0.001)) / std::log(kWidth));
}

}  // namespace

void Report::answered(const std::string& label, Duration took) {
  ++answers_;
  for (Kind* kind : {&kinds_[label], &all_}) {
    ++kind->count;
    ++kind->took[bucket_of(took)];
    kind->longest = std::max(kind->longest, took);
  }
}

void Report::failed(const std::string& label, const std::string& what) {
  ++errors_;
  if (failures_.size() < kFailuresMax) ++failures_[label + ": " + what];
}

double Report::percentile(const Kind& kind, double share) {
  auto left = static_cast<std::int64_t>(static_cast<double>(kind.count) * share);
  for (const auto& [bucket, count] : kind.took) {
    left -= static_cast<std::int64_t>(count);
    if (left < 0) return std::pow(kWidth, bucket + 1);
  }
  return ms(kind.longest);
}

void Report::print(std::ostream& out, const std::string& label, const Kind& kind, double seconds) {
  out << std::left << std::setw(32) << label << std::right << std::fixed << std::setprecision(1)
      << std::setw(10) << kind.count << std::setw(10) << static_cast<double>(kind.count) / seconds
      << std::setw(10) << percentile(kind, 0.5) << std::setw(10) << percentile(kind, 0.99)
      << std::setw(10) << ms(kind.longest) << "\n";
}

void Report::print(std::ostream& out, double seconds) const {
  out << std::left << std::setw(32) << "request" << std::right << std::setw(10) << "answers"
      << std::setw(10) << "per s" << std::setw(10) << "p50 ms" << std::setw(10) << "p99 ms"
      << std::setw(10) << "max ms"
      << "\n";
  for (const auto& [label, kind] : kinds_) print(out, label, kind, seconds);
  print(out, "all", all_, seconds);
  out << "errors: " << errors_ << "\n";
  for (const auto& [what, count] : failures_) out << "  " << count << "x " << what << "\n";
}

}  // namespace pawl::load
