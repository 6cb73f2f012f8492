#include "engine/logs/filter_condition.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pawl::engine {
namespace {

// What may stand in a value without quotes: addresses and numbers, with asterisks.
bool is_bare_value(char c) {
  return is_filter_word(c) || c == '.' || c == '*' || c == '+' || c == '-';
}

// What ends a value without quotes, where other characters are its own.
bool is_value_end(char c) {
  return std::string_view(" \t\n\r,&|()[]{}=!<>").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<double> filter_number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9'))) {
    return std::nullopt;  // the library would read "inf" and "nan"
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

FilterCondition::Comparison FilterCondition::parse_comparison(FilterCursor& cursor) {
  static constexpr std::pair<std::string_view, Comparison> kOperators[] = {
      {"!=", Comparison::kNotEqual},
      {"<=", Comparison::kLessOrEqual},
      {">=", Comparison::kGreaterOrEqual},
      {"=", Comparison::kEqual},
      {"<", Comparison::kLess},
      {">", Comparison::kGreater}};
  for (const auto& [text, comparison] : kOperators) {
    if (cursor.eat(text)) return comparison;
  }
  cursor.fail("an operator is missing");
}

FilterCondition FilterCondition::parse(FilterCursor& cursor) {
  FilterCondition condition;
  cursor.skip_spaces();
  condition.comparison_ = parse_comparison(cursor);
  cursor.skip_spaces();
  const FilterCursor before = cursor;
  bool may_be_number = false;
  if (cursor.peek() == '%') {
    condition.regex_ = FilterRegex::compile(cursor.take_regex());
  } else if (cursor.peek() == '"') {
    condition.text_ = cursor.take_quoted();
  } else {
    condition.text_ = std::string(cursor.take_while(is_bare_value));
    may_be_number = true;
    if (!cursor.at_end() && !is_value_end(cursor.peek())) {
      cursor.refuse_term_from(before.position());
    }
    if (condition.text_.empty()) before.fail("a value is missing");
  }
  // [aws] An asterisk matches any text before or after a term: "Ev*ent will only match the actual
  // string Ev*ent."
  std::string& text = condition.text_;
  condition.begins_anyhow_ = text.starts_with('*');
  if (condition.begins_anyhow_) text.erase(0, 1);
  condition.ends_anyhow_ = text.ends_with('*');
  if (condition.ends_anyhow_) text.pop_back();
  if (may_be_number && !condition.begins_anyhow_ && !condition.ends_anyhow_) {
    condition.number_ = filter_number(text);
  }
  const bool wants_number =
      condition.comparison_ != Comparison::kEqual && condition.comparison_ != Comparison::kNotEqual;
  if (wants_number && !condition.number_) before.fail("a number is missing");
  return condition;
}

bool FilterCondition::is_equal(std::string_view text,
                               std::optional<double> number,
                               std::uint64_t& work) const {
  if (regex_) return regex_->is_found_in(text, work);
  work += text.size();
  if (begins_anyhow_ && ends_anyhow_) return text.find(text_) != std::string_view::npos;
  if (begins_anyhow_) return text.ends_with(text_);
  if (ends_anyhow_) return text.starts_with(text_);
  return text == text_ || (number_ && number && *number == *number_);
}

bool FilterCondition::holds(std::string_view text,
                            std::optional<double> number,
                            std::uint64_t& work) const {
  if (comparison_ == Comparison::kEqual) return is_equal(text, number, work);
  if (comparison_ == Comparison::kNotEqual) return !is_equal(text, number, work);
  if (!number || !number_) return false;
  switch (comparison_) {
    case Comparison::kLess:
      return *number < *number_;
    case Comparison::kLessOrEqual:
      return *number <= *number_;
    case Comparison::kGreater:
      return *number > *number_;
    default:
      return *number >= *number_;
  }
}

FilterExpression FilterExpression::parse(FilterCursor& cursor, const ParseLeaf& parse_leaf) {
  FilterExpression any;
  any.kind_ = Kind::kAny;
  do {
    any.parts_.push_back(parse_all(cursor, parse_leaf));
    cursor.skip_spaces();
  } while (cursor.eat("||"));
  return any.parts_.size() == 1 ? std::move(any.parts_.front()) : any;
}

FilterExpression FilterExpression::parse_all(FilterCursor& cursor, const ParseLeaf& parse_leaf) {
  FilterExpression all;
  all.kind_ = Kind::kAll;
  do {
    all.parts_.push_back(parse_one(cursor, parse_leaf));
    cursor.skip_spaces();
  } while (cursor.eat("&&"));
  return all.parts_.size() == 1 ? std::move(all.parts_.front()) : all;
}

FilterExpression FilterExpression::parse_one(FilterCursor& cursor, const ParseLeaf& parse_leaf) {
  cursor.skip_spaces();
  if (!cursor.eat("(")) {
    FilterExpression leaf;
    leaf.leaf_ = parse_leaf(cursor);
    return leaf;
  }
  FilterExpression inner = parse(cursor, parse_leaf);
  cursor.skip_spaces();
  if (!cursor.eat(")")) cursor.fail("')' is missing");
  return inner;
}

bool FilterExpression::holds(const std::function<bool(std::size_t leaf)>& leaf_holds) const {
  const auto part_holds = [&leaf_holds](const FilterExpression& part) {
    return part.holds(leaf_holds);
  };
  switch (kind_) {
    case Kind::kLeaf:
      return leaf_holds(leaf_);
    case Kind::kAll:
      return std::all_of(parts_.begin(), parts_.end(), part_holds);
    default:
      return std::any_of(parts_.begin(), parts_.end(), part_holds);
  }
}

}  // namespace pawl::engine
