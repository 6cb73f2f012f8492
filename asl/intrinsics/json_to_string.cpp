// States.JsonToString(value): the value as compact JSON text.
#include "asl/intrinsics/arguments.h"
#include "asl/text.h"

namespace pawl::asl::intrinsic {

IntrinsicResult json_to_string(const IntrinsicArguments& arguments) {
  return Json(to_text(arguments[0]));
}

}  // namespace pawl::asl::intrinsic
