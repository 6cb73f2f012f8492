// JSON text -> Json, with the checks AWS makes, and positions in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "asl/json.h"

namespace pawl::asl {

struct TextLimits {
  std::size_t bytes_max = 64U << 20;
  int depth_max = 1000;  // [seen] Jackson's own bound
};

// Why a text is no JSON. `message` is worded as AWS words it (Jackson's texts: "Unrecognized token
// 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"),
// without the position.
struct TextError {
  std::string message;
  int line = 1;    // from 1
  int column = 1;  // from 1, as Jackson counts
};

// Refuses invalid UTF-8, duplicate member names, documents over the limits, and anything after the
// document.
std::variant<Json, TextError> parse_text(std::string_view text, const TextLimits& limits = {});

// Where the value (or, for a member, its name) that `pointer` (RFC 6901) designates stands in
// `text`; nullopt when it is not there. Meant for diagnostics: it reads the whole text.
struct Position {
  int line = 1;
  int column = 1;
};
std::optional<Position> position_of(std::string_view text, std::string_view pointer);

// Compact JSON as AWS writes it. Invalid UTF-8 cannot occur in a Json that parse_text made;
// elsewhere it is replaced.
std::string to_text(const Json& value);

}  // namespace pawl::asl
