// States.MathAdd(a, b): the sum of two integers; other numbers are rounded first.
#include <limits>

#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult math_add(const IntrinsicArguments& arguments) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto number = integer_of(arguments[i]);
    if (!number) {
      return wrong_argument(i, "an integer from -2147483648 to 2147483647");
    }
    sum += *number;
  }
  // [aws] "integers in the range of -2147483648 through 2147483647"
  if (sum < std::numeric_limits<std::int32_t>::min() ||
      sum > std::numeric_limits<std::int32_t>::max()) {
    return IntrinsicFault{"The sum " + std::to_string(sum) + " is out of range"};
  }
  return Json(sum);
}

}  // namespace pawl::asl::intrinsic
