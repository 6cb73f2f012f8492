#include "asl/string_pattern.h"

#include <string.h>

namespace pawl::asl {

std::vector<std::string> pattern_pieces(std::string_view pattern) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size() &&
        (pattern[i + 1] == '*' || pattern[i + 1] == '\\')) {
      pieces.back().push_back(pattern[++i]);
    } else if (pattern[i] == '*') {
      pieces.emplace_back();
    } else {
      pieces.back().push_back(pattern[i]);
    }
  }
  return pieces;
}

// Leftmost matches are enough, so the time is linear whatever the pattern; memmem itself is.
bool matches_pattern(std::string_view text, const std::vector<std::string>& pieces) {
  if (pieces.size() == 1) {
    return text == pieces.front();
  }
  if (text.size() < pieces.front().size() + pieces.back().size() ||
      !text.starts_with(pieces.front()) || !text.ends_with(pieces.back())) {
    return false;
  }
  text.remove_prefix(pieces.front().size());
  text.remove_suffix(pieces.back().size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const void* found = memmem(text.data(), text.size(), pieces[i].data(), pieces[i].size());
    if (found == nullptr) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) +
                       pieces[i].size());
  }
  return true;
}

}  // namespace pawl::asl
