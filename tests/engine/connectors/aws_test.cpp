#include "engine/connectors/aws.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <future>

#include "engine/http/server.h"
#include "engine/http/sigv4.h"

namespace pawl::engine {
namespace {

using asl::Json;

class FixedTime final : public Clock {
 public:
  Timestamp now() override { return {1'700'000'000'000}; }
};

class OneReport final : public TaskReply {
 public:
  void started(std::optional<std::string>) override {}
  void submitted(Payload output) override { report.set_value({"submitted", output.json()}); }
  void succeeded(Payload output) override { report.set_value({"succeeded", output.json()}); }
  void failed(StateError error) override {
    report.set_value({error.name.value_or(""), error.cause.value_or("")});
  }
  std::promise<std::pair<std::string, Json>> report;
};

// A service that answers every request with `answer_` and keeps the last one.
class AwsServices : public testing::Test {
 protected:
  AwsServices()
      : server_(options(),
                [this](HttpRequest request, Responder respond) {
                  request_ = std::move(request);
                  respond(answer_);
                }),
        connector_(http_, clock_, "us-east-1", urls()) {
    answer_.headers.set("x-amzn-RequestId", "the-id");
  }

  static HttpServerOptions options() {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }
  std::map<std::string, std::string> urls() const {
    const std::string url = "http://127.0.0.1:" + std::to_string(server_.port());
    return {{"SQS", url}, {"SNS", url}, {"EVENTBRIDGE", url + "/"}};
  }

  std::pair<std::string, Json> call(const std::string& resource, Json parameters) {
    TaskCall call;
    call.execution_arn = "execution";
    call.state_machine_arn = "machine";
    call.task.resource = "arn:aws:states:::" + resource;
    call.task.parameters = Payload::of(std::move(parameters));
    EXPECT_TRUE(connector_.serves(call.task.resource));
    const auto reply = std::make_shared<OneReport>();
    connector_.call(call, reply);
    auto report = reply->report.get_future();
    if (report.wait_for(std::chrono::seconds(10)) != std::future_status::ready) return {};
    return report.get();
  }

  FixedTime clock_;
  HttpRequest request_;
  HttpResponse answer_;
  HttpServer server_;
  HttpClient http_;
  AwsConnector connector_;
};

TEST_F(AwsServices, AMessageThatIsAValueIsSentAsText) {
  answer_.body = R"({"MessageId":"m"})";
  const auto [what, output] =
      call("sqs:sendMessage.waitForTaskToken",
           {{"QueueUrl", "q"}, {"MessageBody", {{"Token", "t"}}}, {"DelaySeconds", nullptr}});
  EXPECT_EQ(request_.headers.get("X-Amz-Target"), "AmazonSQS.SendMessage");
  EXPECT_EQ(request_.body, R"({"QueueUrl":"q","MessageBody":"{\"Token\":\"t\"}"})");
  EXPECT_EQ(what, "submitted");
  EXPECT_EQ(output.at("MessageId"), "m");
  EXPECT_EQ(output.at("SdkResponseMetadata").at("RequestId"), "the-id");
}

TEST_F(AwsServices, ARefusalIsNamedAsTheServicesSdkNamesIt) {
  answer_.status = 400;
  answer_.body = R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No queue."})";
  const auto [optimised, cause] = call("sqs:sendMessage", {{"QueueUrl", "q"}});
  EXPECT_EQ(optimised, "SQS.QueueDoesNotExistException");
  EXPECT_EQ(cause,
            "No queue. (Service: AmazonSQS; Status Code: 400; Error Code: QueueDoesNotExist; "
            "Request ID: the-id; Proxy: null)");
  answer_.body = R"({"__type":"MissingParameter","message":"No body."})";
  EXPECT_EQ(call("sqs:sendMessage", {{"QueueUrl", "q"}}).first, "SQS.AmazonSQSException");
  const auto [sdk, sdk_cause] = call("aws-sdk:sqs:receiveMessage", {{"QueueUrl", "q"}});
  EXPECT_EQ(sdk, "Sqs.SqsException");
  EXPECT_EQ(sdk_cause, "No body. (Service: Sqs, Status Code: 400, Request ID: the-id)");
}

TEST_F(AwsServices, AnSdkCallAnswersWithoutMetadataAndWithIsoTimes) {
  answer_.body = R"({"List":[{"CreatedDate":1700000000.5,"Size":3}]})";
  const Json expected =
      Json::parse(R"({"List":[{"CreatedDate":"2023-11-14T22:13:20.500Z","Size":3}]})");
  EXPECT_EQ(call("aws-sdk:sqs:listQueues", Json::object()).second, expected);
}

TEST_F(AwsServices, ARejectedEventFailsTheTask) {
  answer_.body = R"({"FailedEntryCount":1,"Entries":[]})";
  const auto [what, cause] =
      call("events:putEvents", {{"Entries", {{{"Detail", {{"a", 1}}}, {"Source", "s"}}}}});
  EXPECT_EQ(what, "EventBridge.FailedEntry");
  EXPECT_EQ(cause, answer_.body);
  EXPECT_EQ(
      request_.body,
      R"({"Entries":[{"Detail":"{\"a\":1}","Source":"s","Resources":["machine","execution"]}]})");
}

