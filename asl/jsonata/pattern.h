// Regular expressions between slashes: JavaScript's, run by PCRE2 within bounds.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::asl::jsonata {

class Evaluator;

struct PatternOptions {
  bool ignores_case = false;
  bool is_multiline = false;
};

struct PatternMatch {
  std::size_t begin = 0;  // in bytes
  std::size_t end = 0;
  std::vector<std::optional<std::pair<std::size_t, std::size_t>>> groups;
};

// A text made ready for matching: what is no UTF-8 in it is put in place of by U+FFFD of the same
// length, or by '?'. REQUIRES: the text lives as long.
class PatternSubject {
 public:
  explicit PatternSubject(std::string_view text);
  PatternSubject(const PatternSubject&) = delete;
  PatternSubject& operator=(const PatternSubject&) = delete;
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::string clean_;
};

struct Pattern {
  // Null when the text is no valid expression.
  static std::shared_ptr<const Pattern> compile(std::string_view text, PatternOptions options);
  // The first match at or behind `offset`. Charges the evaluator for the backtracking; fails with
  // U1001 past its bounds.
  std::optional<PatternMatch> find(Evaluator& evaluator,
                                   const PatternSubject& subject,
                                   std::size_t offset) const;

  explicit Pattern(void* compiled) : code(compiled) {}
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern();

  void* code;  // pcre2_code
};

}  // namespace pawl::asl::jsonata
