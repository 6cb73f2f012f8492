#include "asl/variables.h"

#include <gtest/gtest.h>

#include "asl/parse.h"

namespace pawl::asl {
namespace {

using References = std::map<std::string, std::vector<std::string>>;

constexpr const char* kEverywhere = R"json({
  "StartAt": "Set", "States": {
    "Set": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "Twice"},
    "Twice": {"Type": "Pass", "InputPath": "$b", "OutputPath": "$a", "Assign": {"b.$": "$b.x"},
              "Next": "Ask"},
    "Ask": {"Type": "Choice", "Default": "Sleep", "Choices": [
      {"Variable": "$guess", "StringEqualsPath": "$answer", "Next": "Each",
       "Assign": {"c.$": "$count"}}]},
    "Sleep": {"Type": "Wait", "SecondsPath": "$pause", "Next": "Work"},
    "Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
             "TimeoutSecondsPath": "$limit",
             "Parameters": {"FunctionName": "f", "Payload.$": "States.Format($text, $.x)"},
             "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"e.$": "$seen"}, "Next": "Bad"}],
             "Next": "Each"},
    "Each": {"Type": "Map", "ItemsPath": "$list", "MaxConcurrencyPath": "$width", "End": true,
      "ItemSelector": {"v.$": "$extra"},
      "ItemProcessor": {"StartAt": "Inner", "States": {
        "Inner": {"Type": "Pass", "Parameters": {"q.$": "$question"}, "End": true}}}},
    "Bad": {"Type": "Fail", "ErrorPath": "$kind", "CausePath": "$why"}}})json";

TEST(VariablesRead, EveryFieldThatCanReadOneIsLookedAt) {
  const Parsed parsed = parse_definition(kEverywhere, MachineType::kStandard);
  ASSERT_TRUE(parsed.machine);
  EXPECT_EQ(variables_read(*parsed.machine),
            (References{{"Twice", {"a", "b"}},
                        {"Ask", {"answer", "count", "guess"}},
                        {"Sleep", {"pause"}},
                        {"Work", {"limit", "seen", "text"}},
                        {"Each", {"extra", "list", "width"}},
                        {"Inner", {"question"}},
                        {"Bad", {"kind", "why"}}}));
}

constexpr const char* kJsonata = R"json({
  "QueryLanguage": "JSONata", "StartAt": "Ask", "States": {
    "Ask": {"Type": "Choice", "Default": "Sleep", "Choices": [
      {"Condition": "{% $guess = $answer %}", "Output": "{% $count(1) + $out %}", "Next": "Each"}]},
    "Sleep": {"Type": "Wait", "Seconds": "{% $pause %}", "Next": "Until"},
    "Until": {"Type": "Wait", "Timestamp": "{% $date %}", "Next": "Work"},
    "Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
             "TimeoutSeconds": "{% $limit %}", "HeartbeatSeconds": "{% $beat %}",
             "Arguments": {"FunctionName": "f", "Payload": "{% $text %}"},
             "Credentials": {"RoleArn": "{% $role %}"},
             "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"e": "{% $seen %}"},
                        "Output": "{% $caught %}", "Next": "Bad"}],
             "Next": "Each"},
    "Each": {"Type": "Map", "Items": "{% $list %}", "MaxConcurrency": "{% $width %}", "End": true,
      "ItemSelector": {"v": "{% $extra %}"}, "ToleratedFailureCount": "{% $bad %}",
      "ToleratedFailurePercentage": "{% $badly %}",
      "ItemProcessor": {"StartAt": "Inner", "States": {
        "Inner": {"Type": "Pass", "Output": "{% $states.input %}", "End": true}}}},
    "Bad": {"Type": "Fail", "Error": "{% $kind %}", "Cause": "{% $why %}"}}})json";

TEST(VariablesRead, ExpressionsOfJsonataCountInEveryField) {
  const Parsed parsed = parse_definition(kJsonata, MachineType::kStandard);
  ASSERT_TRUE(parsed.machine);
  EXPECT_EQ(variables_read(*parsed.machine),
            (References{{"Ask", {"answer", "guess", "out"}},
                        {"Sleep", {"pause"}},
                        {"Until", {"date"}},
                        {"Work", {"beat", "caught", "limit", "role", "seen", "text"}},
                        {"Each", {"bad", "badly", "extra", "list", "width"}},
                        {"Bad", {"kind", "why"}}}));
}

}  // namespace
}  // namespace pawl::asl
