// A regular expression that cannot run away.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pawl::asl {

struct Regex {
  // Null when the pattern is no valid expression.
  static std::shared_ptr<const Regex> compile(std::string_view pattern, bool ignore_case);
  // True when the whole of `text` matches. Past the bounds on backtracking the answer is false.
  bool matches(std::string_view text) const;

  explicit Regex(void* compiled) : code(compiled) {}
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;
  ~Regex();

  void* code;  // pcre2_code
};

}  // namespace pawl::asl
