// CloudWatch Logs' filter patterns: which log events a search finds.
// [aws] https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "engine/logs/filter_cursor.h"

namespace pawl::engine {

class FilterMatcher;

// Immutable, cheap to copy.
class FilterPattern {
 public:
  // A blank pattern matches everything.
  static std::variant<FilterPattern, FilterPatternError> parse(std::string_view pattern);

  // Adds what it takes to `work`, in bytes looked at. Thread-safe.
  bool matches(std::string_view message, std::uint64_t& work) const;

 private:
  std::shared_ptr<const FilterMatcher> matcher_;  // null: everything
};

}  // namespace pawl::engine
