// Patterns over the members of JSON messages.
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "asl/text.h"
#include "engine/logs/filter_condition.h"
#include "engine/logs/filter_matcher.h"
#include "engine/logs/limits.h"

namespace pawl::engine {
namespace {

using asl::Json;

struct AnyMember {};
// A member by its name, an element by its place, or each of them.
using SelectorStep = std::variant<std::string, std::size_t, AnyMember>;

struct JsonTest {
  enum class Kind { kCompare, kIsNull, kIsTrue, kIsFalse, kNotExists };
  std::vector<SelectorStep> selector;
  Kind kind = Kind::kCompare;
  FilterCondition condition;
};

// Visits what a selector points at until `visit` says that it has found what it looks for.
bool select(const Json& value,
            const std::vector<SelectorStep>& selector,
            std::size_t step,
            const std::function<bool(const Json&)>& visit) {
  if (step == selector.size()) return visit(value);
  if (const auto* name = std::get_if<std::string>(&selector[step])) {
    if (!value.is_object()) return false;
    const auto found = value.find(*name);
    return found != value.end() && select(*found, selector, step + 1, visit);
  }
  if (const auto* index = std::get_if<std::size_t>(&selector[step])) {
    return value.is_array() && *index < value.size() &&
           select(value[*index], selector, step + 1, visit);
  }
  if (!value.is_object() && !value.is_array()) return false;
  for (const Json& member : value) {
    if (select(member, selector, step + 1, visit)) return true;
  }
  return false;
}

// [aws] "Value nodes can be strings or numbers. [...] If a property selector points to an array or
// object, the filter pattern won't match the log format."
bool compares(const FilterCondition& condition, const Json& value, std::uint64_t& work) {
  if (value.is_string()) {
    return condition.holds(value.get_ref<const std::string&>(), std::nullopt, work);
  }
  if (!value.is_number()) return false;
  return condition.holds(asl::to_text(value), value.get<double>(), work);
}

class FilterJson final : public FilterMatcher {
 public:
  FilterJson(FilterExpression expression, std::vector<JsonTest> tests)
      : expression_(std::move(expression)), tests_(std::move(tests)) {}

  bool matches(std::string_view message, std::uint64_t& work) const override {
    work += message.size();
    const auto parsed = asl::parse_text(message);
    const auto* document = std::get_if<Json>(&parsed);
    if (document == nullptr || (!document->is_object() && !document->is_array())) return false;
    return expression_.holds(
        [&](std::size_t leaf) { return holds(tests_[leaf], *document, work); });
  }

 private:
  static bool holds(const JsonTest& test, const Json& document, std::uint64_t& work) {
    const auto is_any = [&](const std::function<bool(const Json&)>& visit) {
      return select(document, test.selector, 0, visit);
    };
    switch (test.kind) {
      case JsonTest::Kind::kCompare:
        return is_any([&](const Json& value) { return compares(test.condition, value, work); });
      case JsonTest::Kind::kIsNull:
        return is_any([](const Json& value) { return value.is_null(); });
      case JsonTest::Kind::kIsTrue:
        return is_any([](const Json& value) { return value == true; });
      case JsonTest::Kind::kIsFalse:
        return is_any([](const Json& value) { return value == false; });
      default:
        return !is_any([](const Json&) { return true; });
    }
  }

