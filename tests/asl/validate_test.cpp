// The rules of definitions, one JSON case each: tests/asl/rules/README.md.
#include "asl/validate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "asl/parse.h"
#include "asl/text.h"
#include "tests/places.h"

namespace pawl::asl {
namespace {

struct RuleCase {
  std::string family;
  Json json;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<RuleCase> all_cases() {
  std::vector<RuleCase> cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(test::kSourceFolder) + "/tests/asl/rules")) {
    if (entry.path().extension() != ".json") continue;
    const auto parsed = parse_text(read_file(entry.path()));
    if (std::holds_alternative<TextError>(parsed)) {
      cases.push_back({entry.path().stem(), Json{{"rule", "the file is JSON"}}});
      continue;
    }
    for (const Json& rule : std::get<Json>(parsed)) {
      cases.push_back({entry.path().stem(), rule});
    }
  }
  return cases;
}

std::string definition_of(const Json& rule) {
  if (rule.contains("definition")) return to_text(rule["definition"]);
  Json states = Json::object();
  if (rule.contains("states")) {
    states = rule["states"];
  } else {
    states["S"] = rule.at("state");
  }
  Json machine = {{"StartAt", "S"}};
  machine["States"] = std::move(states);
  return to_text(machine);
}

bool starts_with_code(const std::string& line) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string::npos) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return std::isupper(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

std::vector<std::string> expected(const Json& rule, const char* list) {
  std::vector<std::string> lines;
  if (!rule.contains(list)) return lines;
  for (const Json& line : rule[list]) {
    const auto text = line.get<std::string>();
    lines.push_back(starts_with_code(text) ? text : "SCHEMA_VALIDATION_FAILED: " + text);
  }
  return lines;
}

std::vector<std::string> found(const Parsed& parsed, Severity severity) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    if (diagnostic.severity == severity) {
      lines.push_back(diagnostic.code + ": " + diagnostic.message + " at " +
                      diagnostic.location.value_or("null"));
    }
  }
  return lines;
}

class DefinitionRule : public testing::TestWithParam<RuleCase> {};

TEST_P(DefinitionRule, Holds) {
  const Json& rule = GetParam().json;
  SCOPED_TRACE(rule.at("rule").get<std::string>());
  ParseOptions options;
  if (rule.value("type", "STANDARD") == std::string("EXPRESS"))
    options.type = MachineType::kExpress;
  const Parsed parsed = parse_definition(definition_of(rule), options);
  EXPECT_EQ(found(parsed, Severity::kError), expected(rule, "says"));
  EXPECT_EQ(found(parsed, Severity::kWarning), expected(rule, "warns"));
}

std::string name_of(const testing::TestParamInfo<RuleCase>& info) {
  std::string name = info.param.family + "_";
  for (const char c : info.param.json.at("rule").get<std::string>()) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, DefinitionRule, testing::ValuesIn(all_cases()), name_of);

TEST(Validate, TargetsOfAllGraphsComeBeforeWhatIsUnreachable) {
  const Parsed parsed = parse_definition(R"({"StartAt": "P", "States": {
    "P": {"Type": "Parallel", "Branches": [{"StartAt": "B", "States": {
      "B": {"Type": "Pass", "Next": "Ghost"}, "C": {"Type": "Succeed"}}}], "Next": "Phantom"},
    "Z": {"Type": "Succeed"}}})");
  EXPECT_EQ(found(parsed, Severity::kError),
            (std::vector<std::string>{
                "MISSING_TRANSITION_TARGET: Missing 'Next' target: Phantom at /States/P/Next",
                "MISSING_TRANSITION_TARGET: Missing 'Next' target: Ghost at "
                "/States/P/Branches[0]/States/B/Next",
                "MISSING_TRANSITION_TARGET: State \"Z\" is not reachable. at /States/Z",
                "MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at "
                "/States/P/Branches[0]/States/C"}));
}

}  // namespace
}  // namespace pawl::asl
