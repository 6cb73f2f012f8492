// AWS clients inside functions: Debian's boto3, as it comes, finds the server that runs the
// function and nobody else, also where the data folder lies under /tmp, of which a job sees little.
#include <gtest/gtest.h>

#include "tests/end_to_end/one_task.h"

namespace pawl::engine {
namespace {

// Lists and reads, by the client and by the resource, with a configuration of its own and without.
constexpr const char* kFunction = R"(import boto3
from botocore.config import Config

def handler(event, context):
    s3 = boto3.client("s3")
    own = boto3.client("s3", config=Config(connect_timeout=5))
    return {
        "endpoints": [c.meta.endpoint_url for c in (s3, own, boto3.client("sagemaker"))],
        "keys": [entry["Key"] for entry in s3.list_objects_v2(Bucket="data-of-mine")["Contents"]],
        "text": own.get_object(Bucket="data-of-mine", Key="a/b.txt")["Body"].read().decode(),
        "keys of the resource": [o.key for o in boto3.resource("s3").Bucket("data-of-mine").objects.all()],
    }
)";

void put(const ServerProcess& server, const std::string& path, const std::string& body) {
  const ProgramEnd end = run_program({"/usr/bin/curl",
                                      "-sf",
                                      "-X",
                                      "PUT",
                                      "-H",
                                      "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                                      "--data-binary",
                                      body,
                                      server.url() + path});
  ASSERT_EQ(end.exit_code, 0) << end.errors << server.log();
}

class FunctionClients : public testing::Test {
 protected:
  Json call(const std::string& function) {
    put(server_, "/data-of-mine", "");
    put(server_, "/data-of-mine/a/b.txt", "hello");
    start_task(server_, "arn:aws:states:::lambda:invoke", {{"FunctionName", function}});
    return output_of(server_).at("Payload");
  }
  void expect_here(const Json& result) const {
    EXPECT_EQ(result.at("endpoints"), Json::array({server_.url(), server_.url(), server_.url()}));
    EXPECT_EQ(result.at("keys"), Json::array({"a/b.txt"}));
    EXPECT_EQ(result.at("text"), "hello");
    EXPECT_EQ(result.at("keys of the resource"), Json::array({"a/b.txt"}));
  }
  static std::vector<std::string> options(const TemporaryFolder& folder) {
    write_file(folder.file("reads.py"), kFunction);
    write_file(folder.file("pawl.toml"),
               "python = \"/usr/bin/python3\"\n"
               "[functions]\n"
               "reads = \"reads.py:handler\"\n");
    return {"--config", folder.file("pawl.toml")};
  }

  TemporaryFolder folder_;
  ServerProcess server_{options(folder_)};
};

TEST_F(FunctionClients, OfAPythonHandlerCallThisServer) {
  ASSERT_EQ(missing_packages(), "");
  expect_here(call("reads"));
}

}  // namespace
}  // namespace pawl::engine
