// SHA-256 and what is made of it, for signatures and for secrets that are kept as their hash.
#pragma once

#include <string>
#include <string_view>

namespace pawl::engine::hash {

// The 32 bytes of each. Throw std::runtime_error when the library cannot.
std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view key, std::string_view text);

std::string hex(std::string_view bytes);  // in lower case

// Takes as long for texts that differ in their first byte as for those that differ in their last.
bool equal(std::string_view a, std::string_view b);

// Of the system's generator.
std::string random_bytes(std::size_t count);

}  // namespace pawl::engine::hash
