#include "asl/validate.h"

#include <algorithm>
#include <unordered_map>

namespace pawl::asl {
namespace {

constexpr const char* kMissingTarget = "MISSING_TRANSITION_TARGET";

using Index = std::unordered_map<std::string_view, std::size_t>;

Index index_of(const GraphShape& graph) {
  Index index;
  for (std::size_t i = 0; i < graph.states.size(); ++i) index.emplace(graph.states[i].name, i);
  return index;
}

// [seen] The word is Next for every field.
std::string missing_target(std::string_view target) {
  return "Missing 'Next' target: " + std::string(target);
}

void check_transition(const GraphState& state, const Transition& transition, Findings& findings) {
  const Place field(*state.place, transition.field);
  if (!transition.index) {
    findings.error(field, kMissingTarget, missing_target(transition.target));
    return;
  }
  const Place element(field, *transition.index);
  findings.error(Place(element, "Next"), kMissingTarget, missing_target(transition.target));
}

void check_targets(const GraphShape& graph, const Index& index, Findings& findings) {
  if (graph.start_at && !index.contains(*graph.start_at)) {
    findings.error(Place(*graph.place, "StartAt"), kMissingTarget, missing_target(*graph.start_at));
  }
  for (const GraphState& state : graph.states) {
    for (const Transition& transition : state.transitions) {
      if (!index.contains(transition.target)) check_transition(state, transition, findings);
    }
  }
}

void check_reachable(const GraphShape& graph, const Index& index, Findings& findings) {
  if (!graph.start_at) return;  // reported already, and nothing could be said
  std::vector<bool> is_reached(graph.states.size(), false);
  std::vector<std::size_t> open;
  const auto reach = [&](std::string_view target) {
    const auto found = index.find(target);
    if (found == index.end() || is_reached[found->second]) return;
    is_reached[found->second] = true;
    open.push_back(found->second);
  };
  reach(*graph.start_at);
  while (!open.empty()) {
    const GraphState& state = graph.states[open.back()];
    open.pop_back();
    for (const Transition& transition : state.transitions) reach(transition.target);
  }
  for (std::size_t i = 0; i < graph.states.size(); ++i) {
    if (is_reached[i]) continue;
    const GraphState& state = graph.states[i];
    findings.error(*state.place,
                   kMissingTarget,
                   "State \"" + std::string(state.name) + "\" is not reachable.");
  }
}

bool can_end(const GraphShape& graph) {
  return std::any_of(graph.states.begin(), graph.states.end(), [](const GraphState& state) {
    return state.is_terminal;
  });
}

void add_missing_end(Findings& findings) {
  Diagnostic diagnostic;
  diagnostic.code = "MISSING_END_STATE";
  diagnostic.message = "Workflow has no terminal state";
  findings.add(std::move(diagnostic));
}

}  // namespace

void check_graphs(const std::vector<GraphShape>& graphs, Findings& findings) {
  std::vector<Index> indexes;
  indexes.reserve(graphs.size());
  for (const GraphShape& graph : graphs) {
    indexes.push_back(index_of(graph));
    check_targets(graph, indexes.back(), findings);
  }
  // [seen] Only the machine's own graph must be able to end; a branch without an end is accepted.
  const bool ends = graphs.empty() || graphs.front().states.empty() || can_end(graphs.front());
  if (!ends) add_missing_end(findings);
  for (std::size_t i = 0; i < graphs.size(); ++i) {
    if (ends) check_reachable(graphs[i], indexes[i], findings);
    if (i > 0 && !graphs[i].states.empty() && !can_end(graphs[i])) {
      findings.our_warning(*graphs[i].place,
                           "NO_TERMINAL_STATE",
                           "No state of this graph ends it; it runs for ever");
    }
  }
}

}  // namespace pawl::asl
