#include "engine/api/execution_history.h"

#include "asl/submachine.h"

namespace pawl::engine {

namespace {

std::shared_ptr<const asl::StateMachine> machine_of_revision(Api& api, std::int64_t revision) {
  const auto row = api.store.catalog().find_revision(revision);
  return row ? api.definitions.of(*row) : nullptr;
}

// Of a child of a Map Run, whose machine has a label: the Map's processor.
std::shared_ptr<const asl::StateMachine> machine_of_row(Api& api, const ExecutionRow& row) {
  const auto machine = machine_of_revision(api, row.what.machine_revision);
  const std::string& arn = row.what.info.state_machine_arn;
  const std::size_t slash = arn.rfind('/');
  if (!machine || slash == std::string::npos) return machine;
  const asl::State* map = asl::map_labelled(*machine, arn.substr(slash + 1));
  return map == nullptr ? nullptr : asl::submachine(*machine, *map);
}

}  // namespace

std::vector<states::Event> read_events(Api& api, const ExecutionRow& row) {
  constexpr std::size_t kPortion = 1000;
  std::vector<states::Event> events;
  for (;;) {
    auto portion = api.store.journal().read(
        row.key, events.empty() ? 1 : events.back().sequence + 1, kPortion);
    const bool is_last = portion.size() < kPortion;
    std::move(portion.begin(), portion.end(), std::back_inserter(events));
    if (is_last) return events;
  }
}

std::optional<states::History> read_history(Api& api, const ExecutionRow& row) {
  states::History history;
  for (const Inherited& each : row.inherited) {
    history.stretches.push_back({machine_of_revision(api, each.machine_revision), each.last});
  }
  history.stretches.push_back({machine_of_row(api, row), states::kToTheEnd});
  for (const states::Stretch& stretch : history.stretches) {
    if (!stretch.machine) return std::nullopt;
  }
  history.info = std::make_shared<const states::ExecutionInfo>(row.what.info);
  history.events = read_events(api, row);
  return history;
}

}  // namespace pawl::engine
