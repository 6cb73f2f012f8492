#include "asl/state/wait.h"

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kOutput,
    kAssign,
    integer("Seconds").between(0, kSecondsMax).or_expression(),
    text("Timestamp").or_expression(),
    path("SecondsPath"),
    path("TimestampPath"),
    kNext,
    kEnd,
};
// [seen] in this order
constexpr std::string_view kUntil[] = {"SecondsPath", "Seconds", "TimestampPath", "Timestamp"};
constexpr FieldGroup kGroups[] = {{kUntil, true}, kOneExit};

std::optional<Timestamp> literal_timestamp(const StateReader& reader) {
  const std::string text = reader.text_of("Timestamp");
  const bool is_computed = reader.language() == QueryLanguage::kJsonata && opens_expression(text);
  if (!reader.has("Timestamp") || is_computed) return std::nullopt;
  const std::optional<Timestamp> at = parse_timestamp(text);
  if (!at) {
    reader.findings().error(Place(reader.place(), "Timestamp"),
                            "String does not match RFC3339 timestamp");
  }
  return at;
}

}  // namespace

constinit const ObjectRules kWaitRules{kFields, kGroups};

Wait read_wait(const StateReader& reader) {
  Wait wait;
  wait.exit = reader.exit();
  if (const auto seconds = reader.integer_of("Seconds")) wait.until = WaitSeconds{*seconds};
  if (auto path = reader.single_path("SecondsPath")) wait.until = WaitSecondsPath{std::move(*path)};
  if (const auto at = literal_timestamp(reader)) wait.until = WaitUntil{*at};
  if (auto path = reader.single_path("TimestampPath")) {
    wait.until = WaitTimestampPath{std::move(*path)};
  }
  if (auto seconds = reader.expression_of("Seconds")) {
    wait.until = WaitSecondsExpression{std::move(*seconds)};
  }
  if (auto timestamp = reader.expression_of("Timestamp")) {
    wait.until = WaitTimestampExpression{std::move(*timestamp)};
  }
  return wait;
}

}  // namespace pawl::asl
