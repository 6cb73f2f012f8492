// An execution that is one Task, on a server of its own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asl/text.h"
#include "tests/end_to_end/digits.h"

namespace pawl::engine {

inline constexpr const char* kWorkRole = "arn:aws:iam::123456789012:role/test";
inline constexpr const char* kExecution =
    "arn:aws:states:us-east-1:123456789012:execution:work:run";

// Starts the one execution of a machine.
inline void start_machine(const ServerProcess& server, const Json& definition) {
  const Answer created = server.action(
      "AWSStepFunctions.CreateStateMachine",
      {{"name", "work"}, {"roleArn", kWorkRole}, {"definition", asl::to_text(definition)}});
  ASSERT_EQ(created.status, 200) << created.body;
  const Answer started =
      server.action("AWSStepFunctions.StartExecution",
                    {{"stateMachineArn", created.json().at("stateMachineArn")}, {"name", "run"}});
  ASSERT_EQ(started.status, 200) << started.body;
}

// The same, of a machine with this one task.
inline void start_task(const ServerProcess& server,
                       const std::string& resource,
                       const Json& parameters) {
  start_machine(server,
                {{"StartAt", "Work"},
                 {"States",
                  {{"Work",
                    {{"Type", "Task"},
                     {"Resource", resource},
                     {"Parameters", parameters},
                     {"End", true}}}}}});
}

// The output of the execution, which must succeed.
inline Json output_of(const ServerProcess& server) {
  EXPECT_TRUE(eventually([&] {
    const std::string status = status_of(server, kExecution);
    return !status.empty() && status != "RUNNING";
  })) << server.log();
  const Json execution =
      server.action("AWSStepFunctions.DescribeExecution", {{"executionArn", kExecution}}).json();
  EXPECT_EQ(execution.at("status"), "SUCCEEDED") << execution;
  if (!execution.contains("output")) return nullptr;
  return Answer{200, execution.at("output").get<std::string>()}.json();
}

inline void expect_history(const ServerProcess& server, const std::vector<std::string>& types) {
  std::vector<std::string> seen;
  for (const Json& event : history_of(server, kExecution)) {
    EXPECT_EQ(event.at("id").get<std::size_t>(), seen.size() + 1);
    seen.push_back(event.at("type").get<std::string>());
  }
  EXPECT_EQ(seen, types);
}

}  // namespace pawl::engine
