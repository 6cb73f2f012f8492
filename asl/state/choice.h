// Choice: picks the next state.
// [spec] https://states-language.net/spec.html#choice-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

// Of one of Choices, beside its test, which asl/choice_rule.h reads.
extern const ObjectRules kChoiceRuleRules;
extern const ObjectRules kChoiceRules;
Choice read_choice(const StateReader& reader);

}  // namespace pawl::asl
