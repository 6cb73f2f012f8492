// States.Array(a, b, ...): an array of its arguments.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult array(const IntrinsicArguments& arguments) {
  Json out = Json::array();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    out.push_back(arguments[i]);
  }
  return out;
}

}  // namespace pawl::asl::intrinsic
