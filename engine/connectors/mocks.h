// Mocked integrations as Step Functions Local has them: a file of responses, chosen by a test case
// in the ARN with which an execution is started ("...:stateMachine:Orders#HappyPath").
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-test-sm-exec.html
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "engine/ml/context.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

using MockedResponse = std::variant<Payload, StateError>;

// `where` is a JSON pointer into what was read.
struct MockFault : std::runtime_error {
  MockFault(std::string where_, const std::string& what_)
      : std::runtime_error(what_), where(std::move(where_)) {}
  std::string where;
};

// What the calls of a state are answered, by their number from 0:
// {"0": {"Return": ...}, "1-2": {"Throw": {"Error", "Cause"}}}.
class MockedAnswers {
 public:
  // Throws MockFault.
  static MockedAnswers parse(const asl::Json& answers, const std::string& where);

  // nullopt: there is none for this call.
  std::optional<MockedResponse> at(int attempt) const;

 private:
  struct Attempts {
    int first = 0;
    int last = 0;
    MockedResponse response;
  };
  std::vector<Attempts> attempts_;
};

// {"StateMachines": {MACHINE: {"TestCases": {CASE: {STATE: RESPONSE}}}},
//  "MockedResponses": {RESPONSE: {"0": {"Return": ...}, ...}}}
class MockConfig {
 public:
  // Throws std::runtime_error that names the file and what is wrong in it.
  static MockConfig load(const std::string& path);
  static MockConfig parse(const std::string& text);  // throws MockFault

  bool has_test_case(const std::string& machine, const std::string& test_case) const;
  // Null: the test case leaves the state to the real service.
  const MockedAnswers* answers(const std::string& machine,
                               const std::string& test_case,
                               const std::string& state) const;

 private:
  using States = std::map<std::string, std::string>;  // state -> name of its responses
  std::map<std::string, std::map<std::string, States>> machines_;
  std::map<std::string, MockedAnswers> responses_;
};

// Stands before the real connectors and answers for executions with a test case, or with mocks of
// their own. What an execution has, and which calls a state has made, is kept in records: a restart
// changes nothing. An attempt that no response is for fails.
class MockedConnectors : public Connectors {
 public:
  static constexpr std::size_t kInMemoryMax = 10'000;  // executions; others are looked up
  static constexpr const char* kRecordKind = "mocked-execution";  // named by the execution's ARN

  // REQUIRES: both outlive it.
  MockedConnectors(MockConfig config, MlContext& context, Connectors& real)
      : config_(std::move(config)), context_(context), real_(real) {}

  // At a start, before any call: takes up the executions that have mocks, and forgets those of
  // which `is_kept` says that they are gone.
  void recover(const std::function<bool(const std::string& execution_arn)>& is_kept);

  // Before an execution of the machine starts. False: there is no such test case.
  bool begin(const std::string& machine,
             const std::string& test_case,
             const std::string& execution_arn);
  // The same with answers by state: {STATE: {"0": ...}}. Throws MockFault.
  void begin_with(const asl::Json& mocks, const std::string& execution_arn);

  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override {
    real_.cancel(execution_arn, work);
  }

 private:
  void keep(const std::string& execution_arn, asl::Json document);
  void remember(const std::string& execution_arn);
  bool is_mocked(const std::string& execution_arn) const;
  std::optional<MockedAnswers> answers_for(const TaskCall& call) const;
  void answer(const TaskCall& call, const std::shared_ptr<TaskReply>& reply);
  int attempt_of(const TaskCall& call);

  const MockConfig config_;
  MlContext& context_;
  Connectors& real_;
  mutable std::shared_mutex mutex_;
  std::unordered_set<std::string> mocked_;  // ARNs, as long as there is room
  bool has_more_ = false;                   // in the records alone
};

}  // namespace pawl::engine
