#include "bench/load/mix.h"

#include "asl/text.h"

namespace pawl::load {

using asl::Json;

namespace {

constexpr std::size_t kRemembered = 10'000;
constexpr const char* kRole = "arn:aws:iam::123456789012:role/load";
const std::string kMachines = "arn:aws:states:us-east-1:123456789012:stateMachine:";

Json definition() {
  return Json::parse(R"({
    "StartAt": "First",
    "States": {
      "First": {"Type": "Pass", "Next": "Is it large?"},
      "Is it large?": {
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericGreaterThan": 500, "Next": "Large"}],
        "Default": "Each"
      },
      "Large": {"Type": "Pass", "Result": true, "ResultPath": "$.large", "Next": "Each"},
      "Each": {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}},
        "End": true
      }
    }
  })");
}

Request action(const char* name, const Json& body, int status = 200) {
  return {name, std::string("AWSStepFunctions.") + name, "/", asl::to_text(body), status};
}

Json input(std::uint64_t n) {
  return {{"n", n % 1000}, {"items", {1, 2, 3}}, {"note", std::string(200, 'x')}};
}

Request creation(const std::string& name, const char* type) {
  return action("CreateStateMachine",
                {{"name", name},
                 {"type", type},
                 {"roleArn", kRole},
                 {"definition", asl::to_text(definition())}});
}

}  // namespace

std::vector<Request> Mix::setup() {
  return {creation("load", "STANDARD"),
          creation("load-express", "EXPRESS"),
          action("StartExecution",
                 {{"stateMachineArn", kMachines + "load"}, {"input", asl::to_text(input(1))}})};
}

const std::vector<Mix::Kind>& Mix::kinds() {
  static const std::vector<Kind> kKinds = {{20, &Mix::start},
                                           {10, &Mix::start_sync},
                                           {20, &Mix::describe},
                                           {10, &Mix::history},
                                           {8, &Mix::list_executions},
                                           {5, &Mix::list_machines},
                                           {5, &Mix::describe_machine},
                                           {4, &Mix::validate},
                                           {4, &Mix::test_state},
                                           {4, &Mix::guessed_token},
                                           {2, &Mix::list_tags},
                                           {4, &Mix::executions_page},
                                           {4, &Mix::steps_page}};
  return kKinds;
}

Request Mix::next() {
  static const int kTotal = [] {
    int total = 0;
    for (const Kind& kind : kinds()) total += kind.weight;
    return total;
  }();
  int at = static_cast<int>(random_() % static_cast<std::uint64_t>(kTotal));
  for (const Kind& kind : kinds()) {
    if (at < kind.weight) return (this->*kind.make)();
    at -= kind.weight;
  }
  return start();
}

void Mix::learn(const Request& request, const std::string& answer) {
  if (request.label != "StartExecution") return;
  std::string arn = Json::parse(answer).at("executionArn").get<std::string>();
  if (executions_.size() < kRemembered) {
    executions_.push_back(std::move(arn));
  } else {
    executions_[oldest_++ % kRemembered] = std::move(arn);
  }
}

std::string Mix::some_execution() { return executions_.at(random_() % executions_.size()); }

Request Mix::start() {
  return action(
      "StartExecution",
      {{"stateMachineArn", kMachines + "load"}, {"input", asl::to_text(input(random_()))}});
}

Request Mix::start_sync() {
  return action(
      "StartSyncExecution",
      {{"stateMachineArn", kMachines + "load-express"}, {"input", asl::to_text(input(random_()))}});
}

Request Mix::describe() {
  return action("DescribeExecution", {{"executionArn", some_execution()}});
}

Request Mix::history() {
  return action("GetExecutionHistory", {{"executionArn", some_execution()}, {"maxResults", 100}});
}

Request Mix::list_executions() {
  return action(
      "ListExecutions",
      {{"stateMachineArn", kMachines + "load"}, {"statusFilter", "SUCCEEDED"}, {"maxResults", 20}});
}

Request Mix::list_machines() { return action("ListStateMachines", Json::object()); }

Request Mix::describe_machine() {
  return action("DescribeStateMachine", {{"stateMachineArn", kMachines + "load"}});
}

Request Mix::validate() {
  return action("ValidateStateMachineDefinition", {{"definition", asl::to_text(definition())}});
}

Request Mix::test_state() {
  return action("TestState",
                {{"definition", R"({"Type": "Pass", "Parameters": {"a.$": "$.n"}, "End": true})"},
                 {"roleArn", kRole},
                 {"input", asl::to_text(input(random_()))}});
}

Request Mix::guessed_token() {
  return action(
      "SendTaskSuccess", {{"taskToken", std::to_string(random_())}, {"output", "{}"}}, 400);
}

Request Mix::list_tags() {
  return action("ListTagsForResource", {{"resourceArn", kMachines + "load"}});
}

Request Mix::executions_page() {
  return {.label = "GET executions",
          .target = {},
          .path = "/api/v1/executions?pageSize=20",
          .body = {}};
}

Request Mix::steps_page() {
  return {.label = "GET steps",
          .target = {},
          .path = "/api/v1/executions/" + some_execution() + "/steps",
          .body = {}};
}

}  // namespace pawl::load
