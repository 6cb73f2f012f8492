// The tables of fields of a definition: of the machine, and of the state types.
#pragma once

#include <vector>

#include "asl/definition.h"
#include "asl/fields.h"

namespace pawl::asl {

extern const ObjectRules kMachineRules;
const ObjectRules& rules_of(StateType type);
// Each comparator of asl/choice_rule.h as the field of a rule: "StringEquals", a text. Those of
// paths are texts.
const std::vector<FieldRule>& comparator_fields();

}  // namespace pawl::asl
