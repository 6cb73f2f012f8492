#include "asl/definition.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {

void begin(Turn& turn, ScopeId scope, const asl::Choice& choice) {
  Reading reading(turn, scope);
  const asl::Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, effective.error());
  for (std::size_t i = 0; i < choice.rules.size(); ++i) {
    const asl::ChoiceRule& rule = choice.rules[i];
    const asl::Result<bool> matched = reading.evaluate(
        rule.test, "Choices[" + std::to_string(i) + "]/Condition", effective->json());
    if (!matched) return fail_evaluation(turn, scope, matched.error());
    if (!*matched) continue;
    return leave(turn, scope, shape_choice(reading, *effective, rule, i), asl::Exit{rule.next});
  }
  if (!choice.fallback) {
    // [seen] Not States.NoChoiceMatched, which the specification names.
    return fail_evaluation(
        turn,
        scope,
        runtime_error("Failed to transition out of the state. The state does not point to a next "
                      "state."));
  }
  leave(turn, scope, shape_result(reading, *effective, false), asl::Exit{*choice.fallback});
}

}  // namespace pawl::states
