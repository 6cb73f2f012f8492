// States.MathRandom(start, end[, seed]): an integer from start up to, but without, end.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {
namespace {

// splitmix64: a seed always gives the same number. [pawl] AWS promises no more, and its generator
// is not known.
std::uint64_t scramble(std::uint64_t seed) {
  seed += 0x9e3779b97f4a7c15;
  seed = (seed ^ seed >> 30U) * 0xbf58476d1ce4e5b9;
  seed = (seed ^ seed >> 27U) * 0x94d049bb133111eb;
  return seed ^ seed >> 31U;
}

}  // namespace

IntrinsicResult math_random(const IntrinsicArguments& arguments) {
  std::optional<std::int64_t> numbers[3];
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    numbers[i] = integer_of(arguments[i]);
    if (!numbers[i]) {
      return wrong_argument(i, "an integer");
    }
  }
  const std::int64_t start = *numbers[0];
  const std::int64_t end = *numbers[1];
  if (start >= end) {
    return wrong_argument(1, "an end above the start");
  }
  if (!numbers[2] && arguments.entropy() == nullptr) {
    return IntrinsicFault{"No source of randomness here"};
  }
  const std::uint64_t bits =
      numbers[2] ? scramble(static_cast<std::uint64_t>(*numbers[2])) : arguments.entropy()->next();
  return Json(start + static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(end - start)));
}

}  // namespace pawl::asl::intrinsic
