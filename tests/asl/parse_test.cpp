#include "asl/parse.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "asl/parse_stored.h"

namespace pawl::asl {
namespace {

std::shared_ptr<const StateMachine> machine_of(std::string_view text) {
  const Parsed parsed = parse_definition(text);
  EXPECT_EQ(invalid_definition_message(parsed.diagnostics), "Invalid State Machine Definition: ''");
  return parsed.machine;
}

// The only state of a machine.
State state_of(const std::string& state) {
  const auto machine = machine_of(R"({"StartAt": "S", "States": {"S": )" + state + "}}");
  return machine == nullptr ? State{} : machine->state("S");
}

Diagnostic only_finding(std::string_view text, const ParseOptions& options = {}) {
  const Parsed parsed = parse_definition(text, options);
  EXPECT_EQ(parsed.machine, nullptr);
  EXPECT_EQ(parsed.diagnostics.size(), 1U);
  return parsed.diagnostics.empty() ? Diagnostic{} : parsed.diagnostics.front();
}

TEST(Parse, TextThatIsNoJsonIsReportedInJacksonsWords) {
  const Diagnostic found = only_finding("not a definition");
  EXPECT_EQ(found.code, "INVALID_JSON_DESCRIPTION");
  EXPECT_EQ(found.message,
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token "
            "'null', 'true' or 'false')\n at [Source: (String)\"not a definition\"; line: 1, "
            "column: 4]");
  EXPECT_EQ(found.location, "[Source: (String)\"not a definition\"; line: 1, column: 4]");
}

TEST(Parse, ALongTextThatIsNoJsonIsQuotedInPart) {
  const Diagnostic found = only_finding("not " + std::string(600, 'x'));
  EXPECT_NE(found.location.value_or("").find("xxx\"[truncated 104 chars]; line: 1, column: 4]"),
            std::string::npos);
}

TEST(Parse, BlankTextAndTextThatIsNoObjectHaveNoLocation) {
  for (const char* text : {"", " \n", "[]", "3"}) {
    const Diagnostic found = only_finding(text);
    EXPECT_EQ(found.code, "SCHEMA_VALIDATION_FAILED");
    EXPECT_EQ(found.message, "Definition must be a valid JSON object");
    EXPECT_EQ(found.location, std::nullopt);
  }
}

TEST(Parse, TheMessageOfCreateStateMachineListsErrorsOnly) {
  const Parsed parsed = parse_definition(R"({"StartAt": "S", "States": {
    "S": {"Type": "Pass", "Result": {"a.$": 1}, "Colour": 1, "Next": "S"}}})");
  EXPECT_EQ(invalid_definition_message(parsed.diagnostics),
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Field 'Colour' is not "
            "supported at /States/S, MISSING_END_STATE: Workflow has no terminal state at null'");
}

TEST(Parse, PointersAreEscapedAndLocationsAreNot) {
  const Diagnostic found = only_finding(
      R"({"StartAt": "a/b~", "States": {"a/b~": {"Type": "Wait", "Seconds": -1, "End": true}}})");
  EXPECT_EQ(found.location, "/States/a/b~/Seconds");
  EXPECT_EQ(found.pointer, "/States/a~1b~0/Seconds");
}

TEST(Parse, AFaultInATemplateIsLocatedAtItsFieldAndPointedAtItself) {
  const Diagnostic found = only_finding(
      R"({"StartAt": "S", "States": {"S": {"Type": "Pass", "Parameters": {"l": [{"x.$": "no"}]}, "End": true}}})");
  EXPECT_EQ(found.location, "/States/S/Parameters");
  EXPECT_EQ(found.pointer, "/States/S/Parameters/l/0/x.$");
}

TEST(Parse, AMachineHoldsItsOwnFields) {
  const auto machine = machine_of(
      R"({"Comment": "c", "TimeoutSeconds": 9, "StartAt": "S", "States": {"S": {"Type": "Succeed"}}})");
  ASSERT_NE(machine, nullptr);
  EXPECT_EQ(machine->comment, "c");
  EXPECT_EQ(machine->timeout_seconds, 9);
  EXPECT_EQ(machine->language, QueryLanguage::kJsonPath);
}

