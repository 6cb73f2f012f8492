#include "engine/logs/filter_cursor.h"

#include "engine/logs/limits.h"

namespace pawl::engine {
namespace {

bool is_filter_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

bool is_filter_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

void FilterCursor::skip_spaces() { take_while(is_filter_space); }

bool FilterCursor::eat(std::string_view text) {
  if (pattern_.substr(at_, text.size()) != text) return false;
  at_ += text.size();
  return true;
}

std::string_view FilterCursor::take_while(bool (*belongs)(char)) {
  const std::size_t begin = at_;
  while (!at_end() && belongs(pattern_[at_])) ++at_;
  return pattern_.substr(begin, at_ - begin);
}

std::string FilterCursor::take_quoted() {
  const FilterCursor opened = *this;
  std::string text;
  for (++at_; !at_end(); ++at_) {
    const char c = pattern_[at_];
    if (c == '"') {
      ++at_;
      return text;
    }
    const bool escapes = c == '\\' && at_ + 1 < pattern_.size() &&
                         (pattern_[at_ + 1] == '"' || pattern_[at_ + 1] == '\\');
    text += escapes ? pattern_[++at_] : c;
  }
  opened.fail("the quotation mark is not closed");
}

std::string_view FilterCursor::take_regex() {
  const FilterCursor opened = *this;
  const std::size_t begin = ++at_;
  at_ = pattern_.find('%', begin);
  if (at_ == std::string_view::npos) opened.fail("the regular expression is not closed");
  if (++regexes_ > kFilterRegexesMax) {
    opened.fail("there are more than " + std::to_string(kFilterRegexesMax) +
                " regular expressions");
  }
  return pattern_.substr(begin, at_++ - begin);
}

void FilterCursor::fail(const std::string& what) const {
  throw FilterPatternError{"Invalid filter pattern: " + what + " at character " +
                           std::to_string(at_ + 1)};
}

void FilterCursor::refuse_term(std::string_view term) {
  std::size_t begin = 0;
  while (begin < term.size() && is_filter_word(term[begin])) ++begin;
  std::size_t end = begin;
  while (end < term.size() && !is_filter_word(term[end])) ++end;
  throw FilterPatternError{"Invalid character(s) in term '" +
                           std::string(term.substr(begin, end - begin)) + "'"};
}

void FilterCursor::refuse_term_from(std::size_t begin) const {
  std::size_t end = begin;
  while (end < pattern_.size() && !is_filter_space(pattern_[end])) ++end;
  refuse_term(pattern_.substr(begin, end - begin));
}

}  // namespace pawl::engine
