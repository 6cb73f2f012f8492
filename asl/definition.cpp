#include "asl/definition.h"

#include <algorithm>
#include <array>

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<StateKind>> kTypeNames = {
    "Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"};

}  // namespace

std::string_view to_string(StateType type) { return kTypeNames.at(static_cast<std::size_t>(type)); }

std::optional<StateType> state_type_of(std::string_view text) {
  const auto found = std::find(kTypeNames.begin(), kTypeNames.end(), text);
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<StateType>(found - kTypeNames.begin());
}

}  // namespace pawl::asl
