#include "asl/text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace pawl::asl {
namespace {

constexpr const char* kValueList =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

Json parsed(std::string_view text) {
  auto result = parse_text(text);
  if (const auto* error = std::get_if<TextError>(&result)) {
    ADD_FAILURE() << text << ": " << error->message;
    return nullptr;
  }
  return std::get<Json>(std::move(result));
}

TextError error_of(std::string_view text, const TextLimits& limits = {}) {
  auto result = parse_text(text, limits);
  if (std::holds_alternative<Json>(result)) {
    ADD_FAILURE() << text << " was accepted";
    return {};
  }
  return std::get<TextError>(std::move(result));
}

void expect_error(std::string_view text, const std::string& message, int line, int column) {
  const TextError error = error_of(text);
  EXPECT_EQ(error.message, message) << text;
  EXPECT_EQ(error.line, line) << text;
  EXPECT_EQ(error.column, column) << text;
}

TEST(Text, ReadsEveryKindOfValue) {
  EXPECT_EQ(
      parsed(R"( {"a" : [1, -2.5, true, false, null, "x"], "b":{}} )"),
      (Json{{"a", Json::array({1, -2.5, true, false, nullptr, "x"})}, {"b", Json::object()}}));
  EXPECT_EQ(parsed("\"only\""), "only");
  EXPECT_EQ(parsed("[]"), Json::array());
}

TEST(Text, KeepsIntegersExactUpTo64Bits) {
  EXPECT_EQ(to_text(parsed("[9223372036854775807,-9223372036854775808,0,-0]")),
            "[9223372036854775807,-9223372036854775808,0,0]");
}

TEST(Text, BeyondThatAnIntegerIsADouble) {
  EXPECT_TRUE(parsed("9223372036854775808").is_number_float());
  EXPECT_EQ(to_text(parsed("12345678901234567890123")), "1.2345678901234568E22");
}

TEST(Text, WritesDoublesAsJavaDoes) {
  for (const auto& [value, text] : std::vector<std::pair<double, std::string>>{
           {1.5, "1.5"},
           {1.0, "1.0"},
           {-0.0, "-0.0"},
           {100.0, "100.0"},
           {0.001, "0.001"},
           {0.0001, "1.0E-4"},
           {9999999.0, "9999999.0"},
           {1e7, "1.0E7"},
           {1.25e10, "1.25E10"},
           {1e-7, "1.0E-7"},
           {0.1 + 0.2, "0.30000000000000004"},
           {1.7976931348623157e308, "1.7976931348623157E308"},
           {5e-324, "5.0E-324"}}) {
    EXPECT_EQ(double_to_text(value), text);
    EXPECT_EQ(parsed(text).get<double>(), value) << text;
  }
}

TEST(Text, WritesStringsAsJacksonDoes) {
  EXPECT_EQ(to_text(Json("\"\\/\b\f\n\r\t\x01\x1f\x7f\u00e9\U0001F600")),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\u00e9\U0001F600\"");
}

TEST(Text, ReplacesInvalidUtf8WhenWriting) {
  EXPECT_EQ(to_text(Json(std::string("a\xff\xc3"))), "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(Text, ReadsEscapes) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00")"),
            "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001F600");
  expect_error(R"("\ud800")", "Incomplete surrogate pair in character escape sequence", 1, 8);
  expect_error(R"("\ude00\ud83d")", "Incomplete surrogate pair in character escape sequence", 1, 8);
  expect_error(R"("\q")", "Unrecognized character escape 'q' (code 113)", 1, 4);
  expect_error(
      R"("\u12g4")",
      "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence",
      1,
      7);
}

TEST(Text, NamesAnUnrecognizedTokenAndWhereItEnds) {
  expect_error("not a definition",
               std::string("Unrecognized token 'not': was expecting ") + kValueList,
               1,
               4);
  expect_error("[true, falsy]",
               std::string("Unrecognized token 'falsy': was expecting ") + kValueList,
               1,
               13);
  expect_error(
      "nulls", std::string("Unrecognized token 'nulls': was expecting ") + kValueList, 1, 6);
  expect_error(
      "{} not", std::string("Unrecognized token 'not': was expecting ") + kValueList, 1, 7);
}

TEST(Text, NamesAnUnexpectedCharacter) {
  expect_error(
      "{'a':1}",
      "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
      1,
      3);
  expect_error("{\n \"a\" 1}",
               "Unexpected character ('1' (code 49)): was expecting a colon to separate field name "
               "and value",
               2,
               7);
  expect_error(
      "[1 2]",
      "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
      1,
      5);
  expect_error(
      "{\"a\":1 \"b\":2}",
      "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
      1,
      9);
  expect_error(
      "[1,]",
      std::string("Unexpected character (']' (code 93)): expected a valid value ") + kValueList,
      1,
      5);
  expect_error(
      "{\"a\":1,}",
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
      1,
      9);
  expect_error("[\"\u00e9\" \u20ac]",
               "Unexpected character ('\u20ac' (code 8364 / 0x20ac)): was expecting comma to "
               "separate Array entries",
               1,
               7);
}

TEST(Text, RefusesAnythingBehindTheDocument) {
  expect_error("{} {}",
               "Unexpected character ('{' (code 123)): was expecting the end of the document",
               1,
               5);
  expect_error(
      "1 2", "Unexpected character ('2' (code 50)): was expecting the end of the document", 1, 4);
  expect_error("1a",
               "Unexpected character ('a' (code 97)): Expected space separating root-level values",
               1,
               3);
}

