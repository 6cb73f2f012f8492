// States.Format(template, a, ...): each {} of the template replaced by the next argument.
#include "asl/intrinsics/arguments.h"
#include "asl/java_text.h"

namespace pawl::asl::intrinsic {

// The template keeps its escapes up to here, so that \{\} is told from {}.
IntrinsicResult format(const IntrinsicArguments& arguments) {
  if (!arguments[0].is_string()) {
    return wrong_argument(0, "a string");
  }
  const std::string& pattern = arguments[0].get_ref<const std::string&>();
  std::string out;
  std::size_t next = 1;
  std::size_t holes = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    constexpr std::string_view kEscaped = "{}'\\";
    if (pattern[i] == '\\' && i + 1 < pattern.size() &&
        kEscaped.find(pattern[i + 1]) != std::string_view::npos) {
      out.push_back(pattern[++i]);
    } else if (pattern[i] == '{' && i + 1 < pattern.size() && pattern[i + 1] == '}') {
      ++i;
      ++holes;
      if (next < arguments.size()) {
        out += to_java_text(arguments[next++]);
      }
    } else {
      out.push_back(pattern[i]);
    }
  }
  if (holes != arguments.size() - 1) {
    return IntrinsicFault{"The template has " + std::to_string(holes) +
                          " occurrences of {}, but there are " +
                          std::to_string(arguments.size() - 1) + " arguments for them"};
  }
  return Json(std::move(out));
}

}  // namespace pawl::asl::intrinsic
