// Map Runs by the API.
#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class MapRunsApi : public ApiTest {
 protected:
  MapRunsApi() {
    ok("CreateStateMachine", {{"name", "m"}, {"definition", kDefinition}, {"roleArn", kRole}});
    ok("StartExecution", {{"stateMachineArn", arn("stateMachine:m")}, {"name", "run"}});
    row_.arn = arn("mapRun:m/l:11111111-2222-4333-8444-555555555555");
    row_.execution_arn = arn("execution:m:run");
    row_.state_machine_arn = arn("stateMachine:m/l");
    row_.started_at = clock_.now();
    row_.items = 3;
    row_ = store_->map_runs().insert(row_);
    MapRunProgress progress;
    progress.items.succeeded = 2;
    progress.items.pending = 1;
    progress.executions.succeeded = 2;
    map_runs_.known = progress;
  }
  static std::string arn(const std::string& rest) { return kPrefix + rest; }
  // One of EXPRESS, which the store knows since it has ended.
  void failed_child(const std::string& name, std::int64_t first_item, std::int64_t redrive) {
    Append append;
    append.execution = store_->journal().new_key();
    NewExecution what;
    what.info.arn = arn("execution:m/l:" + name);
    what.info.name = name;
    what.info.state_machine_arn = row_.state_machine_arn;
    what.info.state_machine_name = "m/l";
    what.info.start_time = clock_.now();
    what.map_child = MapChild{row_.id, first_item, 1, redrive};
    append.create = what;
    states::Event first, last;
    first.sequence = first.id = 1;
    first.what = states::ExecutionStarted{asl::Payload::of_text("7")};
    last.sequence = last.id = 2;
    last.at = clock_.now();
    last.what = states::ExecutionFailed{{"Broken", "why"}};
    append.events = {first, last};
    append.outcome = states::Outcome{states::Status::kFailed, std::nullopt, {}};
    store_->journal().append(append, [](AppendStatus) {});
  }

  MapRunRow row_;
};

TEST_F(MapRunsApi, DescriptionCountsItemsAndExecutions) {
  const Json running = ok("DescribeMapRun", {{"mapRunArn", row_.arn}});
  EXPECT_EQ(running.at("status"), "RUNNING");
  EXPECT_EQ(running.at("maxConcurrency"), 2147483647);
  EXPECT_EQ(running.at("toleratedFailureCount"), 0);
  EXPECT_EQ(running.at("itemCounts").at("pending"), 1);
  EXPECT_EQ(running.at("itemCounts").at("total"), 3);
  EXPECT_EQ(running.at("itemCounts").at("resultsWritten"), 0);
  EXPECT_FALSE(running.at("itemCounts").contains("pendingRedrive"));
  EXPECT_FALSE(running.at("executionCounts").contains("failuresNotRedrivable"));
  EXPECT_EQ(running.at("redriveCount"), 0);
  EXPECT_FALSE(running.contains("redriveDate"));
  EXPECT_FALSE(running.contains("stopDate"));
  row_.status = states::Status::kSucceeded;
  row_.stopped_at = clock_.now();
  row_.max_concurrency = 5;
  store_->map_runs().update(row_);
  const Json ended = ok("DescribeMapRun", {{"mapRunArn", row_.arn}});
  EXPECT_EQ(ended.at("maxConcurrency"), 5);
  EXPECT_EQ(ended.at("executionCounts").at("resultsWritten"), 2);
  EXPECT_TRUE(ended.contains("stopDate"));
}

TEST_F(MapRunsApi, UnknownOnesAreNotFound) {
  const std::string unknown = arn("mapRun:m/l:nope");
  EXPECT_EQ(error("DescribeMapRun", {{"mapRunArn", unknown}}),
            "ResourceNotFound: Resource not found: '" + unknown + "'");
  EXPECT_EQ(error("UpdateMapRun", {{"mapRunArn", unknown}}),
            "ResourceNotFound: Resource not found: '" + unknown + "'");
  EXPECT_EQ(error("DescribeMapRun", {{"mapRunArn", arn("execution:m:run")}}),
            "InvalidArn: Invalid Arn: 'Resource type not valid in this context: execution'");
}

