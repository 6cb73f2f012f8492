#include "engine/connectors/aws_sdk.h"

#include <gtest/gtest.h>

#include <atomic>

#include "engine/http/trace_header.h"
#include "tests/engine/connectors/service_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class SdkTask : public ServiceTask {
 protected:
  Report call(const std::string& action, Json parameters, const std::string& pattern = "") {
    const std::string resource = "arn:aws:states:::aws-sdk:" + action + pattern;
    EXPECT_TRUE(AwsSdkConnector::matches(resource));
    const auto reports = std::make_shared<Reports>();
    connector_.call(task_call(resource, std::move(parameters)), reports);
    return reports->at(0);
  }
  AwsSdkConnector connector_{installed_models(), caller_};
};

TEST_F(SdkTask, CallsAServiceOfTheJsonProtocol) {
  service_.answer_with(answer(200, R"({"clusterArns":["a"]})"));
  EXPECT_EQ(call("ecs:listClusters", {{"MaxResults", 2}}).json(), (Json{{"ClusterArns", {"a"}}}));
  const HttpRequest sent = service_.last();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.body, R"({"maxResults":2})");
  EXPECT_EQ(sent.headers.get("X-Amz-Target"), "AmazonEC2ContainerServiceV20141113.ListClusters");
  EXPECT_EQ(sent.headers.get("Authorization").substr(0, 68),
            "AWS4-HMAC-SHA256 Credential=key/20231114/eu-west-1/ecs/aws4_request,");
}

TEST_F(SdkTask, CarriesTheTraceOfItsExecution) {
  service_.answer_with(answer(200, R"({"clusterArns":[]})"));
  TaskCall call = task_call("arn:aws:states:::aws-sdk:ecs:listClusters", Json::object());
  call.trace_header = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=0";
  call.task.entered_event = 7;
  const auto reports = std::make_shared<Reports>();
  connector_.call(call, reports);
  reports->at(0);
  EXPECT_EQ(service_.last().headers.get("X-Amzn-Trace-Id"),
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=" + span_id_of(call.execution_arn, 7) +
                ";Sampled=0");
}

TEST_F(SdkTask, CallsAServiceOfTheQueryProtocol) {
  service_.answer_with(
      answer(200,
             "<CreateTopicResponse><CreateTopicResult><TopicArn>t</TopicArn></CreateTopicResult>"
             "</CreateTopicResponse>"));
  EXPECT_EQ(call("sns:createTopic", {{"Name", "a b"}}).json(), (Json{{"TopicArn", "t"}}));
  EXPECT_EQ(service_.last().body, "Action=CreateTopic&Version=2010-03-31&Name=a%20b");
}

TEST_F(SdkTask, CallsAServiceOfEc2sProtocol) {
  service_.answer_with(
      answer(200,
             "<DescribeKeyPairsResponse><keySet><item><keyName>k</keyName></item></keySet>"
             "</DescribeKeyPairsResponse>"));
  EXPECT_EQ(call("ec2:describeKeyPairs", {{"KeyNames", {"k"}}}).json(),
            (Json{{"KeyPairs", {{{"KeyName", "k"}}}}}));
  EXPECT_EQ(service_.last().body, "Action=DescribeKeyPairs&Version=2016-11-15&KeyName.1=k");
}

TEST_F(SdkTask, CallsAServiceOfTheRestJsonProtocol) {
  service_.answer_with(answer(200, R"({"jobs":[{"jobId":"j","createdAt":1700000000000}]})"));
  EXPECT_EQ(call("batch:describeJobs", {{"Jobs", {"j"}}}).json(),
            (Json{{"Jobs", {{{"JobId", "j"}, {"CreatedAt", 1700000000000}}}}}));
  EXPECT_EQ(service_.last().target, "/v1/describejobs");
  EXPECT_EQ(service_.last().body, R"({"jobs":["j"]})");
}

TEST_F(SdkTask, CallsAServiceOfTheRestXmlProtocol) {
  service_.answer_with(
      answer(200,
             "<GetHostedZoneResponse><HostedZone><Id>Z</Id><Name>n.</Name></HostedZone>"
             "</GetHostedZoneResponse>"));
  EXPECT_EQ(call("route53:getHostedZone", {{"Id", "Z"}}).json(),
            (Json{{"HostedZone", {{"Id", "Z"}, {"Name", "n."}}}}));
  EXPECT_EQ(service_.last().method, "GET");
  EXPECT_EQ(service_.last().target, "/2013-04-01/hostedzone/Z");
}

