#include "engine/server/invocation_times.h"

#include <algorithm>
#include <sstream>

namespace pawl::engine {

namespace {

constexpr const char* kName = "pawl_endpoint_request_duration_seconds";
constexpr const char* kOther = "other";

std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

void InvocationTimes::observe(const std::string& endpoint,
                              int status,
                              std::chrono::nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  const std::lock_guard lock(mutex_);
  const bool is_known = endpoints_.contains(endpoint);
  const bool has_room = status != kRefused && endpoints_.size() < kEndpointsMax;
  Times& times = endpoints_[is_known || has_room ? endpoint : kOther][status];
  ++times.counts[static_cast<std::size_t>(bound - kBounds.begin())];
  times.sum += seconds;
}

// [spec] Each bucket counts those below it too.
std::string InvocationTimes::text() const {
  const std::lock_guard lock(mutex_);
  if (endpoints_.empty()) return "";
  std::ostringstream text;
  text << "# HELP " << kName << " From an invocation to its answer, by endpoint and status.\n"
       << "# TYPE " << kName << " histogram\n";
  for (const auto& [endpoint, statuses] : endpoints_) {
    for (const auto& [status, times] : statuses) {
      const std::string labels =
          "endpoint=\"" + endpoint + "\",code=\"" + std::to_string(status) + "\"";
      std::uint64_t count = 0;
      for (std::size_t i = 0; i < times.counts.size(); ++i) {
        count += times.counts[i];
        text << kName << "_bucket{" << labels << ",le=\""
             << (i < kBounds.size() ? number(kBounds[i]) : "+Inf") << "\"} " << count << "\n";
      }
      text << kName << "_sum{" << labels << "} " << std::to_string(times.sum) << "\n"
           << kName << "_count{" << labels << "} " << count << "\n";
    }
  }
  return text.str();
}

}  // namespace pawl::engine
