#include "asl/path.h"
#include "asl/text.h"
#include "tests/fuzz/targets.h"

namespace pawl::fuzz {

void path(std::string_view input) {
  const TwoParts parts = split(input);
  const auto parsed = asl::Path::parse(parts.expression);
  const auto* path = std::get_if<asl::Path>(&parsed);
  if (path == nullptr) return;
  auto document = asl::parse_text(
      parts.document.empty() ? R"({"a":[{"b":1,"c":[2,3.5]},{"b":"x"}],"s":"text","n":-7,"z":null})"
                             : parts.document);
  if (!std::holds_alternative<asl::Json>(document)) return;
  const asl::Json& json = std::get<asl::Json>(document);
  const asl::Documents documents{.input = &json, .context = &json};
  const auto found = path->select(documents);
  if (const auto* selection = std::get_if<asl::Selection>(&found)) asl::to_text(selection->value());
  (void)path->read(documents);
}

}  // namespace pawl::fuzz
