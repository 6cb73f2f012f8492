// Connections over a file of their own, and an authorization server on a real socket.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "asl/text.h"
#include "engine/connections/connections.h"
#include "engine/http/server.h"

namespace pawl::engine {

// Answers every request with what `answer` says and keeps what it was asked. Thread-safe.
class FarSide {
 public:
  using Answer = std::function<void(const HttpRequest&, const Responder&)>;

  explicit FarSide(Answer answer = nullptr)
      : answer_(std::move(answer)),
        server_(options(), [this](HttpRequest request, Responder respond) {
          Answer now;
          {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
            now = answer_;
          }
          if (now) return now(request, respond);
          respond(HttpResponse{});
        }) {}

  // Whatever it answers with is not called any more.
  void stop() { server_.stop(std::chrono::milliseconds(0)); }
  void answer_with(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  HttpRequest last() const { return requests().back(); }

  static HttpResponse json(const asl::Json& body, int status = 200) {
    HttpResponse response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = asl::to_text(body);
    return response;
  }

 private:
  static HttpServerOptions options() {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }

  mutable std::mutex mutex_;
  Answer answer_;
  std::vector<HttpRequest> requests_;
  HttpServer server_;
};

class ConnectionsTest : public testing::Test {
 protected:
  ConnectionsTest()
      : folder_((std::filesystem::temp_directory_path() / "pawl-conn-XXXXXX").string()) {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    restart();
  }
  ~ConnectionsTest() override {
    is_stopped_ = true;
    http_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Whatever is not in the file is gone, and what was on its way with it.
  void restart() {
    is_stopped_ = true;
    http_ = std::make_unique<HttpClient>();
    is_stopped_ = false;
    ConnectionsOptions options{.file = file(),
                               .region = "us-east-1",
                               .account = "123456789012",
                               .now = [this] { return asl::Timestamp{now_ms_.load()}; },
                               .post =
                                   [this](const std::function<void()>& task) {
                                     if (!is_stopped_) task();
                                   }};
    connections_ = std::make_unique<Connections>(*http_, std::move(options));
    service_ = std::make_unique<JsonService>(make_connections_service(*connections_));
  }

  ActionResult act(const std::string& action, asl::Json request) {
    ActionResult out;
    service_->call(action, std::move(request), [&out](ActionResult result) { out = result; });
    return out;
  }
  asl::Json ok(const std::string& action, asl::Json request) {
    ActionResult result = act(action, std::move(request));
    if (auto* error = std::get_if<ServiceError>(&result)) {
      ADD_FAILURE() << action << ": " << error->type << ": " << error->message;
      return asl::Json::object();
    }
    return std::get<asl::Json>(result);
  }
  std::string error(const std::string& action, asl::Json request) {
    const ActionResult result = act(action, std::move(request));
    const auto* failed = std::get_if<ServiceError>(&result);
    return failed == nullptr ? "" : failed->type + ": " + failed->message;
  }

  // "Name: cause" of a connection that a task cannot use.
  struct Use {
    CallCredentials credentials;
    std::string error;
    std::string header(const std::string& name) const {
      for (const auto& [key, value] : credentials.headers) {
        if (key == name) return value;
      }
      return "";
    }
  };
  Use use(const std::string& arn) {
    const auto promise = std::make_shared<std::promise<Use>>();
    auto future = promise->get_future();
    connections_->authorize(arn, [promise](const asl::Result<CallCredentials>& result) {
      Use used;
      if (result) {
        used.credentials = *result;
      } else {
        used.error = *result.error().name;
      }
      promise->set_value(used);
    });
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) return {{}, "late"};
    return future.get();
  }

  std::string file() const { return folder_ + "/connections.json"; }
  std::string text_of_file() const {
    std::ifstream in(file());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  asl::Json describe(const std::string& name) { return ok("DescribeConnection", {{"Name", name}}); }
  std::string state(const std::string& name) {
    return describe(name).at("ConnectionState").get<std::string>();
  }
  std::string create(const std::string& name, const std::string& type, asl::Json auth) {
    return ok("CreateConnection",
              {{"Name", name}, {"AuthorizationType", type}, {"AuthParameters", std::move(auth)}})
        .at("ConnectionArn")
        .get<std::string>();
  }
  std::string create_basic(const std::string& name) {
    return create(
        name, "BASIC", {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "pass-word"}}}});
  }
  std::string create_oauth(const std::string& name,
                           const std::string& endpoint,
                           asl::Json extra = nullptr,
                           const std::string& method = "POST") {
    asl::Json oauth = {
        {"ClientParameters", {{"ClientID", "the id"}, {"ClientSecret", "cl&ent-secret"}}},
        {"AuthorizationEndpoint", endpoint},
        {"HttpMethod", method}};
    if (!extra.is_null()) oauth["OAuthHttpParameters"] = std::move(extra);
    return create(name, "OAUTH_CLIENT_CREDENTIALS", {{"OAuthParameters", std::move(oauth)}});
  }

  std::atomic<bool> is_stopped_ = false;
  std::atomic<std::int64_t> now_ms_{1'700'000'000'500};
  std::string folder_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Connections> connections_;
  std::unique_ptr<JsonService> service_;
};

// Gives out tokens t1, t2 ... that are valid for an hour.
inline FarSide::Answer token_server() {
  const auto count = std::make_shared<std::atomic<int>>(0);
  return [count](const HttpRequest&, const Responder& respond) {
    respond(FarSide::json({{"access_token", "t" + std::to_string(++*count)},
                           {"token_type", "bearer"},
                           {"expires_in", 3600}}));
  };
}

}  // namespace pawl::engine
