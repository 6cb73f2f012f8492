// What a connector reports of one call, in order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "asl/json.h"
#include "asl/text.h"
#include "engine/connectors/connector.h"

namespace pawl::engine {

struct Report {
  std::string what;  // "submitted", "succeeded" or the name of the error
  std::string text;  // the output as it stands, or the cause
  asl::Json json() const {
    auto parsed = asl::parse_text(text);
    if (auto* value = std::get_if<asl::Json>(&parsed)) return std::move(*value);
    throw std::runtime_error("no JSON: " + text);
  }
};

class Reports final : public TaskReply {
 public:
  void started(std::optional<std::string>) override {}
  void submitted(Payload output) override { add({"submitted", output.text()}); }
  void succeeded(Payload output) override { add({"succeeded", output.text()}); }
  void failed(StateError error) override {
    add({error.name.value_or(""), error.cause.value_or("")});
  }

  // The report with this number, which must come within a minute.
  Report at(std::size_t number) {
    std::unique_lock lock(mutex_);
    const bool came =
        came_.wait_for(lock, std::chrono::minutes(1), [&] { return reports_.size() > number; });
    if (!came) throw std::runtime_error("no report " + std::to_string(number));
    return reports_[number];
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return reports_.size();
  }

 private:
  void add(Report report) {
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
    came_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Report> reports_;
};

// A call of `resource` by the work `work` of one execution.
inline TaskCall task_call(const std::string& resource,
                          asl::Json parameters,
                          states::WorkId work = 1) {
  TaskCall call;
  call.execution_arn = "arn:aws:states:us-east-1:123456789012:execution:machine:run";
  call.state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:machine";
  call.task.work = work;
  call.task.resource = resource;
  call.task.parameters = Payload::of(std::move(parameters));
  return call;
}

}  // namespace pawl::engine