  FilterExpression expression_;
  std::vector<JsonTest> tests_;
};

bool is_name(char c) { return is_filter_word(c) || c == '-'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_no_single_quote(char c) { return c != '\''; }

class JsonPatternParser {
 public:
  explicit JsonPatternParser(FilterCursor& cursor) : cursor_(cursor) {}

  std::unique_ptr<const FilterMatcher> parse() {
    FilterExpression expression =
        FilterExpression::parse(cursor_, [this](FilterCursor&) { return parse_test(); });
    if (!cursor_.at_end()) refuse_rest();
    return std::make_unique<FilterJson>(std::move(expression), std::move(tests_));
  }

 private:
  // [seen] Invalid character(s) in term ','
  [[noreturn]] void refuse_rest() {
    if (is_filter_word(cursor_.peek()) || cursor_.peek() == ')') {
      cursor_.fail("'&&' or '||' is missing");
    }
    cursor_.refuse_term_from(cursor_.position());
  }

  std::size_t parse_test() {
    JsonTest test;
    test.selector = parse_selector();
    cursor_.skip_spaces();
    const FilterCursor before = cursor_;
    const std::string_view word = cursor_.take_while(is_filter_word);
    if (word.empty()) {
      test.condition = FilterCondition::parse(cursor_);
    } else {
      test.kind = parse_words(before, word);
    }
    tests_.push_back(std::move(test));
    return tests_.size() - 1;
  }

  // [aws] "The variables IS NOT and EXISTS currently aren't supported."
  JsonTest::Kind parse_words(const FilterCursor& before, std::string_view first) {
    cursor_.skip_spaces();
    const std::string_view second = cursor_.take_while(is_filter_word);
    if (first == "NOT" && second == "EXISTS") return JsonTest::Kind::kNotExists;
    if (first == "IS" && second == "NULL") return JsonTest::Kind::kIsNull;
    if (first == "IS" && second == "TRUE") return JsonTest::Kind::kIsTrue;
    if (first == "IS" && second == "FALSE") return JsonTest::Kind::kIsFalse;
    before.fail("an operator is missing");
  }

  std::vector<SelectorStep> parse_selector() {
    cursor_.skip_spaces();
    const std::size_t begin = cursor_.position();
    if (!cursor_.eat("$")) cursor_.fail("a property selector is missing");
    std::vector<SelectorStep> selector;
    bool has_wildcard = false;
    for (;;) {
      const bool is_dot = cursor_.eat(".");
      if (!is_dot && cursor_.peek() != '[') break;
      selector.push_back(cursor_.eat("[") ? parse_bracket() : parse_name(begin));
      if (!std::holds_alternative<AnyMember>(selector.back())) continue;
      if (has_wildcard) cursor_.fail("a second wildcard in a property selector");
      has_wildcard = true;
      if (++wildcards_ > kFilterWildcardsMax) {
        cursor_.fail("more than " + std::to_string(kFilterWildcardsMax) + " wildcard selectors");
      }
    }
    if (selector.empty()) cursor_.refuse_term_from(begin);
    const char after = cursor_.peek();
    const bool ends = cursor_.at_end() || after == ' ' || after == '\t' || after == '\n' ||
                      after == '\r' || after == '=' || after == '!' || after == '<' || after == '>';
    if (!ends) cursor_.refuse_term_from(begin);
    return selector;
  }

  SelectorStep parse_name(std::size_t begin) {
    if (cursor_.eat("*")) return AnyMember{};
    const std::string_view name = cursor_.take_while(is_name);
    // [seen] Invalid character(s) in term '$."'
    if (name.empty()) cursor_.refuse_term_from(begin);
    return std::string(name);
  }

  // [aws] "The elements in arrays follow a zero-based numbering system"; "If the JSON property
  // contains a period, then the bracket notation may be used": $.['cluster.name']
  SelectorStep parse_bracket() {
    SelectorStep step = AnyMember{};
    if (cursor_.eat("'")) {
      step = std::string(cursor_.take_while(is_no_single_quote));
      if (!cursor_.eat("'")) cursor_.fail("the quotation mark is not closed");
    } else if (!cursor_.eat("*")) {
      const std::string_view digits = cursor_.take_while(is_digit);
      if (digits.empty() || digits.size() > 9) cursor_.fail("no number of an element");
      step = static_cast<std::size_t>(std::stoul(std::string(digits)));
    }
    if (!cursor_.eat("]")) cursor_.fail("']' is missing");
    return step;
  }

  FilterCursor& cursor_;
  std::vector<JsonTest> tests_;
  int wildcards_ = 0;
};

}  // namespace

std::unique_ptr<const FilterMatcher> parse_filter_json(FilterCursor& cursor) {
  return JsonPatternParser(cursor).parse();
}

}  // namespace pawl::engine
