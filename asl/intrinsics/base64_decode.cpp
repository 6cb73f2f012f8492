// States.Base64Decode(text): MIME Base64 to text; bytes that are no UTF-8 become U+FFFD.
#include "asl/intrinsics/arguments.h"
#include "asl/text.h"
#include "asl/utf8.h"

namespace pawl::asl::intrinsic {
namespace {

int digit_of(char c) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::optional<std::string> decode(std::string_view text) {
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (padding > 0 && text.size() % 4 != 0) {
    return std::nullopt;
  }
  text.remove_suffix(padding);
  if (text.size() % 4 == 1) {
    return std::nullopt;
  }
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) {
      return std::nullopt;
    }
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>(bits >> count & 0xffU));
    }
  }
  return bytes;
}

std::string repair_utf8(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const CodePoint next = decode_utf8(bytes);
    append_utf8(out, next.bytes == 0 ? 0xfffd : next.value);
    bytes.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return out;
}

}  // namespace

IntrinsicResult base64_decode(const IntrinsicArguments& arguments) {
  constexpr std::size_t kCharactersMax = 10'000;  // [aws] "up to 10,000 characters"
  if (!arguments[0].is_string() ||
      utf16_length(arguments[0].get_ref<const std::string&>()) > kCharactersMax) {
    return wrong_argument(0, "a string of at most 10000 characters");
  }
  const auto bytes = decode(arguments[0].get_ref<const std::string&>());
  if (!bytes) {
    return wrong_argument(0, "Base64");
  }
  return Json(repair_utf8(*bytes));
}

}  // namespace pawl::asl::intrinsic
