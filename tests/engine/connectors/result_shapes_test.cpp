#include "engine/connectors/result_shapes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/aws/installed_models.h"

namespace pawl::engine {
namespace {

std::vector<std::string> members_of_result(const std::string& action) {
  const auto shape = modelled_result_shape(installed_models(), "arn:aws:states:::" + action);
  std::vector<std::string> names;
  if (!shape) return {"no shape"};
  for (const Member& member : shape->members) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  return names;
}

class ModelledResult : public testing::Test {
 protected:
  void SetUp() override {
    if (installed_model("ecs") == nullptr) GTEST_SKIP() << "botocore is not installed";
  }
};

TEST_F(ModelledResult, IsTheAnswerOfTheActionByEitherName) {
  const std::vector<std::string> answer = {"ExecutionArn", "StartDate"};
  EXPECT_EQ(members_of_result("states:startExecution"), answer);
  EXPECT_EQ(members_of_result("aws-sdk:sfn:startExecution"), answer);
}

TEST_F(ModelledResult, OfAJobIsTheAnswerOfWhatPollsIt) {
  EXPECT_EQ(members_of_result("glue:startJobRun.sync"), (std::vector<std::string>{"JobRun"}));
  EXPECT_EQ(members_of_result("athena:startQueryExecution.sync"),
            (std::vector<std::string>{"QueryExecution"}));
}

TEST_F(ModelledResult, OfANestedExecutionIsTheWholeDescription) {
  for (const char* pattern : {".sync", ".sync:2"}) {
    const auto names = members_of_result(std::string("states:startExecution") + pattern);
    EXPECT_TRUE(std::find(names.begin(), names.end(), "StateMachineArn") != names.end()) << pattern;
  }
}

TEST_F(ModelledResult, IsUnknownWhereNoServiceAnswers) {
  for (const char* action : {"sqs:sendMessage.waitForTaskToken",
                             "aws-sdk:nobody:action",
                             "http:invoke",
                             "elasticmapreduce:createCluster"}) {
    EXPECT_EQ(members_of_result(action), (std::vector<std::string>{"no shape"})) << action;
  }
  EXPECT_FALSE(modelled_result_shape(installed_models(),
                                     "arn:aws:lambda:us-east-1:123456789012:function:f"));
}

}  // namespace
}  // namespace pawl::engine
