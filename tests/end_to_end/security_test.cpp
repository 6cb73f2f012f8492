// A server that asks for credentials, with the clients people have: Debian's aws CLI, boto3, curl
// and pawl itself.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/end_to_end/server_process.h"
#include "tests/engine/http/certificates.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr const char* kSession = "FwoGZXIvYXdzEBYaDPV3/+Example==";

class Secured : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(missing_packages(), "");
    write_file(folder_.file("admin.secret"), std::string(kSecret) + "\n");
    write_file(folder_.file("session.token"), std::string(kSession) + "\n");
    write_file(folder_.file("handler.py"), kHandler);
    configure("");
  }
  void configure(const std::string& more) const {
    write_file(folder_.file("pawl.toml"),
               "auth = \"required\"\n" + more +
                   "[keys.AKIDADMIN]\nsecret-file = \"admin.secret\"\nscope = \"admin\"\n"
                   "[keys.AKIDREAD]\nsecret = \"read secret\"\nscope = \"read\"\n"
                   "[keys.ASIATEMPORARY]\nsecret = \"temporary secret\"\n"
                   "session-token-file = \"session.token\"\n"
                   "[functions]\nback = \"handler.py:handle\"\n");
  }
  void start(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"--config", folder_.file("pawl.toml")});
    server_ = std::make_unique<ServerProcess>(std::move(options));
  }
  static std::vector<std::string> with_environment(const std::vector<std::string>& variables,
                                                   const std::vector<std::string>& words) {
    std::vector<std::string> all = {"/usr/bin/env"};
    all.insert(all.end(), variables.begin(), variables.end());
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }
  ProgramEnd aws(const std::string& key,
                 const std::string& secret,
                 const std::vector<std::string>& words,
                 const std::vector<std::string>& variables = {}) const {
    std::vector<std::string> all = {"/usr/bin/aws", "--endpoint-url", server_->url()};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<std::string> environment = {"AWS_ACCESS_KEY_ID=" + key,
                                            "AWS_SECRET_ACCESS_KEY=" + secret};
    environment.insert(environment.end(), variables.begin(), variables.end());
    return run_program(with_environment(environment, all));
  }
  ProgramEnd pawl(const std::vector<std::string>& words,
                  const std::vector<std::string>& variables = {}) const {
    std::vector<std::string> all = {test::kPawlProgram};
    all.insert(all.end(), words.begin(), words.end());
    return run_program(with_environment(variables, all));
  }
  std::string new_token(const std::string& name, const std::string& scope) const {
    const ProgramEnd made =
        pawl({"token", "create", "--name", name, "--scope", scope, "--data", server_->data("")});
    EXPECT_EQ(made.exit_code, 0) << made.errors;
    return made.output.substr(0, made.output.find('\n'));
  }

  // Writes an object with the credentials that it was given.
  static constexpr const char* kHandler = R"py(
import os
import boto3

def handle(event, context):
    s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
    s3.create_bucket(Bucket="made-by-a-function")
    s3.put_object(Bucket="made-by-a-function", Key="k", Body=b"b")
    return s3.get_object(Bucket="made-by-a-function", Key="k")["Body"].read().decode()
)py";

  TemporaryFolder folder_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(Secured, TheAwsCliIsServedWithTheRightSecretAndToldWhatIsWrongWithAnother) {
  start();
  const std::vector<std::string> list = {"stepfunctions", "list-state-machines"};
  const ProgramEnd right = aws("AKIDADMIN", kSecret, list);
  EXPECT_EQ(right.exit_code, 0) << right.errors;
  const ProgramEnd wrong = aws("AKIDADMIN", "wrong", list);
  EXPECT_NE(wrong.exit_code, 0);
  EXPECT_NE(wrong.errors.find("(InvalidSignatureException)"), std::string::npos) << wrong.errors;
  const ProgramEnd unknown = aws("AKIDNONE", kSecret, list);
  EXPECT_NE(unknown.errors.find("(UnrecognizedClientException)"), std::string::npos)
      << unknown.errors;
  const ProgramEnd denied =
      aws("AKIDREAD", "read secret", {"stepfunctions", "create-activity", "--name", "a"});
  EXPECT_NE(denied.errors.find("(AccessDeniedException)"), std::string::npos) << denied.errors;
  const ProgramEnd elsewhere =
      aws("AKIDADMIN", kSecret, {"stepfunctions", "list-state-machines", "--region", "eu-west-1"});
  EXPECT_NE(elsewhere.errors.find("Credential should be scoped to a valid region"),
            std::string::npos)
      << elsewhere.errors;
}

