// A place in a filter pattern, as its parsers move it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pawl::engine {

// Why a text is no filter pattern, as AWS words it where that is known. Thrown by parsers.
struct FilterPatternError {
  std::string message;
};

// What may stand in a term without quotes: ASCII letters and digits and the underscore.
bool is_filter_word(char c);

class FilterCursor {
 public:
  // From `begin` up to `end` of the pattern. REQUIRES: the pattern outlives it.
  FilterCursor(std::string_view pattern, std::size_t begin, std::size_t end)
      : pattern_(pattern.substr(0, end)), at_(begin) {}

  bool at_end() const { return at_ == pattern_.size(); }
  char peek() const { return at_end() ? '\0' : pattern_[at_]; }
  void skip_spaces();
  // Moves on when `text` stands here.
  bool eat(std::string_view text);
  // The characters from here on for which `belongs` is true.
  std::string_view take_while(bool (*belongs)(char));
  // A text in double quotes, without them; \" and \\ stand for a quote and a backslash. REQUIRES: a
  // quote stands here.
  std::string take_quoted();
  // An expression between percent signs, without them. REQUIRES: a percent sign stands here.
  std::string_view take_regex();

  // "Invalid filter pattern: <what> at character <n>", counted from 1.
  [[noreturn]] void fail(const std::string& what) const;
  // [seen] "Invalid character(s) in term '<the first run of them>'"
  [[noreturn]] static void refuse_term(std::string_view term);
  // The same for the term that begins at `begin` and ends at a space.
  [[noreturn]] void refuse_term_from(std::size_t begin) const;
  std::size_t position() const { return at_; }

 private:
  std::string_view pattern_;
  std::size_t at_;
  int regexes_ = 0;
};

}  // namespace pawl::engine
