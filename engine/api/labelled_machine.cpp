#include "engine/api/labelled_machine.h"

#include "asl/submachine.h"
#include "asl/text.h"

namespace pawl::engine {
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

}  // namespace

std::optional<std::string> labelled_definition(Api& api,
                                               const MachineRow& row,
                                               const std::string& label) {
  const auto machine = api.definitions.of(row);
  const asl::State* map = machine ? asl::map_labelled(*machine, label) : nullptr;
  if (map == nullptr) return std::nullopt;
  const Json whole = Json::parse(row.definition);
  const Json* processor = processor_of(whole, map->name);
  if (processor == nullptr) return std::nullopt;
  return asl::to_text(*processor);
}

}  // namespace pawl::engine
