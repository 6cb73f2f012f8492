#include "engine/cli/definition_file.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/engine/cli/cli.h"

namespace pawl::engine {
namespace {

class DefinitionFiles : public testing::Test {
 protected:
  DefinitionFiles()
      : folder_((std::filesystem::temp_directory_path() / "pawl-cli-XXXXXX").string()) {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~DefinitionFiles() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  std::string folder_;
};

TEST_F(DefinitionFiles, OfJsonAreTakenAsTheyStand) {
  const DefinitionFile file = read_definition(write("m.json", "{ \"A\":1 }\n"));
  EXPECT_EQ(file.json, "{ \"A\":1 }\n");
  EXPECT_FALSE(file.is_yaml);
}

TEST_F(DefinitionFiles, OfYamlBecomeJsonInTheirOrderWithTheTypesOfYaml) {
  const DefinitionFile file = read_definition(write("m.yaml",
                                                    "StartAt: B\n"
                                                    "Numbers: [1, 2.5, '3']\n"
                                                    "Flags: {yes: true, no: false, none: null}\n"
                                                    "Text: |\n"
                                                    "  two\n"
                                                    "  lines\n"));
  EXPECT_TRUE(file.is_yaml);
  EXPECT_EQ(file.json,
            R"({"StartAt":"B","Numbers":[1,2.5,"3"],"Flags":{"yes":true,"no":false,"none":null},)"
            R"("Text":"two\nlines\n"})");
}

TEST_F(DefinitionFiles, OfYamlKnowWhereEachPlaceIs) {
  const DefinitionFile file = read_definition(write("m.yml", "States:\n  A/B:\n    Type: Pass\n"));
  ASSERT_TRUE(file.positions.contains("/States/A~1B/Type"));
  EXPECT_EQ(file.positions.at("/States/A~1B/Type").line, 3U);
  EXPECT_EQ(file.positions.at("/States/A~1B/Type").column, 5U);
}

TEST_F(DefinitionFiles, OfBrokenYamlAreRefusedWithThePlace) {
  const std::string path = write("m.yaml", "A: [1,\nB: }\n");
  try {
    read_definition(path);
    FAIL() << "it was taken";
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(path + ":2:")) << error.what();
  }
  EXPECT_THROW(read_definition(write("twice.yaml", "A: 1\nA: 2\n")), std::runtime_error);
  EXPECT_THROW(read_definition(folder_ + "/none.json"), std::runtime_error);
}

TEST_F(DefinitionFiles, AreNamedByAnAtSignWhereTextIsExpected) {
  EXPECT_EQ(text_or_file("@" + write("in.json", "[1]")), "[1]");
  EXPECT_EQ(text_or_file("{\"a\":\"@b\"}"), "{\"a\":\"@b\"}");
}

TEST_F(DefinitionFiles, ThatAreValidMakeValidateSucceed) {
  const std::string path = write("m.yaml", "StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n");
  const CliEnd end = pawl_cli({"validate", path});
  EXPECT_EQ(end.code, kSucceeded) << end.output;
  EXPECT_EQ(end.output, path + ": valid\n");
}

TEST_F(DefinitionFiles, WithFaultsMakeValidateFailAndTellEveryOneWithItsLine) {
  const std::string path = write("m.yaml",
                                 "StartAt: A\n"
                                 "States:\n"
                                 "  A:\n"
                                 "    Type: Pass\n"
                                 "    Next: Nowhere\n"
                                 "  B:\n"
                                 "    Type: Wait\n"
                                 "    Seconds: -1\n"
                                 "    Next: A\n");
  const CliEnd end = pawl_cli({"validate", path});
  EXPECT_EQ(end.code, kFailed);
  EXPECT_NE(end.output.find(":5:"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find(":8:"), std::string::npos) << end.output;
  const CliEnd json = pawl_cli({"validate", "--format", "json", path});
  EXPECT_EQ(json.code, kFailed);
  EXPECT_NE(json.output.find("/States/A/Next"), std::string::npos) << json.output;
}

TEST_F(DefinitionFiles, ThatCannotBeReadAreFaultsToo) {
  const CliEnd end = pawl_cli({"validate", folder_ + "/none.json"});
  EXPECT_EQ(end.code, kFailed);
  EXPECT_NE(end.output.find("cannot be read"), std::string::npos) << end.output;
}

}  // namespace
}  // namespace pawl::engine