TEST(Text, NamesWhatAnUnfinishedDocumentLacks) {
  expect_error("", "No content to map due to end-of-input", 1, 1);
  expect_error("  ", "No content to map due to end-of-input", 1, 3);
  expect_error(" {\"a\":1",
               "Unexpected end-of-input: expected close marker for Object (start marker at line: "
               "1, column: 2)",
               1,
               8);
  expect_error("[",
               "Unexpected end-of-input: expected close marker for Array (start marker at line: 1, "
               "column: 1)",
               1,
               2);
  expect_error(
      "\"abc", "Unexpected end-of-input: was expecting closing quote for a string value", 1, 5);
}

TEST(Text, RefusesMalformedNumbers) {
  for (const char* text : {"01",
                           "-",
                           "-a",
                           "1.",
                           "1.e3",
                           ".5",
                           "+1",
                           "1e",
                           "1e+",
                           "0x10",
                           "1e999",
                           "-1e999",
                           "NaN",
                           "Infinity"}) {
    EXPECT_FALSE(error_of(text).message.empty()) << text;
  }
  EXPECT_EQ(parsed("1e-999"), 0.0);
}

TEST(Text, RefusesADuplicateMember) {
  expect_error(R"({"a":1,"b":{"a":2},"a":3})", "Duplicate field 'a'", 1, 23);
  expect_error(R"({"a":1,"\u0061":3})", "Duplicate field 'a'", 1, 16);
}

TEST(Text, RefusesControlCharactersInStrings) {
  expect_error("\"a\nb\"",
               "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using "
               "backslash to be included in string value",
               2,
               1);
}

TEST(Text, RefusesInvalidUtf8) {
  for (const char* text : {"\"\xff\"",
                           "\"\xc0\x80\"",
                           "\"\xed\xa0\x80\"",
                           "\"\xf4\x90\x80\x80\"",
                           "\"\xe2\x82\"",
                           "\xff",
                           "[\xc3(]"}) {
    EXPECT_FALSE(error_of(text).message.empty());
  }
  EXPECT_EQ(error_of("\"a\xff\"").message, "Invalid UTF-8 byte 0xff");
}

TEST(Text, BoundsDepthAndSize) {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  EXPECT_TRUE(nests_deeper_than(parsed(deep), 999));
  EXPECT_FALSE(nests_deeper_than(parsed(deep), 1000));
  EXPECT_EQ(error_of("[" + deep + "]").message,
            "Document nesting depth (1001) exceeds the maximum allowed (1000)");
  EXPECT_EQ(error_of(std::string(1'000'000, '[')).message,
            "Document nesting depth (1001) exceeds the maximum allowed (1000)");
  EXPECT_EQ(error_of("12345", {.bytes_max = 4}).message,
            "Document of 5 bytes exceeds the maximum allowed (4)");
}

TEST(Text, AnObjectOf40000MembersIsReadInMilliseconds) {
  std::string text = "{";
  for (int i = 0; i < 40'000; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  }
  text += "}";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(parsed(text).size(), 40'000U);
  // Linear search would take over a second; the bound leaves room for sanitizers and a busy
  // machine.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(800));
}

TEST(Text, APayloadStaysAsItCame) {
  for (const char* text : {"{\"a\":[1,-2,true,null,\"x\\u007f~\"],\"b\":{}}",
                           "{ \"a\" : 1 }",
                           "[1,\n2]",
                           " 7",
                           "7\n",
                           "-0",
                           "[-0,0]",
                           "1.50",
                           "1e3",
                           "12345678901234567890",
                           "\"\\u0041\\/\\n\"",
                           "\"\xc3\xa9\xf0\x9f\x98\x80\"",
                           "\"\"",
                           "[]"}) {
    const Json tree = std::get<Json>(parse_text(text));
    const Payload payload = std::get<Payload>(parse_payload(text));
    EXPECT_EQ(payload.text(), text);
    EXPECT_EQ(payload.json(), tree) << text;
    EXPECT_EQ(Payload::of_text(payload.text()).json(), tree) << text;
  }
}

TEST(Text, APayloadIsRefusedAsATextIs) {
  const auto error = std::get<TextError>(parse_payload("{\"a\": nope}"));
  EXPECT_EQ(error.message, std::get<TextError>(parse_text("{\"a\": nope}")).message);
  EXPECT_EQ(error.column, std::get<TextError>(parse_text("{\"a\": nope}")).column);
}

TEST(Text, FindsThePositionOfAPointer) {
  const std::string text =
      "{\n  \"States\": {\n    \"a/b\": {\"Type\": \"Pass\"},\n    \"C\": {\"Choices\": [{\"x\": "
      "[1, {\"y\": 2}]}, \"\u00e9\", {}]}\n  }\n}";
  const auto at = [&](std::string_view pointer) {
    const auto position = position_of(text, pointer);
    return position ? std::to_string(position->line) + ":" + std::to_string(position->column)
                    : "none";
  };
  EXPECT_EQ(at(""), "1:1");
  EXPECT_EQ(at("/States"), "2:3");
  EXPECT_EQ(at("/States/a~1b/Type"), "3:13");
  EXPECT_EQ(at("/States/C/Choices/0/x/1/y"), "4:34");
  EXPECT_EQ(at("/States/C/Choices/1"), "4:45");
  EXPECT_EQ(at("/States/C/Choices/2"), "4:50");
  EXPECT_EQ(at("/States/C/Choices/3"), "none");
  EXPECT_EQ(at("/States/C/Choices/x"), "none");
  EXPECT_EQ(at("/States/D"), "none");
  EXPECT_EQ(at("States"), "none");
}

TEST(Text, SearchingAPositionInABrokenTextEnds) {
  for (const char* text : {"", "{", "{\"a", "{\"a\"", "{\"a\":", "[", "[1,", "{\"a\\", "not"}) {
    EXPECT_EQ(position_of(text, "/a/0"), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pawl::asl