TEST_F(MapRunsApi, AreListedByTheirExecution) {
  MapRunRow second = row_;
  second.arn = arn("mapRun:m/l:second");
  store_->map_runs().insert(second);
  const Json first =
      ok("ListMapRuns", {{"executionArn", arn("execution:m:run")}, {"maxResults", 1}});
  ASSERT_EQ(first.at("mapRuns").size(), 1U);
  EXPECT_EQ(first.at("mapRuns").at(0).at("mapRunArn"), second.arn);
  EXPECT_EQ(first.at("mapRuns").at(0).at("stateMachineArn"), arn("stateMachine:m/l"));
  const Json rest = ok("ListMapRuns",
                       {{"executionArn", arn("execution:m:run")},
                        {"maxResults", 1},
                        {"nextToken", first.at("nextToken")}});
  EXPECT_EQ(rest.at("mapRuns").at(0).at("mapRunArn"), row_.arn);
  EXPECT_FALSE(rest.contains("nextToken"));
}

TEST_F(MapRunsApi, RunningOnesCanBeChanged) {
  ok("UpdateMapRun",
     {{"mapRunArn", row_.arn}, {"maxConcurrency", 9}, {"toleratedFailurePercentage", 12.5}});
  ASSERT_TRUE(map_runs_.last_change);
  EXPECT_EQ(map_runs_.last_change->max_concurrency, 9);
  EXPECT_EQ(map_runs_.last_change->tolerated_percentage, 12.5);
  EXPECT_FALSE(map_runs_.last_change->tolerated_count);
  row_.status = states::Status::kFailed;
  store_->map_runs().update(row_);
  const HttpResponse refused = act("UpdateMapRun", asl::to_text(Json{{"mapRunArn", row_.arn}}));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(Json::parse(refused.body).at("reason"), "CANNOT_UPDATE_COMPLETED_MAP_RUN");
}

TEST_F(MapRunsApi, ChildrenAreListedAndDescribedWithTheirRun) {
  Append append;
  append.execution = store_->journal().new_key();
  NewExecution what;
  what.info.arn = arn("execution:m/l:child");
  what.info.name = "child";
  what.info.state_machine_arn = row_.state_machine_arn;
  what.info.state_machine_name = "m/l";
  what.map_child = MapChild{row_.id, 0, 2};
  append.create = what;
  states::Event event;
  event.sequence = event.id = 1;
  event.what = states::ExecutionStarted{asl::Payload::of_text("7")};
  append.events = {event};
  store_->journal().append(append, [](AppendStatus) {});
  const Json listed = ok("ListExecutions", {{"mapRunArn", row_.arn}});
  ASSERT_EQ(listed.at("executions").size(), 1U);
  EXPECT_EQ(listed.at("executions").at(0).at("executionArn"), what.info.arn);
  EXPECT_EQ(listed.at("executions").at(0).at("itemCount"), 2);
  EXPECT_EQ(listed.at("executions").at(0).at("mapRunArn"), row_.arn);
  EXPECT_EQ(ok("DescribeExecution", {{"executionArn", what.info.arn}}).at("mapRunArn"), row_.arn);
  const Json of_machine = ok("ListExecutions", {{"stateMachineArn", arn("stateMachine:m")}});
  EXPECT_EQ(of_machine.at("executions").size(), 1U) << "the parent alone";
  EXPECT_EQ(ok("ListExecutions", {{"mapRunArn", row_.arn}, {"statusFilter", "FAILED"}})
                .at("executions")
                .size(),
            0U);
}

