// The model registry of a server that is killed again and again.
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr int kKills = 4;
constexpr auto kBetweenKills = std::chrono::milliseconds(150);
constexpr int kClients = 3;

Json registration() {
  return {{"ModelPackageGroupName", "g"},
          {"InferenceSpecification", {{"Containers", Json::array({{{"Image", "test/serve:1"}}})}}}};
}

// What was answered stands, and no number is answered twice: also not one whose version is deleted.
TEST(ModelRegistry, AVersionsNumberIsGivenOnceHoweverOftenTheServerIsKilled) {
  ServerProcess server;
  ASSERT_EQ(
      server.action("SageMaker.CreateModelPackageGroup", {{"ModelPackageGroupName", "g"}}).status,
      200);
  std::mutex mutex;
  std::set<std::string> given;
  std::set<std::string> deleted;
  const auto use = [&](bool deletes) {  // until nobody answers any more
    for (;;) {
      const Answer made = server.action("SageMaker.CreateModelPackage", registration());
      if (made.status != 200) return;
      const std::string arn = made.json().at("ModelPackageArn").get<std::string>();
      {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(given.insert(arn).second) << arn << " was given twice";
        if (deletes) deleted.insert(arn);  // or is about to be
      }
      if (deletes) server.action("SageMaker.DeleteModelPackage", {{"ModelPackageName", arn}});
    }
  };
  for (int i = 0; i < kKills; ++i) {
    std::vector<std::thread> clients;
    for (int n = 0; n < kClients; ++n) clients.emplace_back(use, n == 0);
    std::this_thread::sleep_for(kBetweenKills);
    server.kill9();
    for (std::thread& client : clients) client.join();
    server.start();
  }
  EXPECT_GT(given.size(), static_cast<std::size_t>(kKills));
  for (const std::string& arn : given) {
    if (deleted.contains(arn)) continue;
    EXPECT_EQ(server.action("SageMaker.DescribeModelPackage", {{"ModelPackageName", arn}}).status,
              200)
        << arn;
  }
}

TEST(ModelRegistry, TheCommandLineRegistersApprovesAndNames) {
  const ServerProcess server;
  const auto pawl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::kPawlProgram, "models"});
    words.insert(words.end(), {"--endpoint", server.url()});
    return run_program(words);
  };
  const ProgramEnd made = pawl({"register",
                                "digits",
                                "--image",
                                "test/serve:1",
                                "--metric",
                                "accuracy=0.97",
                                "--metadata",
                                "commit=abc",
                                "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const Json version = Json::parse(made.output);
  EXPECT_EQ(version.at("version"), 1);
  EXPECT_EQ(version.at("metrics"), Json({{"accuracy", 0.97}}));
  EXPECT_EQ(version.at("approval"), "PendingManualApproval");
  const ProgramEnd approved = pawl({"approve", "digits", "1", "--description", "good"});
  EXPECT_EQ(approved.exit_code, 0) << approved.errors;
  EXPECT_NE(approved.output.find("Approved"), std::string::npos) << approved.output;
  EXPECT_EQ(pawl({"alias", "digits", "champion", "1"}).exit_code, 0);
  const ProgramEnd versions = pawl({"versions", "digits"});
  EXPECT_NE(versions.output.find("champion"), std::string::npos) << versions.output;
  EXPECT_NE(versions.output.find("accuracy=0.97"), std::string::npos) << versions.output;
  const ProgramEnd listed = pawl({"ls"});
  EXPECT_NE(listed.output.find("digits"), std::string::npos) << listed.output;
  EXPECT_NE(listed.output.find("registered"), std::string::npos) << listed.output;
  EXPECT_EQ(pawl({"reject", "digits", "9"}).exit_code, 1);
}

}  // namespace
}  // namespace pawl::engine
