#include "engine/http/xml_escape.h"

#include <cstdio>

namespace pawl::engine {

std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20U) {
          // XML 1.0 has no way to write these; S3 sends them so, and clients that care ask for
          // encoding-type=url.
          char reference[8];
          std::snprintf(reference, sizeof(reference), "&#x%x;", static_cast<unsigned>(c));
          out += reference;
        } else {
          out += c;
        }
    }
  }
  return out;
}

}  // namespace pawl::engine