TEST_F(MapRunsApi, RedrivesAreCountedAndChildrenThatWaitForOneSaySo) {
  failed_child("behind", 0, 0);
  failed_child("reached", 2, 2);
  row_.redrive_count = 2;
  row_.redriven_at = clock_.now();
  store_->map_runs().update(row_);
  map_runs_.known->items.pending_redrive = 1;
  map_runs_.known->items.failures_not_redrivable = 4;
  const Json run = ok("DescribeMapRun", {{"mapRunArn", row_.arn}});
  EXPECT_EQ(run.at("redriveCount"), 2);
  EXPECT_TRUE(run.contains("redriveDate"));
  EXPECT_EQ(run.at("itemCounts").at("pendingRedrive"), 1);
  EXPECT_EQ(run.at("itemCounts").at("failuresNotRedrivable"), 4);
  EXPECT_EQ(run.at("itemCounts").at("total"), 4);

  const auto names = [&](const std::string& status) {
    std::vector<std::string> out;
    const Json listed = ok("ListExecutions", {{"mapRunArn", row_.arn}, {"statusFilter", status}});
    for (const Json& item : listed.at("executions")) {
      out.push_back(item.at("name").get<std::string>() + " " +
                    item.at("status").get<std::string>());
    }
    return out;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("PENDING_REDRIVE"), Names{"behind PENDING_REDRIVE"});
  EXPECT_EQ(names("FAILED"), Names{"reached FAILED"});
  const Json described = ok("DescribeExecution", {{"executionArn", arn("execution:m/l:behind")}});
  EXPECT_EQ(described.at("status"), "PENDING_REDRIVE");
  EXPECT_EQ(described.at("redriveStatus"), "REDRIVABLE_BY_MAP_RUN");
  // EXPRESS: it is started again, and its row tells of the end before until it has ended again.
  map_runs_.running_items = {0};
  EXPECT_EQ(names("PENDING_REDRIVE"), Names{});
  EXPECT_EQ(names("RUNNING"), Names{"behind RUNNING"});
  const Json again = ok("DescribeExecution", {{"executionArn", arn("execution:m/l:behind")}});
  EXPECT_EQ(again.at("status"), "RUNNING");
  EXPECT_EQ(again.at("redriveStatus"), "NOT_REDRIVABLE");
  for (const char* ended : {"stopDate", "error", "cause"}) EXPECT_FALSE(again.contains(ended));
  map_runs_.running_items = {};
  EXPECT_EQ(names("RUNNING"), Names{});
  row_.status = states::Status::kFailed;
  store_->map_runs().update(row_);
  EXPECT_EQ(names("PENDING_REDRIVE"), Names{});
  EXPECT_EQ(names("FAILED").size(), 2U);
  EXPECT_EQ(ok("DescribeExecution", {{"executionArn", arn("execution:m/l:behind")}}).at("status"),
            "FAILED");
}

TEST_F(MapRunsApi, ChildrenThatRunAgainAreListedPageByPage) {
  for (const auto& [item, name] : {std::pair(0, "a"), {1, "b"}, {2, "c"}, {3, "d"}})
    failed_child(name, item, 0);
  row_.redrive_count = 1;
  store_->map_runs().update(row_);
  map_runs_.running_items = {0, 2, 3, 7};  // of 7 there is no row yet
  Json request = {{"mapRunArn", row_.arn}, {"statusFilter", "RUNNING"}, {"maxResults", 2}};
  const auto page = [&] {
    std::vector<std::string> names;
    const Json listed = ok("ListExecutions", request);
    for (const Json& item : listed.at("executions")) names.push_back(item.at("name"));
    request["nextToken"] = listed.value("nextToken", Json());
    return names;
  };
  EXPECT_EQ(page(), (std::vector<std::string>{"d", "c"}));
  ASSERT_TRUE(request["nextToken"].is_string());
  EXPECT_EQ(page(), std::vector<std::string>{"a"});
  EXPECT_TRUE(request["nextToken"].is_null());
  request = {{"mapRunArn", row_.arn}, {"statusFilter", "RUNNING"}, {"redriveFilter", "REDRIVEN"}};
  EXPECT_EQ(page(), std::vector<std::string>{});
}

TEST_F(MapRunsApi, AreResourcesOfTheirExecution) {
  const HttpResponse listed = rest("GET", "/executions/m:run/map-runs");
  EXPECT_EQ(listed.status, 200) << listed.body;
  const Json run = Json::parse(listed.body).at("items").at(0);
  EXPECT_EQ(run.at("id"), "11111111-2222-4333-8444-555555555555");
  EXPECT_EQ(run.at("items").at("succeeded"), 2);
  const HttpResponse one =
      rest("GET", "/executions/m:run/map-runs/11111111-2222-4333-8444-555555555555");
  EXPECT_EQ(Json::parse(one.body).at("arn"), row_.arn);
  EXPECT_EQ(rest("GET", "/executions/m:run/map-runs/nope").status, 404);
  const HttpResponse children =
      rest("GET", "/executions/m:run/map-runs/11111111-2222-4333-8444-555555555555/executions");
  EXPECT_EQ(Json::parse(children.body).at("items").size(), 0U);
}

}  // namespace
}  // namespace pawl::engine
