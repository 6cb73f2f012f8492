// How many executions started when, by status.
#include "engine/api/rest/problem.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::int64_t kBucketMs = 5LL * 60 * 1000;
constexpr std::int64_t kBuckets = 60;  // unless both ends are given
constexpr std::int64_t kBucketsMax = 1'000;

struct Range {
  std::int64_t bucket_ms = 0;
  asl::Timestamp from{};
  asl::Timestamp to{};
};

// Buckets begin at multiples of their length; both ends are moved outwards to one.
Range range_of(const RestCall& call) {
  Range range;
  range.bucket_ms = duration_in_query(call, "bucket").value_or(kBucketMs);
  const auto aligned = [&](std::int64_t ms) { return ms / range.bucket_ms * range.bucket_ms; };
  const asl::Timestamp end = time_in_query(call, "startedBefore").value_or(call.api.clock.now());
  range.to = {aligned(end.ms + range.bucket_ms)};
  range.from = {range.to.ms - kBuckets * range.bucket_ms};
  if (const auto start = time_in_query(call, "startedAfter")) range.from = {aligned(start->ms)};
  if (range.from >= range.to) throw bad_field("?startedAfter", "It is not before the end");
  if ((range.to.ms - range.from.ms) / range.bucket_ms > kBucketsMax) {
    throw bad_field("?bucket",
                    "That makes more than " + std::to_string(kBucketsMax) +
                        " buckets: a longer bucket or a shorter time is expected");
  }
  return range;
}

}  // namespace

void count_by_start(const RestCall& call) {
  const Range range = range_of(call);
  std::optional<std::string> machine = call.request->query_value("stateMachine");
  if (machine && !machine->starts_with("arn:")) {
    machine = state_machine_arn(call.api.config.arns, *machine);
  }
  Json buckets = Json::array();
  std::int64_t last = -1;
  const auto counts =
      call.api.store.journal().histogram(machine, range.from, range.to, range.bucket_ms);
  for (const Journal::BucketCount& each : counts) {
    if (each.bucket != last) {
      const asl::Timestamp start{range.from.ms + each.bucket * range.bucket_ms};
      buckets.push_back({{"startedAt", time_json(start)}, {"counts", Json::object()}});
      last = each.bucket;
    }
    buckets.back()["counts"][std::string(states::to_string(each.status))] = each.executions;
  }
  answer_json(call,
              200,
              {{"from", time_json(range.from)},
               {"to", time_json(range.to)},
               {"bucketMs", range.bucket_ms},
               {"buckets", std::move(buckets)}});
}

}  // namespace pawl::engine::rest