TEST_F(Secured, TheAwsCliMovesObjectsSmallLargeAndPresigned) {
  start();
  constexpr std::size_t kLarge = 20U << 20;  // in parts
  write_file(folder_.file("small"), "small");
  write_file(folder_.file("large"), std::string(kLarge, 'x'));
  EXPECT_EQ(aws("AKIDADMIN", kSecret, {"s3", "mb", "s3://bucket"}).exit_code, 0);
  for (const std::string name : {"small", "large"}) {
    const std::string object = "s3://bucket/a folder/" + name + "+(1)";
    const ProgramEnd up = aws("AKIDADMIN", kSecret, {"s3", "cp", folder_.file(name), object});
    EXPECT_EQ(up.exit_code, 0) << up.errors;
    const ProgramEnd down =
        aws("AKIDREAD", "read secret", {"s3", "cp", object, folder_.file("back")});
    EXPECT_EQ(down.exit_code, 0) << down.errors;
    EXPECT_EQ(read_file(folder_.file("back")), read_file(folder_.file(name)));
  }
  const ProgramEnd wrong = aws("AKIDADMIN", "wrong", {"s3", "ls", "s3://bucket"});
  EXPECT_NE(wrong.errors.find("(SignatureDoesNotMatch)"), std::string::npos) << wrong.errors;
  const ProgramEnd denied =
      aws("AKIDREAD", "read secret", {"s3", "rm", "s3://bucket/a folder/small+(1)"});
  EXPECT_NE(denied.errors.find("(AccessDenied)"), std::string::npos) << denied.errors;
  write_file(folder_.file("aws.config"), "[default]\ns3 =\n    signature_version = s3v4\n");
  const ProgramEnd signed_url = aws("AKIDREAD",
                                    "read secret",
                                    {"s3", "presign", "s3://bucket/a folder/small+(1)"},
                                    {"AWS_CONFIG_FILE=" + folder_.file("aws.config")});
  std::string url = signed_url.output.substr(0, signed_url.output.find('\n'));
  EXPECT_EQ(run_program({"/usr/bin/curl", "-s", url}).output, "small");
  url.back() = url.back() == '0' ? '1' : '0';
  EXPECT_NE(run_program({"/usr/bin/curl", "-s", url}).output.find("SignatureDoesNotMatch"),
            std::string::npos);
}

TEST_F(Secured, Boto3SignsForEveryServiceOnThePort) {
  start();
  write_file(folder_.file("all.py"), R"py(
import sys
import boto3, botocore
from botocore.config import Config

def client(name, secret):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name="us-east-1",
                        aws_access_key_id="AKIDADMIN", aws_secret_access_key=secret,
                        config=Config(inject_host_prefix=False, retries={"max_attempts": 1}))

calls = {
    "stepfunctions": lambda c: c.list_state_machines(),
    "sagemaker": lambda c: c.list_models(),
    "glue": lambda c: c.get_jobs(),
    "events": lambda c: c.list_connections(),
    "logs": lambda c: c.describe_log_groups(),
    "s3": lambda c: c.list_buckets(),
    "lambda": lambda c: c.invoke(FunctionName="arn:aws:lambda:us-east-1:123456789012:function:none", Payload=b"{}"),
    "sagemaker-runtime": lambda c: c.invoke_endpoint(EndpointName="none", Body=b"{}"),
}
for name, call in calls.items():
    for secret in (sys.argv[2], "wrong"):
        try:
            call(client(name, secret))
            print(name, "ok")
        except botocore.exceptions.ClientError as error:
            print(name, error.response["Error"]["Code"])
)py");
  const ProgramEnd end =
      run_program({"/usr/bin/python3", folder_.file("all.py"), server_->url(), kSecret});
  EXPECT_EQ(end.output,
            "stepfunctions ok\nstepfunctions InvalidSignatureException\n"
            "sagemaker ok\nsagemaker InvalidSignatureException\n"
            "glue ok\nglue InvalidSignatureException\n"
            "events ok\nevents InvalidSignatureException\n"
            "logs ok\nlogs InvalidSignatureException\n"
            "s3 ok\ns3 SignatureDoesNotMatch\n"
            "lambda ResourceNotFoundException\nlambda InvalidSignatureException\n"
            "sagemaker-runtime ValidationError\nsagemaker-runtime InvalidSignatureException\n")
      << end.errors;
}

