// Patterns of words and phrases.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/logs/filter_matcher.h"
#include "engine/logs/filter_regex.h"

namespace pawl::engine {
namespace {

struct FilterTerm {
  enum class Kind { kRequired, kOptional, kExcluded };
  Kind kind = Kind::kRequired;
  std::string text;
  std::optional<FilterRegex> regex;

  bool is_in(std::string_view message, std::uint64_t& work) const {
    if (regex) return regex->is_found_in(message, work);
    work += message.size();
    return message.find(text) != std::string_view::npos;
  }
};

class FilterTerms final : public FilterMatcher {
 public:
  explicit FilterTerms(std::vector<FilterTerm> terms) : terms_(std::move(terms)) {
    // [aws] "If you combine "?" with other filter patterns, all question mark terms will be
    // ignored."
    const auto is_optional = [](const FilterTerm& term) {
      return term.kind == FilterTerm::Kind::kOptional;
    };
    is_any_ = std::all_of(terms_.begin(), terms_.end(), is_optional);
    if (!is_any_) std::erase_if(terms_, is_optional);
  }

  bool matches(std::string_view message, std::uint64_t& work) const override {
    if (is_any_) {
      return std::any_of(terms_.begin(), terms_.end(), [&](const FilterTerm& term) {
        return term.is_in(message, work);
      });
    }
    return std::all_of(terms_.begin(), terms_.end(), [&](const FilterTerm& term) {
      return term.is_in(message, work) != (term.kind == FilterTerm::Kind::kExcluded);
    });
  }

 private:
  std::vector<FilterTerm> terms_;
  bool is_any_ = false;
};

FilterTerm parse_term(FilterCursor& cursor) {
  FilterTerm term;
  const std::size_t begin = cursor.position();
  if (cursor.eat("?")) term.kind = FilterTerm::Kind::kOptional;
  if (cursor.eat("-")) {
    term.kind = FilterTerm::Kind::kExcluded;
    cursor.skip_spaces();  // [aws] "ERROR" - "Exiting"
  }
  const std::size_t word = cursor.position();
  if (cursor.peek() == '%') {
    term.regex = FilterRegex::compile(cursor.take_regex());
    return term;
  }
  if (cursor.peek() == '"') {
    term.text = cursor.take_quoted();
    // [seen] Invalid character(s) in term '""'
    if (term.text.empty()) FilterCursor::refuse_term("\"\"");
    // [aws] "You can match everything in your log events with double quotation marks": " "
    if (term.text.find_first_not_of(' ') == std::string::npos) term.text.clear();
    return term;
  }
  term.text = std::string(cursor.take_while(is_filter_word));
  if (term.text.empty()) cursor.refuse_term_from(cursor.at_end() ? begin : word);
  const char after = cursor.peek();
  const bool ends = cursor.at_end() || after == ' ' || after == '\t' || after == '\n' ||
                    after == '\r' || after == '"' || after == '%';
  if (!ends) cursor.refuse_term_from(word);
  return term;
}

}  // namespace

std::unique_ptr<const FilterMatcher> parse_filter_terms(FilterCursor& cursor) {
  std::vector<FilterTerm> terms;
  for (cursor.skip_spaces(); !cursor.at_end(); cursor.skip_spaces()) {
    terms.push_back(parse_term(cursor));
  }
  return std::make_unique<FilterTerms>(std::move(terms));
}

}  // namespace pawl::engine
