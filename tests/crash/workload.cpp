#include "tests/crash/workload.h"

#include "asl/json.h"
#include "asl/text.h"

namespace pawl::crash {
namespace {

using asl::Json;

std::string function_arn(const char* name) {
  return std::string("arn:aws:lambda:us-east-1:123456789012:function:") + name;
}

// A Task whose side effect has a name of its own: execution, state, attempt, item.
Json task(const char* item = nullptr) {
  const std::string places = "$$.Execution.Name, $$.State.Name, ";
  Json state = {{"Type", "Task"}};
  state["Resource"] = function_arn(kObserver);
  state["Parameters"]["key.$"] =
      item == nullptr ? "States.Format('{}/{}/{}', " + places + "$$.State.RetryCount)"
                      : "States.Format('{}/{}/{}/{}', " + places + item + ", $$.State.RetryCount)";
  return state;
}

Json with(Json state, const Json& more) {
  state.update(more);
  return state;
}

Json graph_of(const char* name, Json state) {
  state["End"] = true;
  Json graph = Json::object();
  graph["StartAt"] = name;
  graph["States"][name] = std::move(state);
  return graph;
}

}  // namespace

Workload steps_workload() {
  constexpr int kSteps = 10;
  Workload made;
  made.name = "steps";
  made.input = asl::to_text(Json{{"numbers", {1, 2, 3}}, {"text", std::string(200, 'x')}});
  made.output = made.input;
  Json machine = {{"StartAt", "S1"}};
  for (int i = 1; i <= kSteps; ++i) {
    Json state = {{"Type", "Pass"}};
    if (i < kSteps) state["Next"] = "S" + std::to_string(i + 1);
    if (i == kSteps) state["End"] = true;
    machine["States"]["S" + std::to_string(i)] = std::move(state);
  }
  made.definition = asl::to_text(machine);
  made.events = {{"ExecutionStarted", 1},
                 {"PassStateEntered", kSteps},
                 {"PassStateExited", kSteps},
                 {"ExecutionSucceeded", 1}};
  return made;
}

Workload effects_workload() {
  Workload made;
  made.name = "effects";
  made.input = R"({"items":["a","b","c"]})";
  Json machine = {{"StartAt", "Charge"}};
  Json& states = machine["States"];
  states["Charge"] = with(task(), {{"ResultPath", "$.charge"}, {"Next", "Pause"}});
  states["Pause"] = {{"Type", "Wait"}, {"Seconds", 1}, {"Next", "Both"}};
  states["Both"] = {{"Type", "Parallel"}, {"ResultPath", "$.both"}, {"Next", "Each"}};
  states["Both"]["Branches"] = Json::array({graph_of("Left", task()), graph_of("Right", task())});
  states["Each"] = {
      {"Type", "Map"}, {"ItemsPath", "$.items"}, {"ResultPath", "$.each"}, {"Next", "Flaky"}};
  states["Each"]["ItemProcessor"] = graph_of("Item", task("$$.Map.Item.Index"));
  Json retrier = {{"IntervalSeconds", 1}, {"MaxAttempts", 1}};
  retrier["ErrorEquals"] = Json::array({"States.ALL"});
  states["Flaky"] = with(task(), {{"ResultPath", "$.flaky"}, {"End", true}});
  states["Flaky"]["Retry"] = Json::array({std::move(retrier)});
  made.definition = asl::to_text(machine);
  made.output =
      R"({"items":["a","b","c"],"charge":{"done":"NAME/Charge/0"},)"
      R"("both":[{"done":"NAME/Left/0"},{"done":"NAME/Right/0"}],)"
      R"("each":[{"done":"NAME/Item/0/0"},{"done":"NAME/Item/1/0"},{"done":"NAME/Item/2/0"}],)"
      R"("flaky":{"done":"NAME/Flaky/1"}})";
  made.events = {
      {"ExecutionStarted", 1},        {"TaskStateEntered", 7},      {"TaskStateExited", 7},
      {"LambdaFunctionScheduled", 8}, {"LambdaFunctionStarted", 8}, {"LambdaFunctionSucceeded", 7},
      {"LambdaFunctionFailed", 1},    {"WaitStateEntered", 1},      {"WaitStateExited", 1},
      {"ParallelStateEntered", 1},    {"ParallelStateStarted", 1},  {"ParallelStateSucceeded", 1},
      {"ParallelStateExited", 1},     {"MapStateEntered", 1},       {"MapStateStarted", 1},
      {"MapIterationStarted", 3},     {"MapIterationSucceeded", 3}, {"MapStateSucceeded", 1},
      {"MapStateExited", 1},          {"ExecutionSucceeded", 1}};
  return made;
}

Workload once_workload() {
  Workload made;
  made.name = "once";
  made.input = "{}";
  Json state = {{"Type", "Task"}};
  state["Resource"] = function_arn(kOnce);
  state["Parameters"]["key.$"] = "States.Format('{}/Once', $$.Execution.Name)";
  made.definition = asl::to_text(graph_of("Once", std::move(state)));
  made.output = R"({"key":"NAME/Once"})";
  made.events = {{"ExecutionStarted", 1},
                 {"TaskStateEntered", 1},
                 {"LambdaFunctionScheduled", 1},
                 {"LambdaFunctionStarted", 1},
                 {"LambdaFunctionSucceeded", 1},
                 {"TaskStateExited", 1},
                 {"ExecutionSucceeded", 1}};
  return made;
}

}  // namespace pawl::crash