TEST_F(Secured, AFunctionReachesTheServerWithTheKeyOfJobs) {
  start();
  const ProgramEnd end =
      aws("AKIDADMIN",
          kSecret,
          {"lambda", "invoke", "--function-name", "back", folder_.file("answer")});
  EXPECT_EQ(end.exit_code, 0) << end.errors << server_->log();
  EXPECT_EQ(read_file(folder_.file("answer")), "\"b\"");
}

TEST_F(Secured, TokensOpenTheCommandLineAndCurlUntilTheyAreRevoked) {
  start();
  const std::string token = new_token("ci", "run");
  const std::vector<std::string> list = {"executions", "--endpoint", server_->url()};
  EXPECT_NE(pawl(list, {"PAWL_TOKEN="}).exit_code, 0);
  const ProgramEnd listed = pawl(list, {"PAWL_TOKEN=" + token});
  EXPECT_EQ(listed.exit_code, 0) << listed.errors;
  const std::vector<std::string> ask = {"/usr/bin/curl",
                                        "-s",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}",
                                        "-H",
                                        "Authorization: Bearer " + token,
                                        server_->url() + "/api/v1/executions"};
  EXPECT_EQ(run_program(ask).output, "200");
  const ProgramEnd shown = pawl({"token", "list", "--data", server_->data("")});
  EXPECT_NE(shown.output.find("ci"), std::string::npos);
  EXPECT_EQ(shown.output.find(token), std::string::npos);
  EXPECT_EQ(pawl({"token", "revoke", "ci", "--data", server_->data("")}).exit_code, 0);
  EXPECT_EQ(run_program(ask).output, "401");
  EXPECT_NE(pawl({"token", "revoke", "ci", "--data", server_->data("")}).exit_code, 0);
}

TEST_F(Secured, SpeaksHttpsWithTheAwsCliWithPawlAndWithItsFunctions) {
  const Authority authority("Test Authority");
  authority.write(folder_.file("ca.pem"));
  const auto renew = [&](const Authority& by) {
    Identity(by, "DNS:localhost,IP:127.0.0.1")
        .write(folder_.file("cert.pem"), folder_.file("key.pem"));
  };
  renew(authority);
  configure("tls-certificate = \"cert.pem\"\ntls-key = \"key.pem\"\n");
  start();
  EXPECT_TRUE(server_->url().starts_with("https://"));
  const std::string ca = "AWS_CA_BUNDLE=" + folder_.file("ca.pem");
  const std::vector<std::string> list = {"stepfunctions", "list-state-machines"};
  const ProgramEnd trusted = aws("AKIDADMIN", kSecret, list, {ca});
  EXPECT_EQ(trusted.exit_code, 0) << trusted.errors;
  EXPECT_NE(aws("AKIDADMIN", kSecret, list).exit_code, 0);
  const ProgramEnd asked = pawl({"executions", "--endpoint", server_->url()},
                                {ca, "PAWL_TOKEN=" + new_token("ci", "read")});
  EXPECT_EQ(asked.exit_code, 0) << asked.errors;
  const ProgramEnd function =
      aws("AKIDADMIN",
          kSecret,
          {"lambda", "invoke", "--function-name", "back", folder_.file("answer")},
          {ca});
  EXPECT_EQ(function.exit_code, 0) << function.errors;
  EXPECT_EQ(read_file(folder_.file("answer")), "\"b\"");
  // SIGHUP: another certificate, from another authority.
  const Authority other("Another Authority");
  renew(other);
  server_->hang_up();
  EXPECT_TRUE(eventually([&] { return aws("AKIDADMIN", kSecret, list, {ca}).exit_code != 0; },
                         std::chrono::seconds(30)));
  other.write(folder_.file("ca.pem"));
  EXPECT_EQ(aws("AKIDADMIN", kSecret, list, {ca}).exit_code, 0);
}

