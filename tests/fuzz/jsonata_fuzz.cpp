#include "asl/jsonata/jsonata.h"
#include "asl/text.h"
#include "tests/fuzz/targets.h"

namespace pawl::fuzz {
namespace {

using asl::Json;
namespace jsonata_ = asl::jsonata;

struct Counter final : asl::Entropy {
  std::uint64_t next() override { return count += 0x9e3779b97f4a7c15U; }
  std::uint64_t count = 0;
};

Json document_of(std::string_view text) {
  constexpr std::string_view kOtherwise =
      R"({"a":[{"b":1,"c":[2,3.5]},{"b":"x","c":[]}],"s":"a-b-\u00e9","n":-7,"t":true,"z":null})";
  auto parsed = asl::parse_text(text.empty() ? kOtherwise : text);
  return std::holds_alternative<Json>(parsed) ? std::get<Json>(std::move(parsed)) : Json();
}

}  // namespace

void jsonata(std::string_view input) {
  const TwoParts parts = split(input);
  const auto parsed = jsonata_::Program::parse(parts.expression);
  const auto* program = std::get_if<jsonata_::Program>(&parsed);
  if (program == nullptr) return;
  const Json document = document_of(parts.document);
  Counter entropy;
  for (const auto mode : {jsonata_::Mode::kAws, jsonata_::Mode::kPlain}) {
    jsonata_::Input given{.root = &document, .entropy = &entropy, .mode = mode};
    given.now = asl::Timestamp{1'500'000'000'000};
    given.limits = jsonata_::Limits::aws();
    // A sanitizer is slow: what takes longer than this is to be found out, not waited for.
    given.limits.steps = 100'000;
    if (mode == jsonata_::Mode::kPlain) given.limits.depth = 300;
    const auto answer = program->evaluate(given);
    if (const auto* result = std::get_if<jsonata_::Result>(&answer)) {
      if (result->value) asl::to_text(*result->value);
    }
  }
}

}  // namespace pawl::fuzz
