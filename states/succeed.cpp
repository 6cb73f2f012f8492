#include "asl/definition.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {

void begin(Turn& turn, ScopeId scope, const asl::Succeed&) {
  Reading reading(turn, scope);
  const asl::Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, effective.error());
  complete(turn, scope, reading, *effective, false);
}

}  // namespace pawl::states
