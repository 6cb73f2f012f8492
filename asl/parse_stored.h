// A definition that was accepted before: executions run with it, whatever is refused since.
#pragma once

#include <string_view>

#include "asl/parse.h"

namespace pawl::asl {

// As parse_definition(), but without the checks that came when definitions had been accepted
// without them already: those of the fields of an integration's request.
Parsed parse_stored_definition(std::string_view text, MachineType type);

}  // namespace pawl::asl
