// States.UUID(): a random (version 4) UUID.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult uuid(const IntrinsicArguments& arguments) {
  if (arguments.entropy() == nullptr) {
    return IntrinsicFault{"No source of randomness here"};
  }
  // RFC 9562: the version in the high bits of byte 6, the variant in those of byte 8.
  const std::uint64_t high = (arguments.entropy()->next() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (arguments.entropy()->next() & ~(3ULL << 62U)) | 2ULL << 62U;
  std::string out;
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
      out.push_back('-');
    }
    const std::uint64_t half = digit < 16 ? high : low;
    out.push_back("0123456789abcdef"[half >> (60 - 4 * (digit % 16)) & 15U]);
  }
  return Json(std::move(out));
}

}  // namespace pawl::asl::intrinsic
