// The tests of a filter on one element.
#include <algorithm>
#include <charconv>
#include <compare>

#include "asl/path_evaluator.h"
#include "asl/regex.h"
#include "asl/utf8.h"

namespace pawl::asl {
namespace {

std::optional<double> number_in(const Json& value) {
  if (value.is_number()) {
    return value.get<double>();
  }
  if (!value.is_string()) {
    return std::nullopt;
  }
  const std::string& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty()
             ? std::optional(number)
             : std::nullopt;
}

// Unordered when the two cannot be compared. [seen] '1' == 1 is true in a filter.
std::partial_ordering compare(const Json& left, const Json& right) {
  if (left.is_number_integer() && right.is_number_integer()) {
    return left.get<std::int64_t>() <=> right.get<std::int64_t>();
  }
  if (left.is_string() && right.is_string()) {
    return compare_utf16(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  }
  if (left.is_structured() || right.is_structured()) {
    return std::partial_ordering::unordered;
  }
  if (left.is_number() || right.is_number()) {
    const auto l = number_in(left);
    const auto r = number_in(right);
    return l && r ? *l <=> *r : std::partial_ordering::unordered;
  }
  return left == right ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
}

bool holds(FilterOperator op, std::partial_ordering order) {
  switch (op) {
    case FilterOperator::kEqual:
      return order == 0;
    case FilterOperator::kNotEqual:
      return order != 0;
    case FilterOperator::kLess:
      return order < 0;
    case FilterOperator::kLessEqual:
      return order <= 0;
    case FilterOperator::kGreater:
      return order > 0;
    case FilterOperator::kGreaterEqual:
      return order >= 0;
    case FilterOperator::kExists:
    case FilterOperator::kMatches:
      break;
  }
  return false;
}

}  // namespace

// [seen] What is not there counts as null, and null as not there.
const Json& Evaluation::operand_value(const FilterOperand& operand,
                                      const Json& element,
                                      Json& scratch) {
  if (operand.kind == FilterOperand::Kind::kLiteral) {
    return operand.literal;
  }
  Evaluation inner(document_);
  inner.visits_ = visits_;
  const Json& root = operand.kind == FilterOperand::Kind::kElement ? element : document_;
  const auto miss = inner.run(operand.steps, root, operand.is_definite);
  if (!miss && operand.is_definite && !inner.made_values()) {
    visits_ = inner.visits_;
    return *inner.results().back();
  }
  if (!miss) {
    scratch = inner.results_as_array().value_or(nullptr);
    scratch = scratch.empty() ? Json() : operand.is_definite ? Json(scratch.front()) : scratch;
  }
  visits_ = inner.visits_;
  return scratch;
}

bool Evaluation::accepts(const Filter& filter, const Json& element) {
  const auto accepts_child = [&](const Filter& child) { return accepts(child, element); };
  switch (filter.kind) {
    case Filter::Kind::kNot:
      return !accepts_child(filter.children.front());
    case Filter::Kind::kAnd:
      return std::all_of(filter.children.begin(), filter.children.end(), accepts_child);
    case Filter::Kind::kOr:
      return std::any_of(filter.children.begin(), filter.children.end(), accepts_child);
    case Filter::Kind::kTest:
      break;
  }
  if (!spend()) {
    return false;
  }
  Json left_scratch;
  const Json& left = operand_value(filter.left, element, left_scratch);
  if (filter.op == FilterOperator::kExists) {
    return !left.is_null();
  }
  if (filter.op == FilterOperator::kMatches) {
    visits_ += 100;  // a match costs more than a comparison
    return left.is_string() && filter.regex->matches(left.get_ref<const std::string&>());
  }
  Json right_scratch;
  return holds(filter.op, compare(left, operand_value(filter.right, element, right_scratch)));
}

}  // namespace pawl::asl