TEST_F(AwsServices, PublishSpeaksTheQueryProtocol) {
  answer_.body = "<R><MessageId>m&amp;1</MessageId></R>";
  const Json attributes = {{"colour", {{"DataType", "String"}, {"StringValue", "blue"}}}};
  const auto [what, output] =
      call("sns:publish", {{"Message", {{"a", 1}}}, {"MessageAttributes", attributes}});
  EXPECT_EQ(request_.body,
            "Action=Publish&Version=2010-03-31&Message=%7B%22a%22%3A1%7D"
            "&MessageAttributes.entry.1.Name=colour"
            "&MessageAttributes.entry.1.Value.DataType=String"
            "&MessageAttributes.entry.1.Value.StringValue=blue");
  EXPECT_EQ(output.at("MessageId"), "m&1");
  answer_.status = 404;
  answer_.body = "<E><Code>NotFound</Code><Message>No topic</Message></E>";
  EXPECT_EQ(call("sns:publish", {{"Message", "x"}}).first, "SNS.NotFoundException");
}

// As the AWS CLI would find them.
class WithCredentials {
 public:
  WithCredentials() {
    ::setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    ::setenv("AWS_SESSION_TOKEN", "session", 1);
  }
  ~WithCredentials() {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
      ::unsetenv(name);
  }
};

TEST_F(AwsServices, ACallIsSignedForTheServiceTheRegionAndTheHost) {
  const WithCredentials credentials;
  answer_.body = "{}";
  call("aws-sdk:eventbridge:listRules", {{"Limit", 1}});
  const std::string authorization(request_.headers.get("Authorization"));
  EXPECT_TRUE(authorization.starts_with(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231114/us-east-1/events/aws4_request, "
      "SignedHeaders="))
      << authorization;
  EXPECT_NE(authorization.find("content-type;host;x-amz-date;x-amz-security-token;x-amz-target"),
            std::string::npos)
      << authorization;
  EXPECT_EQ(request_.headers.get("X-Amz-Date"), "20231114T221320Z");
  EXPECT_EQ(request_.headers.get("X-Amz-Security-Token"), "session");

  // The service computes the same from what it has received.
  Headers again;
  again.set("Content-Type", std::string(request_.headers.get("Content-Type")));
  again.set("X-Amz-Target", std::string(request_.headers.get("X-Amz-Target")));
  sign_request({"AKIDEXAMPLE", "secret", "session"},
               {"us-east-1", "events", clock_.now()},
               {"POST", std::string(request_.headers.get("Host")), "/", request_.body},
               again);
  EXPECT_EQ(again.get("Authorization"), authorization);
}

TEST_F(AwsServices, WithoutCredentialsACallIsNotSigned) {
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) {
    ::unsetenv(name);
  }
  answer_.body = "{}";
  call("sqs:sendMessage", {{"QueueUrl", "q"}});
  EXPECT_FALSE(request_.headers.has("Authorization"));
}

TEST(IdempotencyTokens, AreMadeOfTheWorkSoThatACallSentAgainIsTheSame) {
  const auto token_of = [](const std::string& resource, states::WorkId work, Json parameters) {
    TaskCall call;
    call.execution_arn = "execution";
    call.task.work = work;
    call.task.resource = "arn:aws:states:::aws-sdk:" + resource;
    call.task.parameters = Payload::of(std::move(parameters));
    for (const AwsService& service : aws_services()) {
      if (resource.starts_with(service.sdk + ":"))
        return aws_request(service, call).value("ClientRequestToken", "");
    }
    return std::string("no such service");
  };
  const std::string transaction = "dynamodb:transactWriteItems";
  const std::string first = token_of(transaction, 1, Json::object());
  EXPECT_EQ(first.size(), 36U);
  EXPECT_EQ(token_of(transaction, 1, Json::object()), first);
  EXPECT_NE(token_of(transaction, 2, Json::object()), first);
  EXPECT_EQ(token_of(transaction, 1, {{"ClientRequestToken", "mine"}}), "mine");
  EXPECT_NE(token_of("secretsmanager:createSecret", 1, Json::object()), "");
  EXPECT_EQ(token_of("dynamodb:putItem", 1, Json::object()), "");
}

TEST_F(AwsServices, AServiceThatIsGoneFailsWithTheClientsError) {
  AwsConnector nowhere(http_, clock_, "us-east-1", {{"DYNAMODB", "http://127.0.0.1:1"}});
  for (const auto& [resource, prefix] :
       {std::pair<std::string, std::string>("dynamodb:getItem", "DynamoDB"),
        {"aws-sdk:dynamodb:getItem", "DynamoDb"}}) {
    const auto reply = std::make_shared<OneReport>();
    TaskCall call;
    call.task.resource = "arn:aws:states:::" + resource;
    call.task.parameters = Payload::of({{"TableName", "t"}});
    nowhere.call(call, reply);
    EXPECT_EQ(reply->report.get_future().get().first, prefix + ".SdkClientException");
  }
}

TEST_F(AwsServices, AMessageThatWasSentBeforeTheRestartIsNotSentAgain) {
  TaskCall call;
  call.task.resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
  call.task.parameters = Payload::of({{"QueueUrl", "q"}});
  call.task.resumed = true;
  call.task.submitted = true;
  connector_.call(call, std::make_shared<OneReport>());
  answer_.body = "{}";
  AwsServices::call("sqs:sendMessage", {{"QueueUrl", "another"}});
  EXPECT_EQ(request_.body, R"({"QueueUrl":"another"})");
}

TEST_F(AwsServices, AServiceWithoutAnEndpointIsNotServed) {
  EXPECT_FALSE(connector_.serves("arn:aws:states:::dynamodb:putItem"));
  EXPECT_FALSE(connector_.serves("arn:aws:states:::aws-sdk:sns:createTopic"));
}

}  // namespace
}  // namespace pawl::engine
