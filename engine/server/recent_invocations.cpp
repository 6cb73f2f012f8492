#include "engine/server/recent_invocations.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace pawl::engine {

namespace {

using asl::Json;

Json view_of(const Invocation& invocation) {
  Json view = {{"at", asl::format_timestamp(invocation.at)},
               {"status", invocation.status},
               {"durationMs", invocation.duration_ms},
               {"requestId", invocation.request_id},
               {"requestBytes", invocation.request_bytes},
               {"responseBytes", invocation.response_bytes}};
  if (!invocation.variant.empty()) view["variant"] = invocation.variant;
  if (!invocation.content_type.empty()) view["contentType"] = invocation.content_type;
  return view;
}

// The nearest rank. REQUIRES: `sorted` is not empty.
double percentile(const std::vector<double>& sorted, double percent) {
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace

void RecentInvocations::add(const std::string& endpoint, Invocation invocation) {
  const std::lock_guard lock(mutex_);
  if (!endpoints_.contains(endpoint) && endpoints_.size() == kEndpointsMax) {
    endpoints_.erase(std::min_element(
        endpoints_.begin(), endpoints_.end(), [](const auto& one, const auto& other) {
          return one.second.use < other.second.use;
        }));
  }
  Kept& kept = endpoints_[endpoint];
  kept.use = ++uses_;
  kept.invocations.push_back(std::move(invocation));
  if (kept.invocations.size() > kKeptMax) kept.invocations.pop_front();
}

Json RecentInvocations::of(const std::string& endpoint) const {
  Json answer = {{"items", Json::array()}, {"kept", kKeptMax}, {"errors", 0}};
  const std::lock_guard lock(mutex_);
  const auto found = endpoints_.find(endpoint);
  if (found == endpoints_.end()) return answer;
  std::vector<double> times;
  int errors = 0;
  const auto& invocations = found->second.invocations;
  for (auto each = invocations.rbegin(); each != invocations.rend(); ++each) {
    answer["items"].push_back(view_of(*each));
    times.push_back(each->duration_ms);
    if (each->status >= 400) ++errors;
  }
  std::sort(times.begin(), times.end());
  answer["errors"] = errors;
  answer["p50Ms"] = percentile(times, 50);
  answer["p95Ms"] = percentile(times, 95);
  answer["p99Ms"] = percentile(times, 99);
  return answer;
}

}  // namespace pawl::engine
