#include "engine/runtime/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace pawl::engine {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kNumbersBytes = 16;
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kTokenBytes = kNumbersBytes + kMacBytes;  // a multiple of three: no padding
constexpr std::size_t kTokenCharacters = kTokenBytes / 3 * 4;

using Bytes = std::array<unsigned char, kTokenBytes>;

void put(unsigned char* out, std::int64_t number) {
  for (int i = 0; i < 8; ++i) {
    out[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(number) >> (56 - 8 * i));
  }
}

std::int64_t get(const unsigned char* in) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = (number << 8) | in[i];
  return static_cast<std::int64_t>(number);
}

void sign(const std::string& key, const unsigned char* numbers, unsigned char* mac) {
  unsigned int length = 0;
  if (HMAC(EVP_sha256(),
           key.data(),
           static_cast<int>(key.size()),
           numbers,
           kNumbersBytes,
           mac,
           &length) == nullptr) {
    throw std::runtime_error("cannot compute an HMAC");
  }
}

std::optional<Bytes> bytes_of(std::string_view token) {
  if (token.size() != kTokenCharacters) return std::nullopt;
  Bytes bytes{};
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const std::size_t digit = kAlphabet.find(token[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    if (i % 4 != 3) continue;
    for (std::size_t j = 0; j < 3; ++j) {
      bytes[i / 4 * 3 + j] = static_cast<unsigned char>(bits >> (16 - 8 * j));
    }
    bits = 0;
  }
  return bytes;
}

}  // namespace

std::string Tokens::make_key() {
  std::array<unsigned char, 32> secret{};
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1) {
    throw std::runtime_error("the operating system gives no random numbers");
  }
  std::string key;
  for (const unsigned char byte : secret) {
    key += "0123456789abcdef"[byte >> 4];
    key += "0123456789abcdef"[byte & 15];
  }
  return key;
}

std::string Tokens::mint(const Work& work) const {
  Bytes bytes{};
  put(bytes.data(), work.execution);
  put(bytes.data() + 8, work.work);
  sign(key_, bytes.data(), bytes.data() + kNumbersBytes);
  std::string token;
  token.reserve(kTokenCharacters);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t bits = (static_cast<std::uint32_t>(bytes[i]) << 16) |
                               (static_cast<std::uint32_t>(bytes[i + 1]) << 8) | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) token += kAlphabet[(bits >> shift) & 63];
  }
  return token;
}

std::optional<Tokens::Work> Tokens::read(std::string_view token) const {
  const std::optional<Bytes> bytes = bytes_of(token);
  if (!bytes) return std::nullopt;
  std::array<unsigned char, kMacBytes> mac{};
  sign(key_, bytes->data(), mac.data());
  if (CRYPTO_memcmp(mac.data(), bytes->data() + kNumbersBytes, kMacBytes) != 0) return std::nullopt;
  return Work{get(bytes->data()), get(bytes->data() + 8)};
}

}  // namespace pawl::engine
