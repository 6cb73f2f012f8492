// Text as the content of an XML element or attribute.
#pragma once

#include <string>
#include <string_view>

namespace pawl::engine {

// REQUIRES: UTF-8. Control characters become references, which XML 1.0 does not know, but S3 sends.
std::string xml_escape(std::string_view text);

}  // namespace pawl::engine
