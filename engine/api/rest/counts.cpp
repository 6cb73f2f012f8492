// How many executions are in which status.
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

void count_executions(const RestCall& call) {
  if (call.request->query_value("groupBy").value_or("status") != "status") {
    throw bad_field("?groupBy", "status is expected");
  }
  std::optional<std::string> machine = call.request->query_value("stateMachine");
  if (machine && !machine->starts_with("arn:")) {
    machine = state_machine_arn(call.api.config.arns, *machine);
  }
  const auto counted = call.api.store.journal().count(machine);
  Json counts = Json::object();
  std::int64_t total = 0;
  for (const auto status : {states::Status::kRunning,
                            states::Status::kSucceeded,
                            states::Status::kFailed,
                            states::Status::kTimedOut,
                            states::Status::kAborted}) {
    const auto found = counted.find(status);
    const std::int64_t count = found == counted.end() ? 0 : found->second;
    counts[std::string(states::to_string(status))] = count;
    total += count;
  }
  answer_json(call, 200, {{"counts", std::move(counts)}, {"total", total}});
}

}  // namespace pawl::engine::rest
