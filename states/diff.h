// Two executions side by side: which step of the one is which of the other, and what differs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "states/steps.h"

namespace pawl::states {

// A step of each, or of one only. Borrowed from what was given.
struct StepPair {
  const StepRecord* left = nullptr;
  const StepRecord* right = nullptr;
  std::size_t depth = 0;  // how many Parallels and Maps it is in
  int visit = 1;          // of its state, in its branch, iteration or loop

  const StepRecord& any() const { return left != nullptr ? *left : *right; }
};

// The same state, the nth time, in the same branch or iteration of the same step. Branches and
// iterations in order of their index; what only the right one has follows what it follows there.
std::vector<StepPair> align(std::span<const StepRecord> left, std::span<const StepRecord> right);

// What is not the same in both steps of a pair: of "status", "attempts", "input", "output",
// "variables" and "error". Of a pair with one step: nothing.
std::vector<std::string> differences(const StepPair& pair);

struct JsonChange {
  std::string pointer;  // RFC 6901
  std::optional<Json> left;
  std::optional<Json> right;
};

// Where two documents differ, at most `most` places.
std::vector<JsonChange> diff_json(const Json& left, const Json& right, std::size_t most);

// The variables that a step has set, as one document.
Json assigned_by(const StepRecord& step);

}  // namespace pawl::states
