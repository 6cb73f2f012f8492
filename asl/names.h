// What a state, a label and a variable may be called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "asl/findings.h"

namespace pawl::asl {

// [aws] "State machine names, state names, labels ... 80 characters"; labels 40. In UTF-16 units.
inline constexpr std::size_t kStateNameCharactersMax = 80;
inline constexpr std::size_t kLabelCharactersMax = 40;
inline constexpr std::size_t kVariableNameCharactersMax = 80;

struct NameFault {
  const char* code;
  std::string message;
};
std::optional<NameFault> state_name_fault(std::string_view name);
std::optional<NameFault> label_fault(std::string_view label);
// `name` as an Assign writes it, without $ and without the ".$" of a JSONPath template.
std::optional<NameFault> variable_name_fault(const std::string& name);

}  // namespace pawl::asl