TEST_F(Secured, TakesOtherKeysAfterAHangUp) {
  start();
  const std::vector<std::string> list = {"stepfunctions", "list-state-machines"};
  write_file(folder_.file("admin.secret"), "rotated\n");
  server_->hang_up();
  EXPECT_TRUE(eventually([&] { return aws("AKIDADMIN", "rotated", list).exit_code == 0; },
                         std::chrono::seconds(30)));
  EXPECT_NE(aws("AKIDADMIN", kSecret, list).exit_code, 0);
}

TEST_F(Secured, TemporaryCredentialsAreServedWithTheirSessionToken) {
  start();
  const auto list = [this](const std::string& session) {
    return aws("ASIATEMPORARY",
               "temporary secret",
               {"stepfunctions", "list-state-machines"},
               {"AWS_SESSION_TOKEN=" + session});
  };
  const ProgramEnd right = list(kSession);
  EXPECT_EQ(right.exit_code, 0) << right.errors;
  EXPECT_NE(list("another").errors.find("(UnrecognizedClientException)"), std::string::npos);
  EXPECT_NE(list("").errors.find("(UnrecognizedClientException)"), std::string::npos);
  const auto objects = [this](const std::string& session) {
    return aws("ASIATEMPORARY",
               "temporary secret",
               {"s3api", "list-buckets"},
               {"AWS_SESSION_TOKEN=" + session});
  };
  const ProgramEnd buckets = objects(kSession);
  EXPECT_EQ(buckets.exit_code, 0) << buckets.errors;
  EXPECT_NE(objects("another").errors.find("(InvalidToken)"), std::string::npos);
  // A key of its own has none.
  const ProgramEnd permanent = aws("AKIDREAD",
                                   "read secret",
                                   {"stepfunctions", "list-state-machines"},
                                   {std::string("AWS_SESSION_TOKEN=") + kSession});
  EXPECT_NE(permanent.errors.find("(UnrecognizedClientException)"), std::string::npos);
  write_file(folder_.file("session.token"), "renewed\n");
  server_->hang_up();
  EXPECT_TRUE(eventually([&] { return list("renewed").exit_code == 0; }, std::chrono::seconds(30)));
  EXPECT_NE(list(kSession).exit_code, 0);
}

TEST_F(Secured, TakesOtherRatesAndTokensAfterAHangUp) {
  configure("rate-limit = 1000\nrate-burst = 50\n");
  start();
  const std::string token = new_token("ci", "read");
  Headers headers;
  headers.set("Authorization", "Bearer " + token);
  const auto burst = [&] {
    return std::string(server_->get("/api/v1/version", headers).headers.get("RateLimit-Limit"));
  };
  EXPECT_EQ(burst(), "50");
  configure("rate-limit = 1\nrate-burst = 2\n");
  EXPECT_EQ(burst(), "50");
  server_->hang_up();
  EXPECT_TRUE(eventually([&] { return burst() == "2"; }, std::chrono::seconds(30)));
  EXPECT_TRUE(eventually([&] { return server_->get("/api/v1/version", headers).status == 429; },
                         std::chrono::seconds(30)));
  // A fault changes nothing.
  configure("rate-limit = \"many\"\n");
  server_->hang_up();
  EXPECT_TRUE(
      eventually([&] { return server_->log().find("stays as it was") != std::string::npos; },
                 std::chrono::seconds(30)));
  EXPECT_EQ(burst(), "2");
  configure("");
  server_->hang_up();
  EXPECT_TRUE(eventually([&] { return burst().empty(); }, std::chrono::seconds(30)));
  // Tokens that another program has put there, with the size and the time of those before.
  EXPECT_EQ(server_->get("/api/v1/version", headers).status, 200);
  const std::string file = server_->data("tokens.json");
  const auto time = std::filesystem::last_write_time(file);
  std::string text = read_file(file);
  const std::size_t hash = text.find("\"sha256\":\"") + 10;
  text[hash] = text[hash] == '0' ? '1' : '0';
  write_file(file, text);
  std::filesystem::last_write_time(file, time);
  EXPECT_EQ(server_->get("/api/v1/version", headers).status, 200);
  server_->hang_up();
  EXPECT_TRUE(eventually([&] { return server_->get("/api/v1/version", headers).status == 401; },
                         std::chrono::seconds(30)));
}

}  // namespace
}  // namespace pawl::engine
