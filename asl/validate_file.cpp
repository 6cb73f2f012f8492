#include "asl/validate_file.h"

#include <algorithm>

namespace pawl::asl {
namespace {

// Finding a place reads the whole text: a bound for hostile definitions. [aws] AWS, too, shows 100
// at a time.
constexpr std::size_t kPlacedMax = 100;

std::optional<Position> place_of(std::string_view text, const Diagnostic& diagnostic) {
  if (diagnostic.code != "INVALID_JSON_DESCRIPTION") return position_of(text, diagnostic.pointer);
  const auto parsed = parse_text(text);
  const auto* error = std::get_if<TextError>(&parsed);
  if (error == nullptr) return std::nullopt;
  return Position{error->line, error->column};
}

Json to_json(const FileDiagnostic& diagnostic) {
  const Diagnostic& what = diagnostic.what;
  Json json = {{"severity", what.severity == Severity::kError ? "ERROR" : "WARNING"},
               {"code", what.code},
               {"message", what.message}};
  if (what.location) json["location"] = *what.location;
  json["pointer"] = what.pointer;
  if (diagnostic.where) {
    json["line"] = diagnostic.where->line;
    json["column"] = diagnostic.where->column;
  }
  if (what.is_ours) json["extension"] = true;
  return json;
}

}  // namespace

std::string FileReport::to_json_line(std::string_view file) const {
  Json list = Json::array();
  for (const FileDiagnostic& diagnostic : diagnostics) list.push_back(to_json(diagnostic));
  Json line = {{"file", std::string(file)}, {"valid", valid}};
  line["diagnostics"] = std::move(list);
  return asl::to_text(line);
}

std::string FileReport::to_text(std::string_view file) const {
  std::string out;
  for (const FileDiagnostic& diagnostic : diagnostics) {
    const Diagnostic& what = diagnostic.what;
    out += file;
    if (diagnostic.where) {
      out += ':' + std::to_string(diagnostic.where->line) + ':' +
             std::to_string(diagnostic.where->column);
    }
    out += what.severity == Severity::kError ? ": error: " : ": warning: ";
    out += what.message + " [" + what.code + (what.is_ours ? ", Pawl's own" : "") + "]";
    if (what.location) out += " at " + *what.location;
    out += '\n';
  }
  if (out.empty()) out = std::string(file) + ": valid\n";
  return out;
}

FileReport validate_text(std::string_view text, const ParseOptions& options) {
  Parsed parsed = parse_definition(text, options);
  FileReport report;
  report.valid = std::none_of(parsed.diagnostics.begin(),
                              parsed.diagnostics.end(),
                              [](const Diagnostic& d) { return d.severity == Severity::kError; });
  for (Diagnostic& diagnostic : parsed.diagnostics) {
    std::optional<Position> where;
    if (report.diagnostics.size() < kPlacedMax) where = place_of(text, diagnostic);
    report.diagnostics.push_back({std::move(diagnostic), where});
  }
  return report;
}

}  // namespace pawl::asl
