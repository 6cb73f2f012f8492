// What filter patterns ask of a value ("= 4*", ">= 500", "= %Trail%"), and how they join what they
// ask (&&, || and parentheses).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/logs/filter_cursor.h"
#include "engine/logs/filter_regex.h"

namespace pawl::engine {

// The number that a text is, whole: an optional sign, digits with a point, an exponent.
std::optional<double> filter_number(std::string_view text);

class FilterCondition {
 public:
  // An operator and a value. Throws FilterPatternError.
  static FilterCondition parse(FilterCursor& cursor);

  // Whether it is true of a value, given as a text and, when it is one, as a number.
  bool holds(std::string_view text, std::optional<double> number, std::uint64_t& work) const;

 private:
  enum class Comparison { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  static Comparison parse_comparison(FilterCursor& cursor);
  bool is_equal(std::string_view text, std::optional<double> number, std::uint64_t& work) const;

  Comparison comparison_ = Comparison::kEqual;
  std::string text_;
  bool begins_anyhow_ = false;  // an asterisk before the text
  bool ends_anyhow_ = false;    // and after it
  std::optional<double> number_;
  std::optional<FilterRegex> regex_;
};

// [aws] "() > && > ||"
class FilterExpression {
 public:
  // Reads one leaf and says which one it is.
  using ParseLeaf = std::function<std::size_t(FilterCursor&)>;
  // Throws FilterPatternError. Stops before what is no part of it.
  static FilterExpression parse(FilterCursor& cursor, const ParseLeaf& parse_leaf);

  bool holds(const std::function<bool(std::size_t leaf)>& leaf_holds) const;

 private:
  enum class Kind { kLeaf, kAll, kAny };
  static FilterExpression parse_all(FilterCursor& cursor, const ParseLeaf& parse_leaf);
  static FilterExpression parse_one(FilterCursor& cursor, const ParseLeaf& parse_leaf);

  Kind kind_ = Kind::kLeaf;
  std::size_t leaf_ = 0;
  std::vector<FilterExpression> parts_;
};

}  // namespace pawl::engine
