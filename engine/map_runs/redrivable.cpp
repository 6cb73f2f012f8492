#include "engine/map_runs/redrivable.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kUnsuccessfulPerRead = 1'000;

}  // namespace

std::optional<std::string> why_not_redrivable(const MapRunTable::Unsuccessful& child,
                                              asl::Timestamp now,
                                              const states::Limits& limits) {
  // [aws] "Unsuccessful executions can always be redriven. This is because Express child workflow
  // executions are always started as a new execution".
  if (child.type == asl::MachineType::kExpress) return std::nullopt;
  const states::LastEnd end{
      child.child.status, child.last_event, child.started_at, child.stopped_at};
  return states::why_not_redrivable(end, now, limits);
}

std::optional<std::string> why_not_redrivable(const MapRunTable::Result& child,
                                              asl::Timestamp now,
                                              const states::Limits& limits) {
  const ExecutionRow& row = child.row;
  const states::ExecutionInfo& info = row.what.info;
  if (info.type == asl::MachineType::kExpress && row.status != states::Status::kSucceeded) {
    return std::nullopt;
  }
  const states::LastEnd end{
      row.status, child.last_event, info.start_time, row.stopped_at.value_or(now)};
  return states::why_not_redrivable(end, now, limits);
}

MapRunTable::Count failures_not_redrivable(MapRunTable& table,
                                           std::int64_t run,
                                           asl::Timestamp now,
                                           const states::Limits& limits) {
  MapRunTable::Count out;
  for (std::int64_t from = 0;;) {
    const auto page = table.unsuccessful(run, from, kUnsuccessfulPerRead);
    for (const MapRunTable::Unsuccessful& child : page) {
      from = child.child.first_item + 1;
      if (!why_not_redrivable(child, now, limits)) continue;
      ++out.executions;
      out.items += child.child.items;
    }
    if (page.size() < kUnsuccessfulPerRead) return out;
  }
}

}  // namespace pawl::engine
