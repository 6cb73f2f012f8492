#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "asl/validate_file.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/definition_file.h"

namespace pawl::engine {

namespace {

struct ValidateOptions {
  std::string format = "text";
  std::vector<std::string> files;
};

asl::FileReport report_of(const std::string& path) {
  DefinitionFile file;
  try {
    file = read_definition(path);
  } catch (const std::exception& error) {
    asl::FileReport report;
    asl::Diagnostic fault{
        asl::Severity::kError, "INVALID_JSON_DESCRIPTION", error.what(), std::nullopt, "", false};
    report.diagnostics.push_back({std::move(fault), std::nullopt});
    return report;
  }
  asl::FileReport report = asl::validate_text(file.json);
  if (!file.is_yaml) return report;
  for (asl::FileDiagnostic& diagnostic : report.diagnostics) {
    const auto place = file.positions.find(diagnostic.what.pointer);
    diagnostic.where = place == file.positions.end() ? std::nullopt : std::optional(place->second);
  }
  return report;
}

int validate(const ValidateOptions& options) {
  bool all_valid = true;
  for (const std::string& path : options.files) {
    const asl::FileReport report = report_of(path);
    all_valid = all_valid && report.valid;
    if (options.format == "json") {
      std::cout << report.to_json_line(path) << "\n";
    } else {
      std::cout << report.to_text(path);
      // to_text() says so itself when there is nothing else to say.
      if (report.valid && !report.diagnostics.empty()) std::cout << path << ": valid\n";
    }
  }
  return all_valid ? kSucceeded : kFailed;
}

}  // namespace

std::function<int()> declare_validate(CLI::App& app) {
  auto options = std::make_shared<ValidateOptions>();
  app.add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("files", options->files, "Definitions, JSON or YAML")->required();
  return [options] { return validate(*options); };
}

}  // namespace pawl::engine