TEST_F(SdkTask, FailsWithTheSdksNameOfTheError) {
  service_.answer_with(
      answer(404,
             "<ErrorResponse><Error><Code>DBInstanceNotFound</Code><Message>No d.</Message></Error>"
             "</ErrorResponse>"));
  const Report missing = call("rds:deleteDBInstance", {{"DbInstanceIdentifier", "d"}});
  EXPECT_EQ(missing.what, "Rds.DbInstanceNotFoundException");
  EXPECT_EQ(missing.text, "No d. (Service: Rds, Status Code: 404, Request ID: r)");
  service_.answer_with(answer(400, R"({"__type":"com.x#AccessDenied","message":"no"})"));
  EXPECT_EQ(call("ecs:listClusters", Json::object()).what, "Ecs.EcsException");
}

TEST_F(SdkTask, NamesTheErrorOfAnAnswerWithoutABody) {
  service_.answer_with(answer(404, ""));
  const Report missing = call("s3:headObject", {{"Bucket", "b"}, {"Key", "k"}});
  EXPECT_EQ(missing.what, "S3.NoSuchKeyException");
  EXPECT_EQ(missing.text, "null (Service: S3, Status Code: 404, Request ID: r)");
}

TEST_F(SdkTask, SendsNothingThatTheModelDoesNotKnow) {
  const Report unknown = call("ecs:listClusters", {{"maxResults", 2}});
  EXPECT_EQ(unknown.what, "States.Runtime");
  EXPECT_EQ(unknown.text,
            "The Parameters '{\"maxResults\":2}' could not be used to start the Task: [The field "
            "\"maxResults\" is not supported by Step Functions]");
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(SdkTask, SaysWhichServiceOrActionThereIsNoModelOf) {
  const Report service = call("nosuchservice:listThings", Json::object());
  EXPECT_EQ(service.what, "States.TaskFailed");
  EXPECT_NE(service.text.find("There is no model of the service 'nosuchservice'"),
            std::string::npos);
  EXPECT_NE(service.text.find("PAWL_SERVICE_MODELS"), std::string::npos);
  EXPECT_NE(call("ecs:fly", Json::object()).text.find("has no action 'fly'"), std::string::npos);
}

TEST_F(SdkTask, IsTriedAgainWhenTheServiceThrottles) {
  const auto asked = std::make_shared<std::atomic<int>>(0);
  service_.answer_with([asked](const HttpRequest&, const Responder& respond) {
    const bool first = asked->fetch_add(1) == 0;
    HttpResponse response;
    response.status = first ? 400 : 200;
    response.body = first ? R"({"__type":"ThrottlingException"})" : R"({"clusterArns":[]})";
    respond(std::move(response));
  });
  EXPECT_EQ(call("ecs:listClusters", Json::object()).what, "succeeded");
  EXPECT_EQ(asked->load(), 2);
}

TEST_F(SdkTask, GivesUpAfterThreeAttempts) {
  service_.answer_with(answer(503, R"({"message":"busy"})"));
  EXPECT_EQ(call("ecs:listClusters", Json::object()).what, "Ecs.EcsException");
  EXPECT_EQ(service_.requests().size(), 3U);
}

TEST_F(SdkTask, OfTheSameWorkHasTheSameIdempotencyToken) {
  service_.answer_with(answer(200, "<RunInstancesResponse/>"));
  const Json run = {{"MinCount", 1}, {"MaxCount", 1}};
  call("ec2:runInstances", run);
  call("ec2:runInstances", run);
  const auto sent = service_.requests();
  EXPECT_NE(sent[0].body.find("ClientToken="), std::string::npos);
  EXPECT_EQ(sent[0].body, sent[1].body);
}

TEST_F(SdkTask, WithATokenIsSubmittedWithItsMetadata) {
  service_.answer_with(answer(200, R"({"clusterArns":[]})"));
  const Report submitted = call("ecs:listClusters", Json::object(), ".waitForTaskToken");
  EXPECT_EQ(submitted.what, "submitted");
  EXPECT_EQ(submitted.json().at("SdkResponseMetadata"), (Json{{"RequestId", "r"}}));
}

TEST_F(SdkTask, WithoutAnEndpointOrCredentialsNamesTheVariables) {
  AwsCallerOptions nowhere;
  nowhere.region = "eu-west-1";
  ::unsetenv("AWS_ACCESS_KEY_ID");
  AwsCaller caller(http_, clock_, executor_, installed_models(), nowhere);
  AwsSdkConnector connector(installed_models(), caller);
  const auto reports = std::make_shared<Reports>();
  connector.call(task_call("arn:aws:states:::aws-sdk:secretsmanager:listSecrets", Json::object()),
                 reports);
  EXPECT_EQ(reports->at(0).what, "States.TaskFailed");
  EXPECT_NE(reports->at(0).text.find("AWS_ENDPOINT_URL_SECRETS_MANAGER"), std::string::npos);
}

TEST_F(SdkTask, ReachesAwsOnlyWithCredentials) {
  AwsCallerOptions options;
  options.region = "eu-west-1";
  AwsCaller caller(http_, clock_, executor_, installed_models(), options);
  const auto ecs = installed_model("ecs");
  EXPECT_EQ(caller.endpoint(*ecs, "ListClusters")->url, "https://ecs.eu-west-1.amazonaws.com");
  const auto iam = installed_model("iam");
  EXPECT_EQ(caller.endpoint(*iam, "ListRoles")->signing_region, "us-east-1");
  ::unsetenv("AWS_ACCESS_KEY_ID");
  EXPECT_FALSE(caller.endpoint(*ecs, "ListClusters").has_value());
}

TEST_F(SdkTask, OfAServiceThatIsHereStaysHere) {
  AwsCallerOptions options;
  options.region = "eu-west-1";
  options.local = {{"S3",
                    {[](const std::string&) { return true; },
                     [] { return std::string("http://127.0.0.1:1"); }}}};
  AwsCaller caller(http_, clock_, executor_, installed_models(), options);
  EXPECT_EQ(caller.endpoint(*installed_model("s3"), "ListBuckets")->url, "http://127.0.0.1:1");
}

TEST_F(SdkTask, WhoseServiceIsAwayFailsAsTheSdksClient) {
  AwsCallerOptions options;
  options.region = "eu-west-1";
  options.urls = {{"ECS", "http://127.0.0.1:1"}};
  AwsCaller caller(http_, clock_, executor_, installed_models(), options);
  AwsSdkConnector connector(installed_models(), caller);
  const auto reports = std::make_shared<Reports>();
  connector.call(task_call("arn:aws:states:::aws-sdk:ecs:listClusters", Json::object()), reports);
  EXPECT_EQ(reports->at(0).what, "Ecs.SdkClientException");
  EXPECT_TRUE(reports->at(0).text.starts_with("Unable to execute HTTP request: "));
}

}  // namespace
}  // namespace pawl::engine
