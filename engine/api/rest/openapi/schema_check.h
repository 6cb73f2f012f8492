// Bodies of requests against their schemas: of JSON Schema 2020-12 the part that these need.
#pragma once

#include "asl/json.h"

namespace pawl::engine {

// Throws Problem with a pointer for each fault, up to twenty. Knows $ref into rest_schemas(), type,
// enum, required, properties, additionalProperties, items, minItems, maxItems, minLength,
// maxLength, minimum and maximum, and x-refusal: the words for a value of another type. What else
// stands in a schema counts for nothing.
void check_body(const asl::Json& body, const asl::Json& schema);

}  // namespace pawl::engine
