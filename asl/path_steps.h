// A compiled path: what the parser makes and the evaluator walks. Internal to asl/path*.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "asl/path.h"

namespace pawl::asl {

struct NamesStep {
  std::vector<std::string> names;  // .a, ['a'], ['a','b']
};
struct IndexesStep {
  std::vector<std::int64_t> indexes;  // [0], [0,2]
};
struct SliceStep {
  std::optional<std::int64_t> from;  // [1:], [:3], [1:3]; not both absent
  std::optional<std::int64_t> to;
};
struct WildcardStep {};  // .*, [*]
struct ScanStep {};      // ..
struct Filter;
struct FilterStep {
  std::shared_ptr<const Filter> filter;  // [?(...)]
};
using Step = std::variant<NamesStep, IndexesStep, SliceStep, WildcardStep, ScanStep, FilterStep>;

struct Path::Compiled {
  enum class Root { kInput, kContext, kVariable };

  std::string text;
  Root root = Root::kInput;
  std::string variable;  // without $
  std::vector<Step> steps;
  bool is_definite = true;
  // Only single names and single indexes, so it can be walked without collecting.
  bool is_chain = true;
};

// [?( ... )]. A tree; leaves are operands, which are themselves paths or literals.
struct FilterOperand {
  enum class Kind { kLiteral, kElement, kDocument };  // 'x'; @.x; $.x
  Kind kind = Kind::kLiteral;
  Json literal;
  std::vector<Step> steps;
  bool is_definite = true;
};
struct Regex;
enum class FilterOperator {
  kExists,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kMatches
};
struct Filter {
  enum class Kind { kTest, kNot, kAnd, kOr };
  Kind kind = Kind::kTest;
  std::vector<Filter> children;  // of kNot, kAnd, kOr
  FilterOperator op = FilterOperator::kExists;
  FilterOperand left;
  FilterOperand right;
  std::shared_ptr<const Regex> regex;
};

// The step as Jayway's messages write it: ['a'], [0,2], [1:], [*], .., [?]
std::string to_string(const Step& step);
bool is_definite(const std::vector<Step>& steps);

}  // namespace pawl::asl
