// The three kinds of filter patterns, one file each.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/logs/filter_cursor.h"

namespace pawl::engine {

class FilterMatcher {
 public:
  virtual ~FilterMatcher() = default;
  // Adds what it takes to `work`: bytes looked at, states of expressions gone through. Thread-safe.
  virtual bool matches(std::string_view message, std::uint64_t& work) const = 0;
};

// Each reads up to the end, and throws FilterPatternError.
// ERROR "a phrase" ?this ?that -other %expression%
std::unique_ptr<const FilterMatcher> parse_filter_terms(FilterCursor& cursor);
// What stands between braces: $.type = "ExecutionFailed" && $.details.code > 3
std::unique_ptr<const FilterMatcher> parse_filter_json(FilterCursor& cursor);
// What stands between brackets: ip, user, ..., status = 4*, bytes
std::unique_ptr<const FilterMatcher> parse_filter_fields(FilterCursor& cursor);

}  // namespace pawl::engine
