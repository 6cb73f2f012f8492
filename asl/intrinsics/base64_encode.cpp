// States.Base64Encode(text): the UTF-8 bytes of a text in MIME Base64, without line breaks.
#include "asl/intrinsics/arguments.h"
#include "asl/text.h"

namespace pawl::asl::intrinsic {
namespace {

std::string encode(std::string_view bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](std::size_t i) -> std::uint32_t {
      return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U;
    };
    const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
    out.push_back(kAlphabet[group >> 18U & 63U]);
    out.push_back(kAlphabet[group >> 12U & 63U]);
    out.push_back(at + 1 < bytes.size() ? kAlphabet[group >> 6U & 63U] : '=');
    out.push_back(at + 2 < bytes.size() ? kAlphabet[group & 63U] : '=');
  }
  return out;
}

}  // namespace

IntrinsicResult base64_encode(const IntrinsicArguments& arguments) {
  constexpr std::size_t kCharactersMax = 10'000;  // [aws] "up to 10,000 characters"
  if (!arguments[0].is_string() ||
      utf16_length(arguments[0].get_ref<const std::string&>()) > kCharactersMax) {
    return wrong_argument(0, "a string of at most 10000 characters");
  }
  return Json(encode(arguments[0].get_ref<const std::string&>()));
}

}  // namespace pawl::asl::intrinsic
