// Each machine of examples/states, by `pawl run`.
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

#include "asl/text.h"
#include "tests/end_to_end/program.h"
#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

// An input of a machine: "task_catch" is a second one of task.json.
struct Example {
  std::string name;
  std::string machine;
};

std::ostream& operator<<(std::ostream& out, const Example& example) { return out << example.name; }

std::string file_of(const std::string& name) { return source_path("examples/states/" + name); }

Json json_of(const std::string& text) { return Answer{200, text}.json(); }

std::vector<Example> examples() {
  constexpr std::string_view kInput = ".input.json";
  std::vector<Example> found;
  for (const auto& entry : fs::directory_iterator(file_of(""))) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kInput)) continue;
    const std::string name = file.substr(0, file.size() - kInput.size());
    found.push_back({name, name.substr(0, name.find('_'))});
  }
  return found;
}

class StateExample : public ::testing::TestWithParam<Example> {};

TEST_P(StateExample, GivesWhatItsFilesSay) {
  const Example& example = GetParam();
  const ProgramEnd end = run_program({test::kPawlProgram,
                                      "run",
                                      file_of(example.machine + ".json"),
                                      "--input",
                                      "@" + file_of(example.name + ".input.json"),
                                      "--config",
                                      file_of("functions.toml")});
  const std::string expected_error = file_of(example.name + ".error.json");
  if (fs::exists(expected_error)) {
    const Json error = json_of(read_file(expected_error));
    EXPECT_EQ(end.exit_code, 1);
    EXPECT_EQ(end.output, "");
    const std::string line = "FAILED: " + error.at("Error").get<std::string>() + ": " +
                             error.at("Cause").get<std::string>() + "\n";
    EXPECT_TRUE(end.errors.ends_with(line)) << end.errors;
    return;
  }
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(json_of(end.output), json_of(read_file(file_of(example.name + ".output.json"))));
}

INSTANTIATE_TEST_SUITE_P(Examples,
                         StateExample,
                         ::testing::ValuesIn(examples()),
                         [](const auto& tested) { return tested.param.name; });

TEST(StateExamples, ThereIsOneForEveryStateType) {
  for (const char* type :
       {"choice", "fail", "map", "parallel", "pass", "succeed", "task", "wait"}) {
    EXPECT_TRUE(fs::exists(file_of(std::string(type) + ".input.json"))) << type;
    const std::string definition = read_file(file_of(std::string(type) + ".json"));
    std::string name(type);
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    EXPECT_NE(definition.find("\"Type\": \"" + name + "\""), std::string::npos) << type;
  }
}

TEST(StateExamples, AreValidDefinitions) {
  std::vector<std::string> arguments = {test::kPawlProgram, "validate"};
  for (const Example& example : examples()) arguments.push_back(file_of(example.machine + ".json"));
  arguments.push_back(source_path("examples/digits/state-machine.json"));
  const ProgramEnd end = run_program(arguments);
  EXPECT_EQ(end.exit_code, 0) << end.output << end.errors;
}

}  // namespace
}  // namespace pawl::engine
