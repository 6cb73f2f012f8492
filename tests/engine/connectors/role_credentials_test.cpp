#include "engine/connectors/role_credentials.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "engine/connectors/aws.h"
#include "tests/engine/connections/connections_fixture.h"
#include "tests/engine/connectors/reports.h"

namespace pawl::engine {
namespace {

class MovedClock final : public Clock {
 public:
  Timestamp now() override { return {now_ms.load()}; }
  std::atomic<std::int64_t> now_ms{1'700'000'000'000};
};

class Roles : public testing::Test {
 protected:
  Roles() {
    ::setenv("AWS_ACCESS_KEY_ID", "own-key", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "own-secret", 1);
    ::unsetenv("AWS_SESSION_TOKEN");
  }
  ~Roles() override {
    ::unsetenv("AWS_ACCESS_KEY_ID");
    ::unsetenv("AWS_SECRET_ACCESS_KEY");
  }

  static FarSide::Answer assumed(const std::string& expiration) {
    return [expiration](const HttpRequest&, const Responder& respond) {
      HttpResponse response;
      response.body =
          "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>role-key</AccessKeyId>"
          "<SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>"
          "<Expiration>" +
          expiration +
          "</Expiration></Credentials></AssumeRoleResult></"
          "AssumeRoleResponse>";
      respond(std::move(response));
    };
  }
  // What SQS was asked with, of a message sent as the role.
  Report send(const std::optional<std::string>& role) {
    TaskCall call =
        task_call("arn:aws:states:::sqs:sendMessage", {{"QueueUrl", "q"}, {"MessageBody", "m"}});
    call.execution_name = "run 1";
    call.task.role_arn = role;
    const auto reports = std::make_shared<Reports>();
    connector_.call(call, reports);
    return reports->at(0);
  }
  std::string signer() const {
    return std::string(sqs_.last().headers.get("Authorization")).substr(17, 30);
  }

  MovedClock clock_;
  HttpClient http_;
  FarSide sts_;
  FarSide sqs_;
  AwsConnector connector_{http_, clock_, "us-east-1", {{"SQS", sqs_.url("")}, {"STS", sts_.url()}}};
};

constexpr const char* kThere = "arn:aws:iam::111122223333:role/there";

TEST_F(Roles, ACallIsSignedWithTheRoleOfItsTask) {
  sts_.answer_with(assumed("2023-11-14T23:13:20Z"));  // in an hour
  EXPECT_EQ(send(kThere).what, "succeeded");
  EXPECT_TRUE(signer().starts_with("Credential=role-key/")) << signer();
  EXPECT_EQ(sqs_.last().headers.get("X-Amz-Security-Token"), "role-token");
  EXPECT_EQ(
      sts_.last().body,
      "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%"
      "2Fthere&RoleSessionName=run-1&ExternalId=arn%3Aaws%3Astates%3Aus-east-1%3A123456789012%"
      "3AstateMachine%3Amachine");
  EXPECT_NE(std::string(sts_.last().headers.get("Authorization")).find("Credential=own-key/"),
            std::string::npos);
  send(std::nullopt);
  EXPECT_TRUE(signer().starts_with("Credential=own-key/")) << signer();
}

TEST_F(Roles, ARoleIsAssumedAnewBeforeItsCredentialsExpire) {
  sts_.answer_with(assumed("2023-11-14T23:13:20Z"));
  send(kThere);
  send(kThere);
  EXPECT_EQ(sts_.requests().size(), 1U);
  clock_.now_ms += 55 * 60'000;
  send(kThere);
  EXPECT_EQ(sts_.requests().size(), 2U);
}

TEST_F(Roles, ARoleThatCannotBeAssumedFailsTheTask) {
  sts_.answer_with([](const HttpRequest&, const Responder& respond) {
    HttpResponse response;
    response.status = 403;
    response.body = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
    respond(std::move(response));
  });
  const Report report = send(kThere);
  EXPECT_EQ(report.what, "States.TaskFailed");
  EXPECT_EQ(report.text,
            "The role of the state machine is not authorized to assume the task state's role, "
            "arn:aws:iam::111122223333:role/there.");
  EXPECT_TRUE(sqs_.requests().empty());
}

TEST_F(Roles, WithoutAnAddressOfStsTheCallIsTheEnvironments) {
  AwsConnector plain(http_, clock_, "us-east-1", {{"SQS", sqs_.url("")}});
  TaskCall call =
      task_call("arn:aws:states:::sqs:sendMessage", {{"QueueUrl", "q"}, {"MessageBody", "m"}});
  call.task.role_arn = kThere;
  const auto reports = std::make_shared<Reports>();
  plain.call(call, reports);
  reports->at(0);
  EXPECT_TRUE(signer().starts_with("Credential=own-key/")) << signer();
}

}  // namespace
}  // namespace pawl::engine
