#include "asl/template.h"
#include "asl/text.h"
#include "tests/fuzz/targets.h"

namespace pawl::fuzz {
namespace {

struct Steps final : asl::Entropy {
  std::uint64_t next() override { return count += 0x9e3779b97f4a7c15U; }
  std::uint64_t count = 0;
};

}  // namespace

void intrinsics(std::string_view input) {
  const TwoParts parts = split(input);
  const auto parsed = asl::PathOrIntrinsic::parse(parts.expression);
  const auto* expression = std::get_if<asl::PathOrIntrinsic>(&parsed);
  if (expression == nullptr) return;
  auto document = asl::parse_text(
      parts.document.empty() ? R"({"a":[1,2,3,3],"o":{"x":{"y":1}},"s":"a,b;c","n":-7.5,"z":null})"
                             : parts.document);
  if (!std::holds_alternative<asl::Json>(document)) return;
  const asl::Json& json = std::get<asl::Json>(document);
  Steps entropy;
  const asl::Documents documents{.input = &json, .context = &json, .entropy = &entropy};
  const auto value = expression->evaluate(documents, "x.$");
  if (value) asl::to_text(*value);
}

}  // namespace pawl::fuzz
