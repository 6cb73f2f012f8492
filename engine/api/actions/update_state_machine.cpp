#include "engine/api/actions/declarations.h"
#include "engine/api/configuration.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

bool has(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found != request.end() && !found->is_null();
}

// Puts what the request names in place of what the row has; returns whether anything differs.
bool change(MachineRow& row, const Json& request) {
  const MachineRow before = row;
  if (const auto definition = text_member(request, "definition")) {
    check_definition(*definition, row.type);
    row.definition = *definition;
  }
  if (const auto role = text_member(request, "roleArn")) {
    check_role_arn(*role);
    row.role_arn = *role;
  }
  const Json sent = configuration_of(request);
  for (const auto& [name, value] : sent.items()) {
    if (has(request, name.c_str())) row.configuration[name] = value;
  }
  return row.definition != before.definition || row.role_arn != before.role_arn ||
         row.configuration != before.configuration;
}

Json update(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  refuse_label(arn);
  // [seen] The text, which forgets the encryption.
  if (!has(request, "definition") && !has(request, "roleArn") &&
      !has(request, "loggingConfiguration") && !has(request, "tracingConfiguration") &&
      !has(request, "encryptionConfiguration") && !flag_of(request, "publish", false)) {
    throw ServiceError{"MissingRequiredParameter",
                       "Either the definition, the role ARN, the LoggingConfiguration, or the "
                       "TracingConfiguration must be specified"};
  }
  const bool publish = wants_version(request);
  if (has(request, "loggingConfiguration")) {
    check_log_group(api, logging_configuration_of(request.at("loggingConfiguration")));
  }
  const std::lock_guard lock(api.catalog_writes);
  MachineRow row = require_machine(api, arn.text);
  if (row.deleting) throw state_machine_deleting(arn.text);
  if (change(row, request)) {
    row.revision_id = new_uuid();
    row.updated_at = api.clock.now();
    const auto updated = api.store.catalog().update_machine(row);
    row = updated ? *updated : require_machine(api, arn.text);
  }
  Json result = {{"updateDate", epoch_seconds(row.updated_at)}};
  if (!row.revision_id.empty()) result["revisionId"] = row.revision_id;
  if (publish) {
    result["stateMachineVersionArn"] =
        publish_version(api, row, text_member(request, "versionDescription"), api.clock.now())
            .arn();
  }
  return result;
}

}  // namespace

Action update_state_machine(Api& api) {
  return {"UpdateStateMachine",
          Scope::kAdmin,
          shapes::structure(
              {shapes::required("stateMachineArn", shapes::arn()),
               shapes::optional("definition", shapes::definition(api)),
               shapes::optional("roleArn", shapes::arn()),
               shapes::optional("loggingConfiguration", shapes::logging_configuration()),
               shapes::optional("tracingConfiguration", shapes::tracing_configuration()),
               shapes::optional("publish", shapes::boolean()),
               shapes::optional("versionDescription", shapes::description()),
               shapes::optional("encryptionConfiguration", shapes::encryption_configuration())}),
          direct([&api](const Json& request) { return update(api, request); })};
}

}  // namespace pawl::engine::actions
