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
  int depth_max = kDepthMax;

  static constexpr int kDepthMax = 1000;  // Jackson's own bound
  static TextLimits none();               // for text that was checked before
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
// The same as a Payload, which keeps the text as it is.
std::variant<Payload, TextError> parse_payload(std::string text, const TextLimits& limits = {});

// Where the value (or, for a member, its name) that `pointer` (RFC 6901) designates stands in
// `text`; nullopt when it is not there. Meant for diagnostics: it reads the whole text.
struct Position {
  int line = 1;
  int column = 1;
};
std::optional<Position> position_of(std::string_view text, std::string_view pointer);

// True when `value` nests deeper than `depth_max` arrays and objects; looks no deeper than that.
// Documents grow by being put into others, so every place that composes them asks.
bool nests_deeper_than(const Json& value, int depth_max);

// The length of `text` in UTF-16 units, in which Java (so Jackson's columns and AWS's character
// limits) counts.
std::size_t utf16_length(std::string_view text);

// A number as Java writes a double: "1.5", "1.0", "1.0E10".
std::string double_to_text(double value);

// Appends `text` as a JSON string, quotes and all.
void append_quoted(std::string& out, std::string_view text);

// Compact JSON as AWS writes it. Invalid UTF-8 cannot occur in a Json that parse_text made;
// elsewhere it is replaced.
std::string to_text(const Json& value);

}  // namespace pawl::asl
