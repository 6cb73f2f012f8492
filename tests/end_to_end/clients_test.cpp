// Every action by AWS's own clients: tests/clients, each against a server of its own.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr auto kPatience = std::chrono::seconds(280);

class Clients : public ::testing::Test {
 protected:
  // Installs once for each build folder.
  void install() {
    const ProgramEnd end =
        run_program({source_path("tests/clients/install.sh"), installed_}, kPatience);
    ASSERT_EQ(end.exit_code, 0) << end.errors << end.output;
  }
  void expect_success(const std::vector<std::string>& command, const std::string& client = "") {
    std::vector<std::string> words = {
        "/usr/bin/env", "-C", installed_, "PAWL_URL=" + server_.url(), "PAWL_CLIENT=" + client};
    words.insert(words.end(), command.begin(), command.end());
    const ProgramEnd end = run_program(words, kPatience);
    EXPECT_EQ(end.exit_code, 0) << end.output << end.errors << server_.log();
  }

  ServerProcess server_;
  const std::string installed_ =
      (std::filesystem::path(test::kPawlProgram).parent_path() / "tests" / "clients").string();
};

TEST_F(Clients, TheNewestJavaScriptClientCallsEveryAction) {
  install();
  expect_success({"npm", "test"});
}

TEST_F(Clients, DebiansBoto3CallsEveryActionItKnows) {
  std::filesystem::create_directories(installed_);
  ASSERT_EQ(missing_packages(), "");
  expect_success({"/usr/bin/python3", source_path("tests/clients/sfn_test.py")}, "boto3");
}

TEST_F(Clients, DebiansAwsCliCallsEveryActionItKnows) {
  std::filesystem::create_directories(installed_);
  ASSERT_EQ(missing_packages(), "");
  expect_success({"/usr/bin/python3", source_path("tests/clients/sfn_test.py")}, "aws");
}

TEST_F(Clients, DebiansBoto3AndAwsCliReadTheLogsOfExecutions) {
  std::filesystem::create_directories(installed_);
  ASSERT_EQ(missing_packages(), "");
  expect_success({"/usr/bin/python3", source_path("tests/clients/logs_test.py")});
}

TEST_F(Clients, DebiansBoto3AndAwsCliUseTheModelRegistry) {
  std::filesystem::create_directories(installed_);
  ASSERT_EQ(missing_packages(), "");
  expect_success({"/usr/bin/python3", source_path("tests/clients/model_registry_test.py")});
}

}  // namespace
}  // namespace pawl::engine
