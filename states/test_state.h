// One state by itself, as TestState runs it: begun by step() like any other, stopped when it has
// been left, and looked at on the way.
// [aws] https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "states/step.h"

namespace pawl::states {

struct StateTest {
  std::shared_ptr<const asl::StateMachine> machine;
  std::string state;  // anywhere in the machine
  Payload input;
  Variables variables;
  Payload context;      // the whole Context Object
  int retry_count = 0;  // attempts that the Retrier of the error has used
  // What a Task, Map or Parallel returns instead of being run. REQUIRES: set for Map and Parallel.
  std::optional<asl::Result<Payload>> mock;
  // Of a mocked Map: iterations that failed, and what its ItemReader read.
  std::int64_t failed_iterations = 0;
  std::optional<asl::Result<Payload>> read_items;
};

enum class TestStatus : std::uint8_t { kSucceeded, kFailed, kRetriable, kCaughtError };
std::string_view to_string(TestStatus status);  // "CAUGHT_ERROR"

struct StateTestResult {
  TestStatus status = TestStatus::kFailed;
  std::optional<Payload> output;
  StateError error;
  std::optional<std::string> next;
  Json inspection = Json::object();  // inspectionData: documents as JSON text, without variables
  Variables variables;               // after the state
};

class StateTrial {
 public:
  // REQUIRES: the entropy outlives it.
  StateTrial(StateTest test, Timestamp now, asl::Entropy& entropy);
  StateTrial(const StateTrial&) = delete;
  StateTrial& operator=(const StateTrial&) = delete;
  ~StateTrial();

  // Begins the state. The task that has to be called now, if there is one: returned() says what
  // came of it. A Wait is over at once.
  std::optional<CallTask> begin();
  void returned(asl::Result<Payload> result);
  // REQUIRES: nothing is awaited.
  StateTestResult result() const;

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

}  // namespace pawl::states
