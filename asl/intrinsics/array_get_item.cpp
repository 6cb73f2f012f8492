// States.ArrayGetItem(array, index): the element at an index that counts from 0.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult array_get_item(const IntrinsicArguments& arguments) {
  const Json& array = arguments[0];
  if (!array.is_array()) {
    return wrong_argument(0, "an array");
  }
  const auto index = integer_of(arguments[1]);
  if (!index) {
    return wrong_argument(1, "an integer");
  }
  if (*index < 0 || std::cmp_greater_equal(*index, array.size())) {
    return IntrinsicFault{"Index " + std::to_string(*index) + " is out of range for an array of " +
                          std::to_string(array.size())};
  }
  return array[static_cast<std::size_t>(*index)];
}

}  // namespace pawl::asl::intrinsic
