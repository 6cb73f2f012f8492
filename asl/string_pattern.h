// The patterns of StringMatches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pawl::asl {

// A pattern, cut at its stars. [spec] "\\*" (a backslash and a star) is a star, "\\\\" a backslash.
std::vector<std::string> pattern_pieces(std::string_view pattern);

bool matches_pattern(std::string_view text, const std::vector<std::string>& pieces);

}  // namespace pawl::asl
