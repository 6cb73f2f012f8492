// A log service over a folder of its own, and a clock that a test sets.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <string>
#include <variant>
#include <vector>

#include "asl/text.h"
#include "engine/logs/logs_service.h"

namespace pawl::engine {

class LogsFixture : public testing::Test {
 protected:
  using Json = asl::Json;

  LogsFixture()
      : folder_(std::filesystem::temp_directory_path() /
                ("pawl-logs-" + std::to_string(::getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())),
        files_(folder_, [this] { return now_; }),
        service_(make_logs_service(files_, {"us-east-1", "123456789012"})) {}
  ~LogsFixture() override { std::filesystem::remove_all(folder_); }

  ActionResult result_of(const std::string& action, const Json& request) {
    std::promise<ActionResult> answer;
    service_.call(
        action, request, [&](ActionResult result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }
  // The result, or the type of the error.
  Json act(const std::string& action, const Json& request) {
    const ActionResult result = result_of(action, request);
    if (const auto* error = std::get_if<ServiceError>(&result)) return error->type;
    return std::get<Json>(result);
  }
  // "InvalidParameterException: The specified nextToken is invalid."
  std::string refusal(const std::string& action, const Json& request) {
    const ActionResult result = result_of(action, request);
    const auto* error = std::get_if<ServiceError>(&result);
    return error == nullptr ? "none" : error->type + ": " + error->message;
  }
  static std::vector<std::string> messages(const Json& events) {
    std::vector<std::string> texts;
    for (const Json& event : events) texts.push_back(event.at("message").get<std::string>());
    return texts;
  }
  using Texts = std::vector<std::string>;

  asl::Timestamp now_{9'000};
  const std::filesystem::path folder_;
  LogFiles files_;
  JsonService service_;
};

}  // namespace pawl::engine