TEST(Parse, NestedStatesKnowTheirGraph) {
  const auto machine = machine_of(R"({"StartAt": "P", "States": {
    "P": {"Type": "Parallel", "Next": "M", "Branches": [
      {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}},
      {"StartAt": "C", "States": {"C": {"Type": "Succeed"}}}]},
    "M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "D", "States": {"D": {"Type": "Succeed"}}}}}})");
  ASSERT_NE(machine, nullptr);
  ASSERT_EQ(machine->graphs.size(), 4U);
  EXPECT_EQ(machine->graphs[0].states, (std::vector<std::string>{"P", "M"}));
  const auto& parallel = std::get<Parallel>(machine->state("P").kind);
  ASSERT_EQ(parallel.branches.size(), 2U);
  EXPECT_EQ(machine->graphs[static_cast<std::size_t>(parallel.branches[0])].start_at, "A");
  EXPECT_EQ(machine->state("B").graph, parallel.branches[0]);
  EXPECT_EQ(machine->state("C").graph, parallel.branches[1]);
  EXPECT_EQ(machine->state("D").graph, std::get<Map>(machine->state("M").kind).processor);
  EXPECT_EQ(machine->state("P").graph, 0);
  EXPECT_EQ(std::get<StateName>(parallel.exit).name, "M");
}

TEST(Parse, APassHoldsItsResultAndItsPaths) {
  const State state = state_of(
      R"({"Type": "Pass", "Result": {"b": 1, "a": 2}, "ResultPath": "$.r", "InputPath": null, "OutputPath": "$.r", "End": true})");
  ASSERT_EQ(state.type(), StateType::kPass);
  const auto& pass = std::get<Pass>(state.kind);
  ASSERT_TRUE(pass.result);
  EXPECT_EQ(pass.result->text(), R"({"b":1,"a":2})");
  EXPECT_TRUE(std::holds_alternative<End>(pass.exit));
  EXPECT_TRUE(std::holds_alternative<NullPath>(*state.data.input_path));
  EXPECT_EQ(std::get<Path>(*state.data.output_path).text(), "$.r");
  EXPECT_EQ(std::get<ReferencePath>(*state.data.result_path).text(), "$.r");
}

TEST(Parse, ATaskHoldsItsTimesAndItsErrorHandling) {
  const auto machine = machine_of(R"({"StartAt": "S", "States": {"S": {"Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "TimeoutSeconds": 60, "HeartbeatSecondsPath": "$.h",
    "Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 2, "MaxAttempts": 0, "BackoffRate": 1.5, "MaxDelaySeconds": 7, "JitterStrategy": "FULL"},
              {"ErrorEquals": ["States.ALL"]}],
    "Catch": [{"ErrorEquals": ["A", "B"], "ResultPath": null, "Next": "T"}, {"ErrorEquals": ["C"], "Next": "T"}],
    "End": true}, "T": {"Type": "Succeed"}}})");
  ASSERT_NE(machine, nullptr);
  const auto& task = std::get<Task>(machine->state("S").kind);
  EXPECT_EQ(std::get<double>(task.timeout_seconds), 60);
  EXPECT_EQ(std::get<Path>(task.heartbeat_seconds).text(), "$.h");
  ASSERT_EQ(task.retry.size(), 2U);
  EXPECT_EQ(task.retry[0].interval_seconds, 2);
  EXPECT_EQ(task.retry[0].max_attempts, 0);
  EXPECT_EQ(task.retry[0].backoff_rate, 1.5);
  EXPECT_EQ(task.retry[0].max_delay_seconds, 7);
  EXPECT_EQ(task.retry[0].jitter, Retrier::Jitter::kFull);
  EXPECT_EQ(task.retry[1].max_attempts, 3);
  EXPECT_EQ(task.retry[1].error_equals, std::vector<std::string>{"States.ALL"});
  ASSERT_EQ(task.catchers.size(), 2U);
  EXPECT_EQ(task.catchers[0].error_equals, (std::vector<std::string>{"A", "B"}));
  EXPECT_TRUE(std::holds_alternative<NullPath>(task.catchers[0].result_path));
  EXPECT_TRUE(std::get<ReferencePath>(task.catchers[1].result_path).is_root());
  EXPECT_EQ(task.catchers[1].next.name, "T");
}

TEST(Parse, AWaitHoldsWhatItWaitsFor) {
  const auto until = [](const char* field) {
    return std::get<Wait>(
               state_of(std::string(R"({"Type": "Wait", "End": true, )") + field + "}").kind)
        .until;
  };
  EXPECT_EQ(std::get<WaitSeconds>(until(R"("Seconds": 5)")).seconds, 5);
  EXPECT_EQ(std::get<WaitSecondsPath>(until(R"("SecondsPath": "$.s")")).path.text(), "$.s");
  EXPECT_EQ(std::get<WaitUntil>(until(R"("Timestamp": "1970-01-01T00:00:01Z")")).at.ms, 1000);
  EXPECT_EQ(std::get<WaitTimestampPath>(until(R"("TimestampPath": "$.t")")).path.text(), "$.t");
}

