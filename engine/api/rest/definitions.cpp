#include "asl/text.h"
#include "engine/api/machine_json.h"
#include "engine/api/rest/definition_body.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

std::string definition_of(const Json& body) {
  const auto found = body.find("definition");
  if (found == body.end() || found->is_null()) {
    throw bad_field("/definition", "A definition is expected: a JSON object, or its text");
  }
  return found->is_string() ? found->get<std::string>() : asl::to_text(*found);
}

asl::MachineType type_of(const Json& body) {
  const std::string type = body_text(body, "type").value_or("STANDARD");
  if (type != "STANDARD" && type != "EXPRESS") {
    throw bad_field("/type", "STANDARD or EXPRESS is expected");
  }
  return machine_type_of(type);
}

Json findings_view(const std::vector<asl::Diagnostic>& findings, const std::string& text) {
  Json list = Json::array();
  for (const asl::Diagnostic& finding : findings) {
    Json shown = {{"pointer", finding.pointer},
                  {"detail", finding.message},
                  {"code", finding.code},
                  {"severity", finding.severity == asl::Severity::kError ? "ERROR" : "WARNING"}};
    if (finding.location) shown["location"] = *finding.location;
    if (finding.is_ours) shown["pawl"] = true;
    if (const auto position = asl::position_of(text, finding.pointer)) {
      shown["line"] = position->line;
      shown["column"] = position->column;
    }
    list.push_back(std::move(shown));
  }
  return list;
}

void check_definition_body(const std::string& text, asl::MachineType type) {
  const asl::Parsed parsed = asl::parse_definition(text, type);
  if (parsed.machine) return;
  Problem problem{.status = 400,
                  .name = "invalid-definition",
                  .title = "Invalid definition",
                  .detail = asl::invalid_definition_message(parsed.diagnostics)};
  problem.aws_code = "InvalidDefinition";
  problem.errors = findings_view(parsed.diagnostics, text);
  for (Json& error : problem.errors) {
    error["pointer"] = "/definition" + error["pointer"].get<std::string>();
  }
  throw problem;
}

void validate_definition(const RestCall& call) {
  const Json body = body_of(call);
  const std::string text = definition_of(body);
  const asl::Parsed parsed = asl::parse_definition(text, type_of(body));
  answer_json(call,
              200,
              {{"valid", parsed.machine != nullptr},
               {"diagnostics", findings_view(parsed.diagnostics, text)}});
}

}  // namespace pawl::engine::rest
