// Regular expressions between slashes: JavaScript's, run by PCRE2 within bounds.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::asl::jsonata {

struct PatternOptions {
  bool ignores_case = false;
  bool is_multiline = false;
};

struct PatternMatch {
  std::size_t begin = 0;  // in bytes
  std::size_t end = 0;
  std::vector<std::optional<std::pair<std::size_t, std::size_t>>> groups;
};

struct Pattern {
  // Null when the text is no valid expression.
  static std::shared_ptr<const Pattern> compile(std::string_view text, PatternOptions options);
  // The first match at or behind `offset`. Fails with U1001 past the bounds on backtracking.
  std::optional<PatternMatch> find(std::string_view text, std::size_t offset) const;

  explicit Pattern(void* compiled) : code(compiled) {}
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern();

  void* code;  // pcre2_code
};

}  // namespace pawl::asl::jsonata
