#include "engine/api/event_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EventCountsTest : public ::testing::Test {
 protected:
  void count(const std::string& machine, states::Fact fact) {
    states::ExecutionInfo info;
    info.state_machine_name = machine;
    states::Event event;
    event.what = std::move(fact);
    const std::vector<states::Event> events = {event};
    counts_.count({info, 1, events});
  }

  template <class Ended>
  static Ended ended(const std::string& resource) {
    Ended fact;
    fact.resource = resource;
    return fact;
  }

  Metrics metrics_;
  EventCounts counts_{metrics_};
};

TEST_F(EventCountsTest, AttemptsOfTasksAreCountedByResourceAndOutcome) {
  const std::string sync = "arn:aws:states:::sagemaker:createTrainingJob.sync";
  count("M", ended<states::TaskSucceeded>(sync));
  count("M", ended<states::TaskFailed>(sync));
  count("M", ended<states::TaskFailed>(sync));
  count("M", ended<states::TaskTimedOut>("arn:aws:lambda:us-east-1:123456789012:function:f"));
  const std::string text = metrics_.text();
  const std::string name = "pawl_task_attempts_total{resource=\"sagemaker:createTrainingJob.sync\"";
  EXPECT_THAT(text, HasSubstr(name + ",outcome=\"succeeded\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + ",outcome=\"failed\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("pawl_task_attempts_total{resource=\"lambda\",outcome=\"timed_out\"} 1\n"));
}

TEST_F(EventCountsTest, MachinesBeyondTheFirstTwoHundredAreCountedTogether) {
  for (int i = 0; i < 1'000; ++i) count("M" + std::to_string(i), states::ExecutionStarted{});
  const std::string text = metrics_.text();
  EXPECT_THAT(text, HasSubstr("pawl_executions_started_total{state_machine=\"M199\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("pawl_executions_started_total{state_machine=\"other\"} 800\n"));
  EXPECT_THAT(text, Not(HasSubstr("M200")));
}

}  // namespace
}  // namespace pawl::engine
