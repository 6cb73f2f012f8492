// States.JsonMerge(a, b, false): the members of both; where both have one, that of b.
#include "asl/intrinsics/arguments.h"

namespace pawl::asl::intrinsic {

IntrinsicResult json_merge(const IntrinsicArguments& arguments) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!arguments[i].is_object()) {
      return wrong_argument(i, "an object");
    }
  }
  if (arguments[2] != false) {
    return wrong_argument(2, "false: deep merging is not supported");
  }
  Json out = arguments[0];
  for (const auto& [name, value] : arguments[1].get_ref<const Json::object_t&>()) {
    out[name] = value;
  }
  return out;
}

}  // namespace pawl::asl::intrinsic
