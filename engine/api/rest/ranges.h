// Parts of a document: the header Range (RFC 9110, section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

struct BytePart {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // of the part, too
};
// Of a document of this size and tag, what Range asks for unless If-Range names another tag.
// Nothing: the whole. Throws Problem 416.
std::optional<BytePart> part_in_range(const RestCall& call,
                                      const std::string& etag,
                                      std::uint64_t size);
// The status and the header of an answer that is this part.
void set_partial(HttpResponse& response, const BytePart& part, std::uint64_t size);

// GET: the JSON text with its ETag, whole, in the part that Range asks for, or not at all when
// If-None-Match names it. Throws Problem 416. Several parts, and units that are no bytes, are not
// taken: then it is whole.
void answer_ranged(const RestCall& call, std::string text);

}  // namespace pawl::engine::rest
