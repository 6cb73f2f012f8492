// The regular expressions of filter patterns. They know no groups and are matched by following all
// states at once, in time that grows with the text and never faster: there is nothing to run away.
// [aws] https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pawl::engine {

// A set of characters; all beyond ASCII are in it or none is.
struct RegexCharacters {
  std::bitset<128> ascii = {};
  bool beyond = false;
  bool has(int c) const { return c < 128 ? ascii[static_cast<std::size_t>(c)] : beyond; }
};

struct RegexState {
  enum class Kind { kCharacter, kEither, kBegin, kEnd, kFound };
  Kind kind = Kind::kFound;
  RegexCharacters characters = {};
  std::size_t next = 0;
  std::size_t other = 0;  // of kEither
};

class FilterRegex {
 public:
  // Throws FilterPatternError.
  static FilterRegex compile(std::string_view expression);

  // Whether it matches anywhere in `text` (UTF-8). Adds to `work` the states it went through.
  bool is_found_in(std::string_view text, std::uint64_t& work) const;

 private:
  explicit FilterRegex(std::vector<RegexState> states) : states_(std::move(states)) {}
  std::vector<RegexState> states_;
};

}  // namespace pawl::engine
