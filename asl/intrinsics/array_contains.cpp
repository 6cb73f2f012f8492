// States.ArrayContains(array, value): whether an element equals the value, all the way down.
#include <algorithm>

#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult array_contains(const IntrinsicArguments& arguments) {
  const Json& array = arguments[0];
  if (!array.is_array()) {
    return wrong_argument(0, "an array");
  }
  return Json(std::find(array.begin(), array.end(), arguments[1]) != array.end());
}

}  // namespace pawl::asl::intrinsic
