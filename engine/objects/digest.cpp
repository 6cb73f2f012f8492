#include "engine/objects/digest.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <type_traits>
#include <variant>

#include "engine/objects/local/files.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kBase64Max = 4096;

// Reflected CRC, one table per polynomial, filled when the program is compiled.
template <typename Word, Word kPolynomial>
class Crc {
 public:
  void update(std::string_view bytes) {
    for (const char c : bytes) {
      const auto index = static_cast<std::size_t>((value_ ^ static_cast<unsigned char>(c)) & 0xffU);
      value_ = kTable[index] ^ (value_ >> 8U);
    }
  }

  std::string finish() const {
    const Word value = static_cast<Word>(~value_);
    std::string out(sizeof(Word), '\0');
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
      out[i] = static_cast<char>((value >> (8 * (sizeof(Word) - 1 - i))) & 0xffU);
    }
    return out;
  }

 private:
  static constexpr std::array<Word, 256> kTable = [] {
    std::array<Word, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
      Word word = static_cast<Word>(i);
      for (int bit = 0; bit < 8; ++bit)
        word = (word & 1U) ? kPolynomial ^ (word >> 1U) : word >> 1U;
      table[i] = word;
    }
    return table;
  }();
  Word value_ = static_cast<Word>(~Word{0});
};

using Crc32 = Crc<std::uint32_t, 0xedb88320U>;
using Crc32c = Crc<std::uint32_t, 0x82f63b78U>;
using Crc64Nvme = Crc<std::uint64_t, 0x9a6c9329ac4bc9b5ULL>;

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

class Hash {
 public:
  explicit Hash(const EVP_MD* method) : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), method, nullptr) != 1) {
      throw std::runtime_error("OpenSSL does not offer a digest that S3 needs");
    }
  }
  void update(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  std::string finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), out.data(), &size);
    return {reinterpret_cast<const char*>(out.data()), size};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, ContextDeleter> context_;
};

using Algorithm = std::variant<Hash, Crc32, Crc32c, Crc64Nvme>;

Algorithm make_algorithm(DigestKind kind) {
  switch (kind) {
    case DigestKind::kMd5:
      return Hash(EVP_md5());
    case DigestKind::kSha1:
      return Hash(EVP_sha1());
    case DigestKind::kSha256:
      return Hash(EVP_sha256());
    case DigestKind::kCrc32:
      return Crc32();
    case DigestKind::kCrc32c:
      return Crc32c();
    case DigestKind::kCrc64Nvme:
      return Crc64Nvme();
  }
  throw std::logic_error("a digest kind without an algorithm");
}

}  // namespace

struct Digest::State {
  Algorithm algorithm;
};

Digest::Digest(DigestKind kind) : state_(new State{make_algorithm(kind)}) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::string_view bytes) {
  std::visit([&](auto& algorithm) { algorithm.update(bytes); }, state_->algorithm);
}

std::string Digest::finish() {
  return std::visit([](auto& algorithm) { return algorithm.finish(); }, state_->algorithm);
}

std::string digest(DigestKind kind, std::string_view bytes) {
  Digest all(kind);
  all.update(bytes);
  return all.finish();
}

std::string digest_file(DigestKind kind, const std::string& path) {
  const Fd file = open_file(path);
  Digest all(kind);
  read_all(file, [&](std::string_view chunk) { all.update(chunk); });
  return all.finish();
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 0xfU];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = value(text[i]);
    const int low = value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > kBase64Max) return std::nullopt;
  std::string out(text.size() / 4 * 3 + 1, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
    throw std::runtime_error("no random numbers from the operating system");
  }
  return to_hex(raw);
}

}  // namespace pawl::engine
