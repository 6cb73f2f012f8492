// States.ArrayPartition(array, size): the array cut into arrays of `size` elements; the last may be
// shorter.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult array_partition(const IntrinsicArguments& arguments) {
  if (!arguments[0].is_array()) {
    return wrong_argument(0, "an array");
  }
  const auto size = integer_of(arguments[1]);
  if (!size || *size <= 0) {
    return wrong_argument(1, "a positive integer");
  }
  Json out = Json::array();
  for (const Json& element : arguments[0]) {
    if (out.empty() || std::cmp_greater_equal(out.back().size(), *size)) {
      out.push_back(Json::array());
    }
    out.back().push_back(element);
  }
  return out;
}

}  // namespace pawl::asl::intrinsic
