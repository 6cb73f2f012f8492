// Arguments of the command line as members of a request's body.
#pragma once

#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::engine {

// "NAME=VALUE" of each. Throws std::runtime_error for what is none.
asl::Json labels_of(const std::vector<std::string>& texts);
// Of JSON, or @FILE; nothing of an empty argument. Throws std::runtime_error: no JSON, no file.
void add_document(asl::Json& body, const char* member, const std::string& argument);

}  // namespace pawl::engine
