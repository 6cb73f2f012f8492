// States.ArrayLength(array)
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult array_length(const IntrinsicArguments& arguments) {
  if (!arguments[0].is_array()) {
    return wrong_argument(0, "an array");
  }
  return Json(static_cast<std::int64_t>(arguments[0].size()));
}

}  // namespace pawl::asl::intrinsic
