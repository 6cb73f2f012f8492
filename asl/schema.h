// The language as a JSON Schema, for editors and forms: made of the tables that definitions are
// checked against.
#pragma once

#include "asl/json.h"

namespace pawl::asl {

// JSON Schema 2020-12. It refuses nothing that parse_definition() takes; what no schema can say is
// left to that: where transitions lead, what is reachable, expressions, the request of a task.
// [spec] https://json-schema.org/draft/2020-12/json-schema-core
Json definition_schema();

}  // namespace pawl::asl
