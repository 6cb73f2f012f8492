#include "engine/cli/command.h"

#include "tests/engine/cli/cli.h"

namespace pawl::engine {
namespace {

TEST(Commands, AreSortedAndEachHasASummary) {
  std::string before;
  for (const Command& command : commands()) {
    EXPECT_LT(before, command.name);
    EXPECT_FALSE(command.summary.empty()) << command.name;
    before = command.name;
  }
}

TEST(CommandLine, ThatIsWrongEndsWithTheUsageCode) {
  EXPECT_EQ(pawl_cli({}).code, kUsage);
  EXPECT_EQ(pawl_cli({"fly"}).code, kUsage);
  EXPECT_EQ(pawl_cli({"validate"}).code, kUsage);
  EXPECT_EQ(pawl_cli({"validate", "--format", "xml", "x.json"}).code, kUsage);
}

TEST(CommandLine, HelpAndVersionSucceed) {
  const CliEnd help = pawl_cli({"--help"});
  EXPECT_EQ(help.code, kSucceeded);
  EXPECT_NE(help.output.find("validate"), std::string::npos);
  EXPECT_EQ(help.output.find("job-supervisor"), std::string::npos);
  EXPECT_TRUE(pawl_cli({"--version"}).output.starts_with("pawl "));
}

TEST(Eval, PrintsTheResult) {
  EXPECT_EQ(pawl_cli({"eval", "--data", R"({"a":[1,2]})", "$.a[1]"}).output, "2\n");
}

TEST(Eval, OfWhatCannotBeEvaluatedFails) {
  EXPECT_EQ(pawl_cli({"eval", "--data", "{", "$.a"}).code, kUsage);
  const CliEnd end = pawl_cli({"eval", "--data", "{}", "States.Nothing("});
  EXPECT_EQ(end.code, kFailed);
  EXPECT_TRUE(end.errors.starts_with("pawl: ")) << end.errors;
}

TEST(Eval, InBatchAnswersEveryLineByItsId) {
  const CliEnd end = pawl_cli({"eval", "--batch"},
                              "{\"id\":\"a\",\"language\":\"jsonpath\",\"expr\":\"$.x\","
                              "\"data\":{\"x\":5}}\n\nnot json\n");
  EXPECT_EQ(end.code, kSucceeded);
  std::istringstream lines(end.output);
  std::string first;
  std::string second;
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_NE(first.find(R"("id":"a")"), std::string::npos) << first;
  EXPECT_NE(first.find(R"("result":5)"), std::string::npos) << first;
  EXPECT_NE(second.find("\"code\":\"InvalidRequest\""), std::string::npos) << second;
}

}  // namespace
}  // namespace pawl::engine
