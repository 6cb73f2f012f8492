// Definitions in request bodies: a JSON value or a text that holds one.
#pragma once

#include <string>

#include "asl/json.h"
#include "asl/parse.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

// REQUIRES: `body` has no unknown fields. Throws Problem when `definition` is missing.
std::string definition_of(const asl::Json& body);
asl::MachineType type_of(const asl::Json& body);

// {pointer, detail, code, severity, line, column} for each finding; the pointer is that within the
// definition, the position that in its text.
asl::Json findings_view(const std::vector<asl::Diagnostic>& findings, const std::string& text);
// Throws Problem with every finding when the definition does not hold.
void check_definition_body(const std::string& text, asl::MachineType type);

}  // namespace pawl::engine::rest