TEST(Parse, AChoiceHoldsItsRulesInOrder) {
  const auto machine =
      machine_of(R"({"StartAt": "S", "States": {"S": {"Type": "Choice", "Default": "B", "Choices": [
    {"Variable": "$.x", "IsNull": true, "Next": "A", "Assign": {"v": 1}}, {"Variable": "$.x", "IsPresent": false, "Next": "B"}]},
    "A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}})");
  ASSERT_NE(machine, nullptr);
  const auto& choice = std::get<Choice>(machine->state("S").kind);
  ASSERT_EQ(choice.rules.size(), 2U);
  EXPECT_EQ(choice.rules[0].next.name, "A");
  EXPECT_TRUE(choice.rules[0].assign);
  EXPECT_EQ(choice.rules[1].next.name, "B");
  EXPECT_EQ(choice.fallback->name, "B");
}

TEST(Parse, AFailHoldsTextsOrPaths) {
  const State state = state_of(R"({"Type": "Fail", "Error": "E", "CausePath": "$.c"})");
  const auto& fail = std::get<Fail>(state.kind);
  EXPECT_EQ(std::get<std::string>(fail.error), "E");
  EXPECT_EQ(std::get<PathOrIntrinsic>(fail.cause).text(), "$.c");
}

TEST(Parse, ParametersOfAMapAreItsItemSelector) {
  const State state = state_of(
      R"({"Type": "Map", "Parameters": {"v.$": "$$.Map.Item.Value"}, "ItemsPath": "$.l", "MaxConcurrency": 2, "End": true,
          "Iterator": {"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}})");
  const auto& map = std::get<Map>(state.kind);
  EXPECT_TRUE(map.item_selector);
  EXPECT_FALSE(state.data.parameters);
  EXPECT_EQ(map.items_path->text(), "$.l");
  EXPECT_EQ(std::get<double>(map.max_concurrency), 2);
  EXPECT_FALSE(map.distributed);
}

std::string nested(int depth) {
  std::string text = R"({"Type": "Succeed"})";
  for (int i = 0; i < depth; ++i) {
    const std::string inner = "S" + std::to_string(i);
    text = R"({"Type": "Parallel", "Branches": [{"StartAt": ")" + inner + R"(", "States": {")" +
           inner + "\": " + text + R"(}}], "End": true})";
  }
  return R"({"StartAt": "Top", "States": {"Top": )" + text + "}}";
}

TEST(HostileDefinition, DeepNestingIsReadWithoutHarm) {
  EXPECT_NE(parse_definition(nested(200)).machine, nullptr);
  const Diagnostic too_deep = only_finding(nested(2000));
  EXPECT_EQ(too_deep.code, "INVALID_JSON_DESCRIPTION");
}

TEST(HostileDefinition, TenThousandStatesAndTheirFaultsAreBounded) {
  std::string text = R"({"StartAt": "S0", "States": {)";
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = std::to_string(i);
    text += (i == 0 ? "" : ",") + std::string("\"S") + name +
            R"(": {"Type": "Pass", "Colour": 1, "Next": "S)" + std::to_string(i + 1) + "\"}";
  }
  const Parsed parsed = parse_definition(text + "}}");
  EXPECT_EQ(parsed.machine, nullptr);
  EXPECT_EQ(parsed.diagnostics.size(), 1000U);
}

TEST(HostileDefinition, AnObjectOfUnknownMembersIsReadInOnePass) {
  std::string text = R"({"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": [{)";
  for (int i = 0; i < 50'000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  text += R"("Next": "S"}]}}})";
  EXPECT_EQ(parse_definition(text).machine, nullptr);
}

TEST(ParseStored, TakesWhatWasAcceptedBeforeTheFieldsOfRequestsWereChecked) {
  const std::string definition = R"({"StartAt": "S", "States": {"S": {"Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
      "Parameters": {"QueueUrl": "u", "MessageBody": "b", "Bogus": 1}}}})";
  EXPECT_EQ(parse_definition(definition).machine, nullptr);
  EXPECT_NE(parse_stored_definition(definition, MachineType::kStandard).machine, nullptr);
  EXPECT_EQ(parse_stored_definition("{}", MachineType::kStandard).machine, nullptr);
}

}  // namespace
}  // namespace pawl::asl
