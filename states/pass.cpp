#include "asl/definition.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {

void begin(Turn& turn, ScopeId scope, const asl::Pass& pass) {
  Reading reading(turn, scope);
  asl::Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, std::move(effective).error());
  // [aws] Parameters apply, but a Result stands in place of what they make.
  asl::Result<Payload> given = arguments(reading, *effective);
  if (!given) return fail_evaluation(turn, scope, std::move(given).error());
  complete(turn, scope, reading, pass.result ? *pass.result : *given, pass.result.has_value());
}

}  // namespace pawl::states
