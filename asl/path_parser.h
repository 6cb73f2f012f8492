// Path text -> steps. Internal to asl/path*.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "asl/path_steps.h"

namespace pawl::asl {

// Thrown inside the parser's files and caught by Path::parse.
struct PathFault {
  std::string message;
  std::size_t at;  // from 0, in bytes of the whole path
};

// What follows the root. `offset` is where `text` stands in the whole path, for messages. Throws
// PathFault.
std::vector<Step> parse_steps(std::string_view text, std::size_t offset, int nesting);

// What stands between the brackets of [?(...)], with its parentheses. Throws PathFault.
Filter parse_filter(std::string_view text, std::size_t offset, int nesting);

}  // namespace pawl::asl
