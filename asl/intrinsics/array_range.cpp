// States.ArrayRange(first, last, step): numbers from the first up (or down) to the last, which is
// included.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult array_range(const IntrinsicArguments& arguments) {
  constexpr std::size_t kElementsMax = 1000;  // [aws] "can contain up to 1000 items"
  std::int64_t numbers[3] = {};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = integer_of(arguments[i]);
    if (!number) {
      return wrong_argument(i, "an integer");
    }
    numbers[i] = *number;
  }
  const auto [first, last, step] = numbers;
  if (step == 0) {
    return wrong_argument(2, "a step other than 0");
  }
  Json out = Json::array();
  for (std::int64_t at = first; step > 0 ? at <= last : at >= last; at += step) {
    if (out.size() == kElementsMax) {
      return IntrinsicFault{"The range has more than " + std::to_string(kElementsMax) +
                            " elements"};
    }
    out.push_back(at);
  }
  return out;
}

}  // namespace pawl::asl::intrinsic
