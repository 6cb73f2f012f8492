#include "engine/logs/filter_pattern.h"

#include "engine/logs/filter_matcher.h"

namespace pawl::engine {
namespace {

std::unique_ptr<const FilterMatcher> parse_matcher(std::string_view pattern) {
  constexpr std::string_view kSpaces = " \t\n\r";
  const std::size_t begin = pattern.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return nullptr;
  const std::size_t last = pattern.find_last_not_of(kSpaces);
  const auto closed_by = [&](char close) {
    if (last > begin && pattern[last] == close) return;
    // [seen] "If a filter pattern starts with '{' it must end with '}'"
    throw FilterPatternError{std::string("If a filter pattern starts with '") + pattern[begin] +
                             "' it must end with '" + close + "'"};
  };
  if (pattern[begin] == '{') {
    closed_by('}');
    FilterCursor cursor(pattern, begin + 1, last);
    return parse_filter_json(cursor);
  }
  if (pattern[begin] == '[') {
    closed_by(']');
    FilterCursor cursor(pattern, begin + 1, last);
    return parse_filter_fields(cursor);
  }
  FilterCursor cursor(pattern, begin, last + 1);
  return parse_filter_terms(cursor);
}

}  // namespace

std::variant<FilterPattern, FilterPatternError> FilterPattern::parse(std::string_view pattern) {
  try {
    FilterPattern parsed;
    parsed.matcher_ = parse_matcher(pattern);
    return parsed;
  } catch (FilterPatternError& error) {
    return std::move(error);
  }
}

bool FilterPattern::matches(std::string_view message, std::uint64_t& work) const {
  return matcher_ == nullptr || matcher_->matches(message, work);
}

}  // namespace pawl::engine
