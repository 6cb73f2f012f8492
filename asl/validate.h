// Rules that span states: every transition has its target, everything is reachable, the machine can
// end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/findings.h"

namespace pawl::asl {

// The graphs of a definition as far as they can be read, faulty states included. Borrowed from the
// definition's text.
struct Transition {
  std::string_view field;            // "Next", "Default", "Choices", "Catch"
  std::optional<std::size_t> index;  // of Choices and Catch
  std::string_view target;
};

struct GraphState {
  std::string_view name;
  const Place* place = nullptr;
  bool is_terminal = false;
  std::vector<Transition> transitions;
};

struct GraphShape {
  const Place* place = nullptr;
  std::optional<std::string_view> start_at;
  std::vector<GraphState> states;
};

// [seen] Dangling targets first, then a machine that cannot end, or else the states that nothing
// leads to. `graphs` are in the order of the text, the machine's own first.
void check_graphs(const std::vector<GraphShape>& graphs, Findings& findings);

}  // namespace pawl::asl
