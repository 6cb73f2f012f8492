// Patterns over the fields of messages that are delimited by spaces.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/logs/filter_condition.h"
#include "engine/logs/filter_matcher.h"

namespace pawl::engine {
namespace {

// A field, and where it stands in its message.
struct MessageField {
  std::string_view value;
  std::size_t begin = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// [aws] "Characters between brackets ("[]") and double quotation marks ("") are considered single
// fields."
std::vector<MessageField> fields_of(std::string_view message) {
  std::vector<MessageField> fields;
  std::size_t at = 0;
  for (;;) {
    while (at < message.size() && is_blank(message[at])) ++at;
    if (at == message.size()) return fields;
    const char open = message[at];
    if (open == '"' || open == '[') {
      const std::size_t close = message.find(open == '"' ? '"' : ']', at + 1);
      if (close != std::string_view::npos &&
          (close + 1 == message.size() || is_blank(message[close + 1]))) {
        fields.push_back({message.substr(at + 1, close - at - 1), at});
        at = close + 1;
        continue;
      }
    }
    const std::size_t begin = at;
    while (at < message.size() && !is_blank(message[at])) ++at;
    fields.push_back({message.substr(begin, at - begin), begin});
  }
}

struct PatternField {
  std::vector<FilterCondition> conditions;  // the leaves of
  FilterExpression expression;

  bool holds(std::string_view value, std::uint64_t& work) const {
    if (conditions.empty()) return true;
    const auto number = filter_number(value);
    return expression.holds(
        [&](std::size_t leaf) { return conditions[leaf].holds(value, number, work); });
  }
};

class FilterFields final : public FilterMatcher {
 public:
  // `before` the ellipsis and `after` it; without one all are before.
  FilterFields(std::vector<PatternField> before, std::vector<PatternField> after, bool has_ellipsis)
      : before_(std::move(before)), after_(std::move(after)), has_ellipsis_(has_ellipsis) {}

  bool matches(std::string_view message, std::uint64_t& work) const override {
    work += message.size();
    std::vector<MessageField> fields = fields_of(message);
    if (fields.size() < before_.size() + after_.size()) return false;
    if (!has_ellipsis_ && fields.size() > before_.size()) {
      // [aws] "[w1=ERROR, w2]" finds "ERROR 09/25/2014 12:00:02 Failed to process request": the
      // last field is what is left.
      std::string_view rest = message.substr(fields[before_.size() - 1].begin);
      while (is_blank(rest.back())) rest.remove_suffix(1);
      fields.resize(before_.size());
      fields.back().value = rest;
    }
    const auto holds = [&work](const PatternField& field, const MessageField& given) {
      return field.holds(given.value, work);
    };
    const auto tail = fields.end() - static_cast<std::ptrdiff_t>(after_.size());
    return std::equal(before_.begin(), before_.end(), fields.begin(), holds) &&
           std::equal(after_.begin(), after_.end(), tail, holds);
  }

 private:
  std::vector<PatternField> before_;
  std::vector<PatternField> after_;
  bool has_ellipsis_;
};

bool is_field_name(char c) { return is_filter_word(c) || c == '-'; }

PatternField parse_field(FilterCursor& cursor) {
  PatternField field;
  cursor.skip_spaces();
  FilterCursor ahead = cursor;
  std::string name(ahead.take_while(is_field_name));
  ahead.skip_spaces();
  if (ahead.at_end() || ahead.peek() == ',') {  // no condition, or not even a name
    cursor = ahead;
    return field;
  }
  field.expression = FilterExpression::parse(cursor, [&](FilterCursor& leaf) {
    const FilterCursor before = leaf;
    const std::string_view named = leaf.take_while(is_field_name);
    if (named.empty()) before.refuse_term_from(before.position());
    if (field.conditions.empty()) name = std::string(named);
    // [seen] "[..., status_code = 4* && bytes > 1000]" is an "Invalid filter pattern".
    if (named != name) before.fail("a condition of another field");
    field.conditions.push_back(FilterCondition::parse(leaf));
    return field.conditions.size() - 1;
  });
  cursor.skip_spaces();
  return field;
}

}  // namespace

std::unique_ptr<const FilterMatcher> parse_filter_fields(FilterCursor& cursor) {
  std::vector<PatternField> before;
  std::vector<PatternField> after;
  bool has_ellipsis = false;
  for (;;) {
    cursor.skip_spaces();
    if (cursor.eat("...")) {
      if (has_ellipsis) cursor.fail("a second ellipsis");
      has_ellipsis = true;
      cursor.skip_spaces();
    } else {
      (has_ellipsis ? after : before).push_back(parse_field(cursor));
    }
    if (cursor.at_end()) break;
    if (!cursor.eat(",")) cursor.fail("',' is missing");
  }
  return std::make_unique<FilterFields>(std::move(before), std::move(after), has_ellipsis);
}

}  // namespace pawl::engine
