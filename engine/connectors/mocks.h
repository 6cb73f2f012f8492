// Mocked integrations as Step Functions Local has them: a file of responses, chosen by a test case
// in the ARN with which an execution is started ("...:stateMachine:Orders#HappyPath").
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-test-sm-exec.html
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "engine/ml/context.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// {"StateMachines": {MACHINE: {"TestCases": {CASE: {STATE: RESPONSE}}}},
//  "MockedResponses": {RESPONSE: {"0": {"Return": ...}, "1-2": {"Throw": {"Error", "Cause"}}}}}
class MockConfig {
 public:
  // Throws std::runtime_error that names the file and what is wrong in it.
  static MockConfig load(const std::string& path);
  static MockConfig parse(const std::string& text);

  bool has_test_case(const std::string& machine, const std::string& test_case) const;

  using Response = std::variant<Payload, StateError>;
  // What the `attempt`th call of a state is answered, counted from 0; nullopt: the test case leaves
  // the state to the real service. An attempt that no response is for fails.
  std::optional<Response> response(const std::string& machine,
                                   const std::string& test_case,
                                   const std::string& state,
                                   int attempt) const;

 private:
  struct Attempts {
    int first = 0;
    int last = 0;
    Response response;
  };
  using States = std::map<std::string, std::string>;  // state -> name of its responses
  std::map<std::string, std::map<std::string, States>> machines_;
  std::map<std::string, std::vector<Attempts>> responses_;
};

// Stands before the real connectors and answers for executions with a test case. Which test case an
// execution has, and which calls a state has made, is kept in records: a restart changes nothing.
class MockedConnectors : public Connectors {
 public:
  static constexpr const char* kRecordKind = "mocked-execution";  // named by the execution's ARN

  // REQUIRES: both outlive it.
  MockedConnectors(MockConfig config, MlContext& context, Connectors& real)
      : config_(std::move(config)), context_(context), real_(real) {}

  // Before an execution of the machine starts. False: there is no such test case.
  bool begin(const std::string& machine,
             const std::string& test_case,
             const std::string& execution_arn);

  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override {
    real_.cancel(execution_arn, work);
  }

 private:
  void answer(const TaskCall& call, const std::shared_ptr<TaskReply>& reply);

  const MockConfig config_;
  MlContext& context_;
  Connectors& real_;
};

}  // namespace pawl::engine
