#include "engine/api/tags.h"

namespace pawl::engine {

void require_taggable(Api& api, const std::string& text) {
  const StatesArn arn = parse_arn(text);
  Catalog& catalog = api.store.catalog();
  const auto machine = arn.type == "stateMachine" ? catalog.find_machine(text) : std::nullopt;
  const bool exists = (machine && !is_gone(api, *machine)) ||
                      (arn.type == "activity" && catalog.find_activity(text));
  if (!exists) throw ServiceError{"ResourceNotFound", "Resource not found: '" + text + "'"};
}

}  // namespace pawl::engine
