// The answer of `pawl validate` for one file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/parse.h"
#include "asl/text.h"

namespace pawl::asl {

struct FileDiagnostic {
  Diagnostic what;
  std::optional<Position> where;  // in the text; absent for what the text has no place for
};

struct FileReport {
  bool valid = false;  // no errors; warnings do not count
  std::vector<FileDiagnostic> diagnostics;

  // {"file","valid","diagnostics":[{"severity","code","message","location"?,"pointer","line"?,"column"?,"extension"?}]},
  // without a line end.
  std::string to_json_line(std::string_view file) const;
  // One line per diagnostic as compilers write it, "file:line:column: error: message [CODE] at
  // /States/X".
  std::string to_text(std::string_view file) const;
};

FileReport validate_text(std::string_view text, const ParseOptions& options = {});

}  // namespace pawl::asl
