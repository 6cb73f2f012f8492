// Entity tags and the conditions on them: If-Match and If-None-Match (RFC 9110, section 13).
#pragma once

#include <optional>
#include <string>

#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

// What an answer compressed on its way adds to the tag; conditions pass over it.
inline constexpr std::string_view kCompressedTag = "-gzip";

// Strong: another body has another.
std::string etag_of_body(const std::string& body);

// Throws Problem 412 unless the resource's tag (nothing: there is none) is what If-Match wants and
// not what If-None-Match excludes. For methods that change something.
void require_conditions(const RestCall& call, const std::optional<std::string>& etag);

// GET: whether If-None-Match names this tag.
bool is_unchanged(const RestCall& call, const std::string& etag);

// GET: with an ETag (of the body, unless the headers have one), or 304 when If-None-Match names it.
void answer_tagged(const RestCall& call, const asl::Json& body, Headers headers = {});

}  // namespace pawl::engine::rest
