#include "engine/api/actions/declarations.h"
#include "engine/api/configuration.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json create_activity_row(Api& api, const Json& request) {
  ActivityRow row;
  row.name = text_of(request, "name");
  if (!is_valid_name(row.name)) {
    throw ServiceError{"InvalidName", "Invalid Name: '" + row.name + "'"};
  }
  row.arn = activity_arn(api.config.arns, row.name);
  row.configuration = {
      {"encryptionConfiguration",
       encryption_configuration_of(request.value("encryptionConfiguration", Json()))}};
  const auto tags = tags_of(request.value("tags", Json()), row.arn);
  row.created_at = api.clock.now();

  Catalog& catalog = api.store.catalog();
  const std::lock_guard lock(api.catalog_writes);
  if (const auto existing = catalog.find_activity(row.arn)) {
    // [documented] Idempotent by name; other tags are ignored, another encryption is not.
    if (existing->configuration != row.configuration) {
      throw ServiceError{"ActivityAlreadyExists", "Activity Already Exists: '" + row.arn + "'"};
    }
    row.created_at = existing->created_at;
  } else {
    if (!tags.empty()) catalog.set_tags(row.arn, tags);
    catalog.create_activity(row);
  }
  return {{"activityArn", row.arn}, {"creationDate", epoch_seconds(row.created_at)}};
}

}  // namespace

Action create_activity(Api& api) {
  return {"CreateActivity",
          Scope::kAdmin,
          shapes::structure(
              {shapes::required("name", shapes::name()),
               shapes::optional("tags", shapes::tags()),
               shapes::optional("encryptionConfiguration", shapes::encryption_configuration())}),
          direct([&api](const Json& request) { return create_activity_row(api, request); })};
}

}  // namespace pawl::engine::actions
