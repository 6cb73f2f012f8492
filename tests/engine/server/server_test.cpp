// What the composition itself decides: who may start, and what it says.
#include "engine/server/server.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "engine/http/client.h"
#include "engine/security/tokens.h"

namespace pawl::engine {
namespace {

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "pawl-server-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    config_.data_folder = name;
    config_.port = 0;
  }
  ~ServerTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(config_.data_folder, ignored);
  }
  std::string refusal(const Config& config) {
    try {
      const Server server(config);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }
  Config config_;
};

TEST_F(ServerTest, BeyondLoopbackIsRefusedUnlessSomebodyCanLogInOrItIsWanted) {
  config_.host = "0.0.0.0";
  EXPECT_NE(refusal(config_).find("--insecure"), std::string::npos);
  EXPECT_NE(refusal(config_).find("pawl token create"), std::string::npos);
  Config insecure = config_;
  insecure.insecure = true;
  EXPECT_EQ(refusal(insecure), "");
  Config with_key = config_;
  with_key.keys["AKID"].secret = "secret";
  EXPECT_EQ(refusal(with_key), "");
  TokenFile tokens(tokens_file(config_.data_folder));
  tokens.create({"old", Scope::kAdmin, {1000}, asl::Timestamp{2000}});
  EXPECT_NE(refusal(config_), "");  // it has expired
  tokens.create({"ci", Scope::kRead, {1000}, std::nullopt});
  EXPECT_EQ(refusal(config_), "");
}

TEST_F(ServerTest, OnAFolderThatAnotherServerUsesIsRefused) {
  const Server first(config_);
  EXPECT_NE(refusal(config_), "");
}

TEST_F(ServerTest, OnAnAddressThatIsTakenIsRefused) {
  const Server first(config_);
  Config second = config_;
  second.data_folder += "/second";
  second.port = first.port();
  EXPECT_NE(refusal(second).find(std::to_string(first.port())), std::string::npos);
}

TEST_F(ServerTest, AnswersAtItsUrl) {
  const Server server(config_);
  EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(server.port()));
  HttpClient client;
  ClientRequest request;
  request.url = server.url() + "/healthz";
  EXPECT_EQ(std::get<HttpResponse>(client.send(std::move(request))).status, 200);
}

TEST_F(ServerTest, AFolderOfVirtualTimeAndOneOfRealTimeAreNotMixed) {
  Config virtual_one = config_;
  virtual_one.virtual_time = true;
  EXPECT_EQ(refusal(virtual_one), "");
  EXPECT_EQ(refusal(virtual_one), "");
  EXPECT_NE(refusal(config_).find("--virtual-time"), std::string::npos);
  config_.data_folder += "/real";
  virtual_one.data_folder = config_.data_folder;
  EXPECT_EQ(refusal(config_), "");
  EXPECT_NE(refusal(virtual_one).find("real times"), std::string::npos);
}

TEST_F(ServerTest, TheClockIsShownAndWhereItIsVirtualSetForward) {
  const auto ask = [](const Server& server, const std::string& verb, const std::string& body) {
    HttpClient client;
    ClientRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.url = server.url() + "/api/v1/clock" + verb;
    request.body = body;
    return std::get<HttpResponse>(client.send(std::move(request)));
  };
  {
    const Server real(config_);
    EXPECT_NE(ask(real, "", "").body.find("\"virtual\":false"), std::string::npos);
    EXPECT_EQ(ask(real, ":advance", R"({"seconds": 1})").status, 409);
  }
  config_.data_folder += "/virtual";
  config_.virtual_time = true;
  const Server server(config_);
  const HttpResponse set = ask(server, ":advance", R"({"to": "2100-01-01T00:00:00Z"})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_NE(ask(server, "", "").body.find("2100-01-01T00:0"), std::string::npos);
  EXPECT_EQ(ask(server, ":advance", R"({"seconds": 86400})").status, 200);
  EXPECT_NE(ask(server, "", "").body.find("2100-01-02T00:0"), std::string::npos);
  for (const char* wrong : {R"({"to": "2000-01-01T00:00:00Z"})",
                            R"({"to": "soon"})",
                            R"({"seconds": -1})",
                            R"({"seconds": 1e300})",
                            R"({"seconds": "1"})",
                            R"({"seconds": 1, "to": "2200-01-01T00:00:00Z"})",
                            "{}"}) {
    EXPECT_EQ(ask(server, ":advance", wrong).status, 400) << wrong;
  }
}

TEST_F(ServerTest, MockedResultsAreCheckedByTheModelsThatItFinds) {
  const std::filesystem::path models = config_.data_folder + "/models";
  std::filesystem::create_directories(models / "parcels/2020-01-01");
  std::ofstream(models / "parcels/2020-01-01/service-2.json") << R"({
    "metadata": {"apiVersion": "2020-01-01", "protocol": "json", "serviceId": "Parcels",
                 "endpointPrefix": "parcels"},
    "operations": {"GetParcel": {"name": "GetParcel", "http": {"method": "POST"},
                                 "output": {"shape": "Parcel"}}},
    "shapes": {"Parcel": {"type": "structure", "required": ["state"],
                          "members": {"state": {"shape": "State"}}},
               "State": {"type": "string", "enum": ["SENT", "LOST"]}}})";
  config_.service_models = models.string();
  const Server server(config_);
  const auto test = [&server](const std::string& mock) {
    HttpClient client;
    ClientRequest request;
    request.method = "POST";
    request.url = server.url();
    request.headers.set("X-Amz-Target", "AWSStepFunctions.TestState");
    request.body =
        R"({"definition": "{\"Type\":\"Task\",\"End\":true,\"Parameters\":{},\"Resource\":)"
        R"(\"arn:aws:states:::aws-sdk:parcels:getParcel\"}", "mock": )" +
        mock + "}";
    return std::get<HttpResponse>(client.send(std::move(request))).body;
  };
  EXPECT_NE(test(R"({"result": "{}"})").find("Required field 'State' is missing"),
            std::string::npos);
  EXPECT_NE(
      test(R"({"result": "{\"State\":\"EATEN\"}"})").find("Field 'State' is not an expected value"),
      std::string::npos);
  EXPECT_NE(test(R"({"result": "{\"State\":\"SENT\"}"})").find("SUCCEEDED"), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine
