// States.Hash(text, algorithm): the digest of the text's UTF-8 bytes, in lower-case hexadecimal
// digits.
#include <openssl/evp.h>

#include <array>
#include <utility>

#include "asl/intrinsics/arguments.h"
#include "asl/text.h"

namespace pawl::asl::intrinsic {

IntrinsicResult hash(const IntrinsicArguments& arguments) {
  constexpr std::size_t kCharactersMax = 10'000;  // [aws] "up to 10,000 characters"
  if (!arguments[0].is_string() ||
      utf16_length(arguments[0].get_ref<const std::string&>()) > kCharactersMax) {
    return wrong_argument(0, "a string of at most 10000 characters");
  }
  using Algorithm = const EVP_MD* (*)();
  constexpr std::array<std::pair<std::string_view, Algorithm>, 5> kAlgorithms{
      {{"MD5", EVP_md5},
       {"SHA-1", EVP_sha1},
       {"SHA-256", EVP_sha256},
       {"SHA-384", EVP_sha384},
       {"SHA-512", EVP_sha512}}};
  for (const auto& [name, algorithm] : kAlgorithms) {
    if (!arguments[1].is_string() || arguments[1].get_ref<const std::string&>() != name) {
      continue;
    }
    const std::string& data = arguments[0].get_ref<const std::string&>();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(data.data(), data.size(), digest, &length, algorithm(), nullptr) != 1) {
      return IntrinsicFault{"The algorithm " + std::string(name) + " is not available"};
    }
    std::string out;
    for (unsigned int i = 0; i < length; ++i) {
      constexpr char kHex[] = "0123456789abcdef";
      out.push_back(kHex[digest[i] >> 4U]);
      out.push_back(kHex[digest[i] & 15U]);
    }
    return Json(std::move(out));
  }
  return wrong_argument(1, "one of MD5, SHA-1, SHA-256, SHA-384, SHA-512");
}

}  // namespace pawl::asl::intrinsic
