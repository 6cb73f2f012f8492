#include "engine/aws/answer.h"

#include <gtest/gtest.h>

#include "engine/aws/answer_values.h"
#include "tests/engine/aws/installed_models.h"

namespace pawl::engine {
namespace {

using asl::Json;

#define SKIP_WITHOUT(model, service)           \
  const auto model = installed_model(service); \
  if (model == nullptr) GTEST_SKIP() << "no model of " << (service)

HttpResponse response_of(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Json answer_by(const ServiceModel& model, const std::string& name, const HttpResponse& response) {
  return operation_answer(model, operation_of(model, name), response);
}

TEST(JsonAnswer, HasIsoTimesAndTheSdksNames) {
  SKIP_WITHOUT(ecs, "ecs");
  const HttpResponse response =
      response_of(200,
                  R"({"tasks":[{"taskArn":"t","createdAt":1700000000.5,"unheardOf":1,)"
                  R"("containers":[{"exitCode":0}]}],"failures":[]})");
  const Json answer = answer_by(*ecs, "DescribeTasks", response);
  EXPECT_EQ(answer,
            (Json{{"Tasks",
                   {{{"TaskArn", "t"},
                     {"CreatedAt", "2023-11-14T22:13:20.500Z"},
                     {"Containers", {{{"ExitCode", 0}}}}}}},
                  {"Failures", Json::array()}}));
  const ModelMember& output = operation_of(*ecs, "DescribeTasks").output;
  EXPECT_EQ(with_epoch_milliseconds(output, answer)["Tasks"][0]["CreatedAt"], 1700000000500);
}

TEST(JsonAnswer, ShowsBytesAsTheTextThatTheyAreElseAsBase64) {
  SKIP_WITHOUT(kms, "kms");
  EXPECT_EQ(answer_by(*kms, "Decrypt", response_of(200, R"({"Plaintext":"cGxhaW4="})")),
            (Json{{"Plaintext", "plain"}}));
  EXPECT_EQ(answer_by(*kms, "Decrypt", response_of(200, R"({"Plaintext":"/w=="})")),
            (Json{{"Plaintext", "/w=="}}));
}

TEST(RestJsonAnswer, HasStatusHeadersAndPayload) {
  SKIP_WITHOUT(lambda, "lambda");
  HttpResponse response = response_of(200, R"({"ok":true})");
  response.headers.set("X-Amz-Executed-Version", "$LATEST");
  EXPECT_EQ(
      answer_by(*lambda, "Invoke", response),
      (Json{{"Payload", R"({"ok":true})"}, {"StatusCode", 200}, {"ExecutedVersion", "$LATEST"}}));
}

TEST(QueryAnswer, IsInItsResult) {
  SKIP_WITHOUT(rds, "rds");
  const HttpResponse response = response_of(
      200,
      "<DescribeDBInstancesResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\">"
      "<DescribeDBInstancesResult><DBInstances><DBInstance>"
      "<DBInstanceIdentifier>d &amp; "
      "e</DBInstanceIdentifier><AllocatedStorage>20</AllocatedStorage>"
      "<MultiAZ>false</MultiAZ><InstanceCreateTime>2023-11-14T22:13:20.123Z</InstanceCreateTime>"
      "<DBSecurityGroups/></DBInstance></DBInstances></DescribeDBInstancesResult>"
      "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></"
      "DescribeDBInstancesResponse>");
  EXPECT_EQ(answer_by(*rds, "DescribeDBInstances", response),
            (Json{{"DbInstances",
                   {{{"DbInstanceIdentifier", "d & e"},
                     {"AllocatedStorage", 20},
                     {"InstanceCreateTime", "2023-11-14T22:13:20.123Z"},
                     {"DbSecurityGroups", Json::array()},
                     {"MultiAZ", false}}}}}));
}

TEST(Ec2Answer, HasListsOfItems) {
  SKIP_WITHOUT(ec2, "ec2");
  const HttpResponse response = response_of(
      200,
      "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>"
      "<instanceId>i-1</instanceId><amiLaunchIndex>0</amiLaunchIndex></item></instancesSet></item>"
      "</reservationSet></DescribeInstancesResponse>");
  EXPECT_EQ(answer_by(*ec2, "DescribeInstances", response),
            (Json{{"Reservations",
                   {{{"Instances", {{{"AmiLaunchIndex", 0}, {"InstanceId", "i-1"}}}}}}}}));
}

TEST(RestXmlAnswer, HasFlattenedListsAndHeaders) {
  SKIP_WITHOUT(s3, "s3");
  const HttpResponse listed = response_of(
      200,
      "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><Size>3</Size>"
      "</Version><Version><Key>b</Key></Version></ListVersionsResult>");
  EXPECT_EQ(
      answer_by(*s3, "ListObjectVersions", listed),
      (Json{{"IsTruncated", false}, {"Versions", {{{"Size", 3}, {"Key", "a"}}, {{"Key", "b"}}}}}));
  HttpResponse head = response_of(200, "");
  head.headers.set("Content-Length", "12");
  head.headers.set("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
  head.headers.set("x-amz-meta-Colour", "blue");
  EXPECT_EQ(answer_by(*s3, "HeadObject", head),
            (Json{{"LastModified", "2023-11-14T22:13:20Z"},
                  {"ContentLength", 12},
                  {"Metadata", {{"Colour", "blue"}}}}));
}

TEST(Answers, ThatAreNotWhatTheProtocolSaysAreRefused) {
  SKIP_WITHOUT(ecs, "ecs");
  EXPECT_THROW(answer_by(*ecs, "DescribeTasks", response_of(200, "<html>")), std::runtime_error);
  SKIP_WITHOUT(ec2, "ec2");
  EXPECT_THROW(answer_by(*ec2, "DescribeInstances", response_of(200, "{}")), std::runtime_error);
}

TEST(OperationErrors, AreReadInEveryProtocol) {
  SKIP_WITHOUT(rds, "rds");
  const ServiceError missing = operation_error(
      *rds,
      response_of(404,
                  "<ErrorResponse><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code>"
                  "<Message>No d.</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"));
  EXPECT_EQ(missing.type, "DBInstanceNotFound");
  EXPECT_EQ(missing.message, "No d.");
  EXPECT_EQ(missing.members.front().second, "r-1");
  EXPECT_EQ(sdk_error_name(*rds, missing.type), "DbInstanceNotFoundException");
  EXPECT_EQ(sdk_error_name(*rds, "AccessDenied"), "RdsException");
  SKIP_WITHOUT(ec2, "ec2");
  const ServiceError bad = operation_error(
      *ec2,
      response_of(400,
                  "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code>"
                  "<Message>m</Message></Error></Errors><RequestID>r-2</RequestID></Response>"));
  EXPECT_EQ(bad.type, "InvalidInstanceID.NotFound");
  EXPECT_EQ(bad.members.front().second, "r-2");
  SKIP_WITHOUT(batch, "batch");
  HttpResponse refused = response_of(400, R"({"message":"no queue"})");
  refused.headers.set("x-amzn-ErrorType", "ClientException:http://internal/");
  refused.headers.set("x-amzn-RequestId", "r-3");
  const ServiceError client = operation_error(*batch, refused);
  EXPECT_EQ(client.type, "ClientException");
  EXPECT_EQ(client.message, "no queue");
  EXPECT_EQ(client.members.front().second, "r-3");
}

TEST(OperationErrors, TellWhetherToTryAgain) {
  EXPECT_TRUE(is_throttled({"ThrottlingException", "", 400}));
  EXPECT_TRUE(is_throttled({"Whatever", "", 429}));
  EXPECT_TRUE(is_transient({"InternalError", "", 503}));
  EXPECT_FALSE(is_throttled({"ValidationException", "", 400}));
  EXPECT_FALSE(is_transient({"ValidationException", "", 400}));
}

}  // namespace
}  // namespace pawl::engine
