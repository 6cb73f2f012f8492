// A Distributed Map over the rows of a CSV object, on a real server.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "asl/text.h"
#include "tests/end_to_end/server_process.h"

namespace pawl::engine::map_rows {

inline constexpr const char* kPrefix = "arn:aws:states:us-east-1:123456789012:";

inline std::string rows(int count) {
  std::string text = "id,name\n";
  for (int i = 0; i < count; ++i)
    text += std::to_string(i) + ",row number " + std::to_string(i) + "\n";
  return text;
}

inline constexpr const char* kPassRow =
    R"("StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}})";

// Every row of bucket/in.csv through a Pass, or what is given; the results in bucket/out.
inline Json definition(const std::string& type,
                       const std::string& more = "",
                       const std::string& processor = kPassRow) {
  const std::string text =
      R"({"StartAt": "Rows", "States": {"Rows": {"Type": "Map", "Label": "rows", "End": true, )" +
      more + R"("ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters":
        {"Bucket": "bucket", "Key": "in.csv"}, "ReaderConfig": {"InputType": "CSV",
        "CSVHeaderLocation": "FIRST_ROW"}}, "ResultWriter": {"Resource":
        "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "bucket", "Prefix": "out"},
        "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": ")" +
      type + R"("}, )" + processor + "}}}}";
  return {{"name", "m"}, {"definition", text}, {"roleArn", "arn:aws:iam::123456789012:role/r"}};
}

inline std::string start(const ServerProcess& server, const Json& machine, int count) {
  EXPECT_EQ(server.put("/bucket", "").status, 200);
  EXPECT_EQ(server.put("/bucket/in.csv", rows(count)).status, 200);
  const Answer created = server.action("AWSStepFunctions.CreateStateMachine", machine);
  EXPECT_EQ(created.status, 200) << created.body;
  const Answer started =
      server.action("AWSStepFunctions.StartExecution",
                    {{"stateMachineArn", std::string(kPrefix) + "stateMachine:m"}, {"name", "r"}});
  EXPECT_EQ(started.status, 200) << started.body;
  return started.json().at("executionArn").get<std::string>();
}

inline Json describe(const ServerProcess& server, const std::string& execution) {
  return server.action("AWSStepFunctions.DescribeExecution", {{"executionArn", execution}}).json();
}

inline Json only_map_run(const ServerProcess& server, const std::string& execution) {
  const Json listed =
      server.action("AWSStepFunctions.ListMapRuns", {{"executionArn", execution}}).json();
  EXPECT_EQ(listed.at("mapRuns").size(), 1U);
  return server
      .action("AWSStepFunctions.DescribeMapRun",
              {{"mapRunArn", listed.at("mapRuns").at(0).at("mapRunArn")}})
      .json();
}

inline bool has_ended(const ServerProcess& server, const std::string& execution) {
  return describe(server, execution).at("status") != "RUNNING";
}

// Every row has its result, and none has two.
inline void expect_every_row_once(const ServerProcess& server,
                                  const std::string& execution,
                                  int count) {
  const Json described = describe(server, execution);
  ASSERT_EQ(described.at("status"), "SUCCEEDED") << asl::to_text(described) << server.log();
  const Json output = Json::parse(described.at("output").get<std::string>());
  const std::string key = output.at("ResultWriterDetails").at("Key").get<std::string>();
  const Json manifest = server.get("/bucket/" + key).json();
  std::vector<bool> seen(static_cast<std::size_t>(count));
  int found = 0;
  for (const Json& file : manifest.at("ResultFiles").at("SUCCEEDED")) {
    const std::string lines = server.get("/bucket/" + file.at("Key").get<std::string>()).body;
    EXPECT_EQ(lines.size(), file.at("Size"));
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      const Json row = Json::parse(lines.substr(at, end - at));
      const auto id = static_cast<std::size_t>(std::stoi(row.at("id").get<std::string>()));
      ASSERT_FALSE(seen.at(id)) << "twice: " << id;
      seen.at(id) = true;
      ++found;
      at = end + 1;
    }
  }
  EXPECT_EQ(found, count);
  const Json run = only_map_run(server, execution);
  EXPECT_EQ(run.at("status"), "SUCCEEDED");
  EXPECT_EQ(run.at("itemCounts").at("succeeded"), count);
  EXPECT_EQ(run.at("itemCounts").at("total"), count);
  EXPECT_EQ(run.at("executionCounts").at("succeeded"), count);
}

}  // namespace pawl::engine::map_rows
