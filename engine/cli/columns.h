// Members of what a server answers, as text in columns.
#pragma once

#include <string>

#include "asl/json.h"

namespace pawl::engine {

// Empty when it is not there; a text as it is, anything else as JSON.
std::string member_text(const asl::Json& item, const char* member);
std::string padded(std::string text, std::size_t width);
// Of the member durationMs.
std::string duration_of(const asl::Json& item);

}  // namespace pawl::engine
