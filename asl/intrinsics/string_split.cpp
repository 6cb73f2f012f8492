// States.StringSplit(text, characters): the pieces between any of the characters. [seen] Empty
// pieces are dropped.
#include <set>

#include "asl/intrinsics/arguments.h"
#include "asl/utf8.h"

namespace pawl::asl::intrinsic {

IntrinsicResult string_split(const IntrinsicArguments& arguments) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!arguments[i].is_string()) {
      return wrong_argument(i, "a string");
    }
  }
  std::set<std::string_view> separators;
  for (std::string_view rest = arguments[1].get_ref<const std::string&>(); !rest.empty();) {
    const std::size_t bytes = std::max<std::size_t>(decode_utf8(rest).bytes, 1);
    separators.insert(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
  }
  Json out = Json::array();
  const std::string_view text = arguments[0].get_ref<const std::string&>();
  std::size_t start = 0;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t bytes =
        at == text.size() ? 1 : std::max<std::size_t>(decode_utf8(text.substr(at)).bytes, 1);
    if (at == text.size() || separators.contains(text.substr(at, bytes))) {
      if (at > start) {
        out.push_back(text.substr(start, at - start));
      }
      start = at + bytes;
    }
    at += bytes;
  }
  return out;
}

}  // namespace pawl::asl::intrinsic
