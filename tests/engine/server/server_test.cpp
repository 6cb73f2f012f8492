// What the composition itself decides: who may start, and what it says.
#include "engine/server/server.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "engine/http/client.h"

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

TEST_F(ServerTest, BeyondLoopbackIsRefusedUnlessItIsWanted) {
  config_.host = "0.0.0.0";
  EXPECT_NE(refusal(config_).find("--insecure"), std::string::npos);
  config_.insecure = true;
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

}  // namespace
}  // namespace pawl::engine
