#include "asl/template.h"

#include <gtest/gtest.h>

#include "asl/expression.h"
#include "tests/asl/cases.h"

namespace pawl::asl {
namespace {

Template template_of(std::string_view text) {
  auto parsed = Template::parse(json_of(text), QueryLanguage::kJsonPath);
  if (const auto* faults = std::get_if<std::vector<TemplateFault>>(&parsed)) {
    throw std::runtime_error(faults->front().message);
  }
  return std::get<Template>(std::move(parsed));
}

std::string evaluated(std::string_view text,
                      std::string_view input,
                      std::string_view context = "{}") {
  const Json in = json_of(input);
  const Json ctx = json_of(context);
  const Variables variables{{"v", Payload::of(Json{{"n", 4}})}};
  const auto result = template_of(text).evaluate(
      {.input = &in, .context = &ctx, .variables = &variables}, "Parameters");
  return result ? to_text(*result) : *result.error().name + ": " + *result.error().cause;
}

std::vector<std::string> faults_of(std::string_view text,
                                   QueryLanguage language = QueryLanguage::kJsonPath) {
  auto parsed = Template::parse(json_of(text), language);
  std::vector<std::string> out;
  if (const auto* faults = std::get_if<std::vector<TemplateFault>>(&parsed)) {
    for (const TemplateFault& fault : *faults) {
      out.push_back(fault.code + " " + fault.pointer + " " + fault.message);
    }
  }
  return out;
}

TEST(Template, ReplacesExpressionsWhereverTheyStand) {
  EXPECT_EQ(
      evaluated(
          R"j({"a":1,"b.$":"$.x","c":[{"d.$":"$.y[0]"},5],"e":{"f.$":"States.MathAdd($v.n, 1)"},"g.$":"$$.Name"})j",
          R"({"x":{"k":null},"y":[7]})",
          R"({"Name":"run"})"),
      R"({"a":1,"b":{"k":null},"c":[{"d":7},5],"e":{"f":5},"g":"run"})");
}

TEST(Template, KeepsTheOrderOfMembers) {
  EXPECT_EQ(evaluated(R"({"z.$":"$.a","a":1,"m.$":"$.a"})", R"({"a":2})"),
            R"({"z":2,"a":1,"m":2})");
}

TEST(Template, AMissNamesTheMemberAndQuotesTheInput) {
  EXPECT_EQ(evaluated(R"({"p":{"f.$":"$.nope"}})", R"({"other": 1})"),
            "States.Runtime: The JSONPath '$.nope' specified for the field 'f.$' could not be "
            "found in the input "
            "'{\"other\":1}'");
}

TEST(Template, AMissInTheContextObjectQuotesTheContextObject) {
  EXPECT_EQ(evaluated(R"({"f.$":"$$.Nope.Deep"})", "{}", R"({"a":1})"),
            "States.Runtime: The JSONPath '$.Nope.Deep' specified for the field 'f.$' could not be "
            "found in the input "
            "'{\"a\":1}'");
  EXPECT_EQ(evaluated(R"({"f.$":"$$.Execution.Input.x"})", "{}", R"({"a":1})"),
            "States.Runtime: The JSONPath '$$.Execution.Input.x' specified for the field 'f.$' "
            "could not be found in the "
            "input '{\"a\":1}'");
}

TEST(Template, AnIndexPastTheEndIsNullAndAWildcardWithoutHitIsEmpty) {
  EXPECT_EQ(evaluated(R"({"a.$":"$.items[5]","b.$":"$.items[*].x","c.$":"$.none"})",
                      R"({"items":[1],"none":null})"),
            R"({"a":null,"b":[],"c":null})");
}

TEST(Template, AFailingCallIsAnIntrinsicFailure) {
  EXPECT_EQ(evaluated(R"j({"a.$":"States.ArrayLength($.x)"})j", R"({"x":1})"),
            "States.IntrinsicFailure: The function 'States.ArrayLength($.x)' had the following "
            "error: Invalid argument 1: "
            "expected an array");
}

TEST(Template, ReportsEveryFaultWithItsPlace) {
  EXPECT_EQ(faults_of(R"({"a.$":"no","b":[{"c/d.$":5}],"e":1,"e.$":"$.x","ok.$":"$.x"})"),
            (std::vector<std::string>{"SCHEMA_VALIDATION_FAILED /a.$ The value for the field 'a.$' "
                                      "must be a valid JSONPath or a valid intrinsic "
                                      "function call",
                                      "SCHEMA_VALIDATION_FAILED /b/0/c~1d.$ The value for the "
                                      "field 'c/d.$' must be a valid JSONPath or a valid "
                                      "intrinsic function call",
                                      "SCHEMA_VALIDATION_FAILED /e.$ Duplicate field 'e'"}));
}

TEST(Template, KnowsWhetherItIsConstantAndWhichVariablesItReads) {
  EXPECT_TRUE(template_of(R"({"a":[1,{"b":"$.x"}]})").is_constant());
  const Template reads = template_of(
      R"j({"a.$":"$v.n","b":[{"c.$":"States.Array($w, States.Array($v))"}],"d.$":"$.x"})j");
  EXPECT_FALSE(reads.is_constant());
  EXPECT_EQ(reads.variables_read(), (std::vector<std::string>{"v", "w"}));
}

std::string evaluated_jsonata(std::string_view text, std::string_view field = "Output") {
  const Json states = json_of(R"({"input":{"a":[1,2]}})");
  Documents documents;
  documents.states = &states;
  auto parsed = Template::parse(json_of(text), QueryLanguage::kJsonata);
  const auto result = std::get<Template>(parsed).evaluate(documents, field);
  return result ? to_text(*result) : *result.error().location + ": " + *result.error().cause;
}

TEST(JsonataTemplate, EvaluatesTextsThatAreExpressionsAsAWhole) {
  EXPECT_EQ(evaluated_jsonata(R"("{% $states.input.a %}")"), "[1,2]");
  EXPECT_EQ(
      evaluated_jsonata(R"({"x.$":"$.a","y":["{%$sum($states.input.a)%}",{"z":"{% null %}"}]})"),
      R"({"x.$":"$.a","y":[3,{"z":null}]})");
  EXPECT_EQ(evaluated_jsonata(R"(["Hello {% $x %}", " {% 1 %}", "{% 1 %} "])"),
            R"(["Hello {% $x %}"," {% 1 %}","{% 1 %} "])");
}

TEST(JsonataTemplate, AFailureIsLocatedByMembersAndIndexes) {
  EXPECT_EQ(evaluated_jsonata(R"({"a":{"b":[["x","{% $no %}"]]}})").substr(0, 18),
            "Output/a/b[0][1]: ");
  EXPECT_EQ(evaluated_jsonata(R"({"v":"{% $no %}"})", "Choices[1]/Output"),
            "Choices[1]/Output/v: The JSONata expression '$no' specified for the field "
            "'Choices[1]/Output/v' returned nothing (undefined).");
}

TEST(JsonataTemplate, ReportsEveryExpressionThatDoesNotCompile) {
  EXPECT_EQ(
      faults_of(R"({"a":"{% 1 + %}","b":[{"c":"{% phone %}"}]})", QueryLanguage::kJsonata),
      (std::vector<std::string>{
          "INVALID_JSONATA_EXPRESSION /a Unexpected end of expression",
          "UNSUPPORTED_JSONATA_EXPRESSION /b/0/c Reference to 'phone' at the top level is not "
          "supported."}));
}

TEST(JsonataTemplate, KnowsWhatItReadsAndWhetherItIsOneExpression) {
  const auto parse = [](std::string_view text) {
    return std::get<Template>(Template::parse(json_of(text), QueryLanguage::kJsonata));
  };
  const Template reads = parse(R"({"a":"{% $w + $v %}","b":["{% $states.input %}"]})");
  EXPECT_EQ(reads.variables_read(), (std::vector<std::string>{"v", "w"}));
  EXPECT_EQ(reads.states_read(), (StatesMembers{.input = true}));
  EXPECT_EQ(reads.expression(), nullptr);
  EXPECT_EQ(parse(R"("{% $w %}")").expression()->text(), "$w");
  EXPECT_TRUE(parse(R"({"x.$":"$.y"})").is_constant());
}

TEST(Template, ATemplateThatMultipliesItsInputIsStopped) {
  Json source = Json::object();
  for (int i = 0; i < 20'000; ++i) {
    source["m" + std::to_string(i) + ".$"] = "$";
  }
  const Json input = std::string(256 * 1024, 'x');
  const auto parsed = Template::parse(source, QueryLanguage::kJsonPath);
  const auto result = std::get<Template>(parsed).evaluate({.input = &input}, "Parameters");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name, "States.DataLimitExceeded");
}

TEST(Template, ADocumentThatWouldNestTooDeeplyIsRefused) {
  const std::string deep = std::string(999, '[') + std::string(999, ']');
  EXPECT_EQ(evaluated(R"({"a.$":"$"})", deep).substr(0, 6), "{\"a\":[");
  EXPECT_EQ(evaluated(R"({"a":{"b.$":"$"}})", deep),
            "States.Runtime: The document nests too deeply");
}

TEST(PathOrIntrinsic, AnswersForTheFieldThatHoldsIt) {
  const auto parsed = PathOrIntrinsic::parse("$.ErrorX");
  const Json input = Json::object();
  const auto result = std::get<PathOrIntrinsic>(parsed).evaluate({.input = &input}, "ErrorPath");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause,
            "The JSONPath '$.ErrorX' specified for the field 'ErrorPath' could not be found in the "
            "input '{}'");
  EXPECT_TRUE(std::holds_alternative<std::string>(PathOrIntrinsic::parse("prod-v1")));
}

}  // namespace
}  // namespace pawl::asl
