// The connections of an installation, with their secrets, in one file that only its owner can read.
#pragma once

#include <string>

#include "asl/json.h"

namespace pawl::engine {

// An array of documents; empty when there is no such file. Throws std::runtime_error that names the
// file when it cannot be read.
asl::Json read_connections(const std::string& file);
// Replaces the file as a whole; durable when it returns. Throws std::runtime_error when the disk
// does not take it: the file is then what it was.
void write_connections(const std::string& file, const asl::Json& connections);

}  // namespace pawl::engine
