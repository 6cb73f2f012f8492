#include "engine/http/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace pawl::engine::hash {
namespace {

using Bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string text_of(const Bytes& bytes, unsigned int length) {
  return {reinterpret_cast<const char*>(bytes.data()), length};
}

}  // namespace

std::string sha256(std::string_view text) {
  Bytes bytes{};
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("cannot compute a SHA-256");
  return text_of(bytes, length);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  Bytes bytes{};
  unsigned int length = 0;
  if (HMAC(EVP_sha256(),
           key.data(),
           static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()),
           text.size(),
           bytes.data(),
           &length) == nullptr) {
    throw std::runtime_error("cannot compute an HMAC");
  }
  return text_of(bytes, length);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return bytes;
}

}  // namespace pawl::engine::hash
