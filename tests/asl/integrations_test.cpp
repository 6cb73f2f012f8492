#include "asl/integrations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

namespace pawl::asl {
namespace {

TEST(Integrations, TablesAreSortedAndWithoutDuplicates) {
  for (const auto table : {optimized_integrations(), extension_integrations()}) {
    EXPECT_EQ(std::adjacent_find(table.begin(),
                                 table.end(),
                                 [](const Integration& a, const Integration& b) {
                                   return std::tuple(a.service, a.action) >=
                                          std::tuple(b.service, b.action);
                                 }),
              table.end());
  }
}

TEST(Integrations, AResourceIsTakenApart) {
  ResourceFault fault;
  const auto job = parse_resource("arn:aws:states:::glue:startJobRun.sync", fault);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->kind, TaskResource::Kind::kOptimized);
  EXPECT_EQ(job->service, "glue");
  EXPECT_EQ(job->action, "startJobRun");
  EXPECT_EQ(job->pattern, Pattern::kSync);
  const auto child = parse_resource("arn:aws-cn:states:::states:startExecution.sync:2", fault);
  ASSERT_TRUE(child);
  EXPECT_EQ(child->pattern, Pattern::kSync2);
  const auto sdk = parse_resource("arn:aws:states:::aws-sdk:s3:getObject", fault);
  ASSERT_TRUE(sdk);
  EXPECT_EQ(sdk->kind, TaskResource::Kind::kAwsSdk);
  EXPECT_EQ(sdk->service, "s3");
  EXPECT_EQ(sdk->action, "getObject");
}

TEST(Integrations, OnlyWaitingForAnEndpointIsAnExtension) {
  ResourceFault fault;
  EXPECT_TRUE(
      parse_resource("arn:aws:states:::sagemaker:createEndpoint.sync", fault)->is_extension);
  EXPECT_FALSE(parse_resource("arn:aws:states:::sagemaker:createEndpoint", fault)->is_extension);
  EXPECT_FALSE(parse_resource("arn:aws:states:::sagemaker:updateEndpoint.sync", fault));
}

TEST(Integrations, MalformedResourcesAreRefused) {
  ResourceFault fault;
  for (const char* text : {"",
                           "arn",
                           "arn:aws:lambda",
                           "arn:aws:lambda:us-east-1:123456789012:function:",
                           "arn:aws:lambda:us-east-1:123456789012:function:f:",
                           "arn:aws:lambda:us-east-1:123456789012:function:f:a:b",
                           "arn:aws:states:us-east-1:123456789012:activity:",
                           "arn:aws:states:::",
                           "arn:aws:states:::glue",
                           "arn:aws:states:::glue:",
                           "arn:aws:states:::aws-sdk:s3",
                           "arn:aws:s3:::bucket"}) {
    EXPECT_FALSE(parse_resource(text, fault)) << text;
  }
}

}  // namespace
}  // namespace pawl::asl
