// Text by code points. Unlike the rest of the system, an expression can make half a surrogate pair;
// it is kept as three bytes, as UTF-8 would write it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::asl::jsonata {

std::size_t utf16_units(std::string_view text);
std::size_t code_points(std::string_view text);
// How many bytes the first code point of `text` has. REQUIRES: text is not empty.
std::size_t code_point_bytes(std::string_view text);
std::vector<std::string_view> split_code_points(std::string_view text);
void append_code_point(std::string& out, std::uint32_t code_point);
std::uint32_t first_code_point(std::string_view text);
bool has_lone_surrogate(std::string_view text);
// As JavaScript's slice: negative counts from the end, past the end is the end.
std::string slice_code_points(std::string_view text, double begin, double end);
std::string change_case(std::string_view text, bool to_upper);

}  // namespace pawl::asl::jsonata
