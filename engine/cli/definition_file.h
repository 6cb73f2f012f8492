// Files of state machine definitions and inputs as the command line takes them.
#pragma once

#include <map>
#include <string>

#include "asl/text.h"

namespace pawl::engine {

struct DefinitionFile {
  std::string json;  // the definition as JSON text
  bool is_yaml = false;
  std::map<std::string, asl::Position>
      positions;  // of YAML only: JSON pointer -> place in the file
};

// JSON as it is; .yaml and .yml converted. Throws std::runtime_error: unreadable, no YAML.
DefinitionFile read_definition(const std::string& path);
// The whole file; "-" is standard input. Throws std::runtime_error.
std::string read_text(const std::string& path);
// "@file" is the file's text, anything else the text itself.
std::string text_or_file(const std::string& argument);

}  // namespace pawl::engine
