#include "asl/parse.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json shown(const asl::Diagnostic& diagnostic) {
  Json json = {{"severity", diagnostic.severity == asl::Severity::kError ? "ERROR" : "WARNING"},
               {"code", diagnostic.code},
               // Warnings of our own say so: AWS gives none of them.
               {"message", diagnostic.message + (diagnostic.is_ours ? " (Pawl)" : "")}};
  if (diagnostic.location) json["location"] = *diagnostic.location;
  return json;
}

Json validate(const Json& request) {
  const asl::Parsed parsed =
      asl::parse_definition(text_of(request, "definition"),
                            machine_type_of(text_member(request, "type").value_or("STANDARD")));
  // [documented] Warnings appear only when they are asked for.
  const bool wants_warnings = text_member(request, "severity") == "WARNING";
  const std::int64_t asked = integer_of(request, "maxResults", 0);
  const std::size_t limit = asked == 0 ? 100 : static_cast<std::size_t>(asked);
  Json result = {{"result", parsed.machine ? "OK" : "FAIL"},
                 {"diagnostics", Json::array()},
                 {"truncated", false}};
  for (const asl::Diagnostic& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity == asl::Severity::kWarning && !wants_warnings) continue;
    if (result["diagnostics"].size() == limit) {
      result["truncated"] = true;
      break;
    }
    result["diagnostics"].push_back(shown(diagnostic));
  }
  return result;
}

}  // namespace

Action validate_state_machine_definition(Api& api) {
  return {
      "ValidateStateMachineDefinition",
      Scope::kRead,
      shapes::structure({shapes::required("definition", shapes::definition(api)),
                         shapes::optional("type", shapes::machine_type()),
                         shapes::optional("severity", shapes::text().one_of({"ERROR", "WARNING"})),
                         shapes::optional("maxResults", shapes::integer().range(0, 100))}),
      direct(validate)};
}

}  // namespace pawl::engine::actions
