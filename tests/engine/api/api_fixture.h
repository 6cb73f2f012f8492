// A whole API over a memory store and a fake engine; requests go straight to its handlers.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "asl/text.h"
#include "engine/artifacts/artifacts.h"
#include "engine/schedules/scheduler.h"
#include "tests/engine/api/fakes.h"

namespace pawl::engine {

// Gone with everything in it when the test is over.
class ApiFolder {
 public:
  ApiFolder() : path_((std::filesystem::temp_directory_path() / "pawl-api-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ApiFolder(const ApiFolder&) = delete;
  ApiFolder& operator=(const ApiFolder&) = delete;
  ~ApiFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class ApiTest : public testing::Test {
 protected:
  ApiTest()
      : store_(open_store("memory:")),
        engine_(*store_, clock_),
        schedules_({store_->records(),
                    clock_,
                    alarms_,
                    [](const std::function<void()>& task) { task(); },
                    "arn:aws:scheduler:us-east-1:123456789012:schedule/default/"}),
        objects_(open_local_objects(folder_.file("objects"))),
        artifacts_({store_->artifacts(),
                    *objects_,
                    folder_.file("artifacts"),
                    [this] { return clock_.now(); }}),
        workers_(2),
        service_(std::make_unique<ApiService>(ApiDependencies{engine_,
                                                              *store_,
                                                              clock_,
                                                              activities_,
                                                              alarms_,
                                                              connectors_,
                                                              sink_,
                                                              map_runs_,
                                                              nullptr,
                                                              nullptr,
                                                              nullptr,
                                                              &schedules_,
                                                              &artifacts_},
                                              ApiConfig{},
                                              workers_,
                                              metrics_)) {}

  HttpResponse send(HttpRequest request) {
    if (request.caller.name.empty()) request.caller = {"tests", Scope::kAdmin};
    const auto answer = std::make_shared<std::promise<HttpResponse>>();
    auto future = answer->get_future();
    service_->handle(std::move(request),
                     [answer](HttpResponse response) { answer->set_value(std::move(response)); });
    return future.get();
  }
  HttpResponse act(const std::string& action, const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.path = request.target = "/";
    request.headers.set("X-Amz-Target", "AWSStepFunctions." + action);
    request.body = body;
    return send(std::move(request));
  }
  // The result of an action that succeeds.
  asl::Json ok(const std::string& action, const asl::Json& request) {
    const HttpResponse response = act(action, asl::to_text(request));
    EXPECT_EQ(response.status, 200) << action << " " << response.body;
    return asl::Json::parse(response.body);
  }
  // "Type: message" of one that does not.
  std::string error(const std::string& action, const asl::Json& request) {
    const HttpResponse response = act(action, asl::to_text(request));
    EXPECT_EQ(response.status, 400) << action << " " << response.body;
    const asl::Json body = asl::Json::parse(response.body);
    return body.value("__type", "") + ": " + body.value("message", "");
  }
  HttpResponse rest(const std::string& method,
                    const std::string& target,
                    const std::string& body = "",
                    Headers headers = {}) {
    HttpRequest request;
    request.method = method;
    request.target = "/api/v1" + target;
    const std::size_t mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    if (mark != std::string::npos) request.query = parse_query(request.target.substr(mark + 1));
    request.headers = std::move(headers);
    request.body = body;
    return send(std::move(request));
  }
  static asl::Json json(const HttpResponse& response) { return asl::Json::parse(response.body); }

  std::string create_machine(const std::string& name) {
    return ok("CreateStateMachine",
              {{"name", name}, {"definition", kDefinition}, {"roleArn", kRole}})
        .at("stateMachineArn")
        .get<std::string>();
  }
  std::string start(const std::string& machine_arn, const std::string& name) {
    return ok("StartExecution",
              {{"stateMachineArn", machine_arn}, {"name", name}, {"input", R"({"n": 1})"}})
        .at("executionArn")
        .get<std::string>();
  }
  void succeed(const std::string& execution_arn) {
    engine_.run_state(execution_arn,
                      "A",
                      asl::Payload::of_text(R"({"n":1})"),
                      asl::Payload::of_text(R"({"n":2})"));
    engine_.end(execution_arn, states::ExecutionSucceeded{asl::Payload::of_text(R"({"n":2})")});
  }

  static constexpr const char* kDefinition =
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
  static constexpr const char* kOther =
      R"({"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}})";
  static constexpr const char* kRole = "arn:aws:iam::123456789012:role/test";
  static constexpr const char* kPrefix = "arn:aws:states:us-east-1:123456789012:";

  FixedClock clock_;
  ManualAlarms alarms_;
  FakeMapRuns map_runs_;
  FakeActivities activities_;
  FakeConnectors connectors_;
  KeptLogs sink_;
  std::unique_ptr<Store> store_;
  FakeEngine engine_;
  Scheduler schedules_;
  ApiFolder folder_;
  std::unique_ptr<ObjectStore> objects_;
  Artifacts artifacts_;
  Metrics metrics_;
  WorkerPool workers_;
  std::unique_ptr<ApiService> service_;
};

}  // namespace pawl::engine
