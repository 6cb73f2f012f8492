// States.StringToJson(text): the value that a JSON text stands for. [seen] A blank text is null.
#include "asl/intrinsics/arguments.h"
#include "asl/text.h"

namespace pawl::asl::intrinsic {

IntrinsicResult string_to_json(const IntrinsicArguments& arguments) {
  if (!arguments[0].is_string()) {
    return wrong_argument(0, "a string");
  }
  const std::string& text = arguments[0].get_ref<const std::string&>();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Json(nullptr);
  }
  auto parsed = parse_text(text);
  if (const auto* error = std::get_if<TextError>(&parsed)) {
    return IntrinsicFault{error->message + " at line: " + std::to_string(error->line) +
                          ", column: " + std::to_string(error->column)};
  }
  return std::get<Json>(std::move(parsed));
}

}  // namespace pawl::asl::intrinsic
