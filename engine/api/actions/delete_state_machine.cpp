#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json remove_machine(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  refuse_label(arn);
  Catalog& catalog = api.store.catalog();
  const std::lock_guard lock(api.catalog_writes);
  std::optional<MachineRow> row = catalog.find_machine(arn.text);
  if (!row) return Json::object();  // [seen] Deleting what is not there succeeds.
  if (has_running_execution(api, row->arn)) {
    // Its row goes when somebody needs the name, or deletes it again; until then is_gone tells.
    if (!row->deleting) {
      row->deleting = true;
      catalog.update_machine(*row);
    }
  } else if (catalog.delete_machine(arn.text)) {
    catalog.set_tags(arn.text, {});
  }
  return Json::object();
}

}  // namespace

Action delete_state_machine(Api& api) {
  return {"DeleteStateMachine",
          Scope::kAdmin,
          shapes::structure({shapes::required("stateMachineArn", shapes::arn())}),
          direct([&api](const Json& request) { return remove_machine(api, request); })};
}

}  // namespace pawl::engine::actions
