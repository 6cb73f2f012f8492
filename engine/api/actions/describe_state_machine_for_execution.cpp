#include "asl/submachine.h"
#include "asl/text.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// The Map's processor as it stands in the definition; null when it is not in `graph`.
const Json* processor_of(const Json& graph, const std::string& map) {
  const auto states = graph.find("States");
  if (states == graph.end()) return nullptr;
  for (const auto& [name, state] : states->items()) {
    for (const char* member : {"ItemProcessor", "Iterator"}) {
      const auto processor = state.find(member);
      if (processor == state.end()) continue;
      if (name == map) return &*processor;
      if (const Json* inner = processor_of(*processor, map)) return inner;
    }
    const auto branches = state.find("Branches");
    if (branches == state.end()) continue;
    for (const Json& branch : *branches) {
      if (const Json* inner = processor_of(branch, map)) return inner;
    }
  }
  return nullptr;
}

// [aws] Of a child: what it runs, and the Map Run that started it.
void become_child(Api& api, const ExecutionRow& execution, Json& body) {
  const states::ExecutionInfo& info = execution.what.info;
  const auto run = api.store.map_runs().find(execution.what.map_child->run);
  const std::string label = parse_arn(info.state_machine_arn).label;
  body["stateMachineArn"] = info.state_machine_arn;
  body["name"] = info.state_machine_name;
  body["label"] = label;
  if (run) body["mapRunArn"] = run->arn;
  const auto row = api.store.catalog().find_revision(execution.what.machine_revision);
  const auto machine = row ? api.definitions.of(*row) : nullptr;
  const asl::State* map = machine ? asl::map_labelled(*machine, label) : nullptr;
  if (map == nullptr || !body.contains("definition")) return;
  const Json whole = Json::parse(row->definition);
  if (const Json* processor = processor_of(whole, map->name)) {
    body["definition"] = asl::to_text(*processor);
  }
}

Json describe_machine_of_run(Api& api, const Json& request) {
  const std::string arn = text_of(request, "executionArn");
  const ExecutionRow execution = require_execution(api, arn);
  // The revision it runs with, whatever became of the machine.
  const auto row = api.store.catalog().find_revision(execution.what.machine_revision);
  if (!row) throw execution_does_not_exist(arn);
  Json body = machine_body(api, *row, request);
  if (execution.what.map_child) become_child(api, execution, body);
  body["updateDate"] = epoch_seconds(row->updated_at);
  return body;
}

}  // namespace

Action describe_state_machine_for_execution(Api& api) {
  return {"DescribeStateMachineForExecution",
          Scope::kRead,
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("includedData", shapes::included_data())}),
          direct([&api](const Json& request) { return describe_machine_of_run(api, request); })};
}

}  // namespace pawl::engine::actions
