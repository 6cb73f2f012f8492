// Parts of a document: the header Range (RFC 9110, section 14).
#pragma once

#include <string>

#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

// GET: the JSON text with its ETag, whole, in the part that Range asks for, or not at all when
// If-None-Match names it. Throws Problem 416. Several parts, and units that are no bytes, are not
// taken: then it is whole.
void answer_ranged(const RestCall& call, std::string text);

}  // namespace pawl::engine::rest
