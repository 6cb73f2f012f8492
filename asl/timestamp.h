// Points in time of the language: milliseconds since 1970, and their RFC 3339 form.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::asl {

struct Timestamp {
  std::int64_t ms = 0;  // since 1970-01-01T00:00:00Z
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

// [spec] RFC 3339 "with the further restrictions that an uppercase T character MUST be used to
// separate date and time, and an uppercase Z character MUST be present in the absence of a numeric
// time zone offset". Any length of fraction.
std::optional<Timestamp> parse_timestamp(std::string_view text);

// "2024-05-01T12:00:00.123Z", always with three digits.
std::string format_timestamp(Timestamp time);
// As the Context Object writes it: trailing zeros of the fraction dropped ("…:00Z", "…:00.5Z").
std::string format_timestamp_short(Timestamp time);

}  // namespace pawl::asl
