#include "asl/submachine.h"

#include <array>
#include <cstdint>
#include <vector>

namespace pawl::asl {
namespace {

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

// So that every bit of the text reaches every bit of the hash.
std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31U);
}

std::vector<GraphId> nested_graphs(const State& state) {
  if (const auto* parallel = std::get_if<Parallel>(&state.kind)) return parallel->branches;
  if (const auto* map = std::get_if<Map>(&state.kind)) return {map->processor};
  return {};
}

}  // namespace

std::string uuid_from(std::string_view text) {
  const std::array<std::uint64_t, 2> halves = {mixed(fnv1a(text, 0xcbf29ce484222325U)),
                                               mixed(fnv1a(text, 0x84222325cbf29ce4U))};
  std::string uuid;
  for (std::size_t digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) uuid += '-';
    uuid += "0123456789abcdef"[(halves.at(digit / 16) >> (60 - 4 * (digit % 16))) & 15U];
  }
  return uuid;
}

std::string label_of(const State& map) {
  const auto& label = std::get<Map>(map.kind).label;
  // [seen] AWS makes one up that has the form of a UUID.
  return label.empty() ? uuid_from(map.name) : label;
}

const State* map_labelled(const StateMachine& machine, std::string_view label) {
  for (const auto& [name, state] : machine.states) {
    const auto* map = std::get_if<Map>(&state.kind);
    if (map != nullptr && map->distributed && label_of(state) == label) return &state;
  }
  return nullptr;
}

std::shared_ptr<const StateMachine> submachine(const StateMachine& machine, const State& map) {
  const GraphId top = std::get<Map>(map.kind).processor;
  auto sub = std::make_shared<StateMachine>();
  sub->language = machine.language;
  sub->graphs = machine.graphs;  // so that every GraphId keeps its meaning
  sub->graphs.front() = machine.graphs.at(static_cast<std::size_t>(top));
  std::vector<GraphId> open = {top};
  while (!open.empty()) {
    const GraphId graph = open.back();
    open.pop_back();
    for (const std::string& name : machine.graphs.at(static_cast<std::size_t>(graph)).states) {
      const State& state = machine.state(name);
      sub->states.emplace(name, state);
      for (const GraphId inner : nested_graphs(state)) open.push_back(inner);
    }
  }
  return sub;
}

}  // namespace pawl::asl
