#include "asl/state/fail.h"

#include <algorithm>

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    text("Error").or_expression(),
    text("Cause").or_expression(),
    path("ErrorPath"),
    path("CausePath"),
};
constexpr std::string_view kErrors[] = {"Error", "ErrorPath"};
constexpr std::string_view kCauses[] = {"Cause", "CausePath"};
constexpr FieldGroup kGroups[] = {{kErrors}, {kCauses}};

// [spec] ErrorPath and CausePath take only those intrinsic functions that return a string.
constexpr std::string_view kTextFunctions[] = {"States.ArrayGetItem",
                                               "States.Base64Decode",
                                               "States.Base64Encode",
                                               "States.Format",
                                               "States.Hash",
                                               "States.JsonToString",
                                               "States.UUID"};

void check_returns_text(const StateReader& reader, std::string_view name, const TextField& field) {
  const auto* computed = std::get_if<PathOrIntrinsic>(&field);
  if (computed == nullptr) return;
  const std::string& text = computed->text();
  if (!text.starts_with("States.")) return;
  const std::string_view function = std::string_view(text).substr(0, text.find_first_of("( "));
  if (std::find(std::begin(kTextFunctions), std::end(kTextFunctions), function) ==
      std::end(kTextFunctions)) {
    reader.findings().error(Place(reader.place(), name),
                            "The value for the field '" + std::string(name) +
                                "' must be a valid JSONPath or an intrinsic function call that "
                                "returns a string");
  }
}

}  // namespace

constinit const ObjectRules kFailRules{kFields, kGroups};

Fail read_fail(const StateReader& reader) {
  Fail fail{reader.text_field("Error", "ErrorPath"), reader.text_field("Cause", "CausePath")};
  check_returns_text(reader, "ErrorPath", fail.error);
  check_returns_text(reader, "CausePath", fail.cause);
  return fail;
}

}  // namespace pawl::asl
