#include "asl/state/pass.h"

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kResultPath,
    kParameters,
    any("Result").in_jsonpath(),
    kOutput,
    kAssign,
    kNext,
    kEnd,
};
constexpr FieldGroup kGroups[] = {kOneExit};

// [aws] PASS_RESULT_IS_STATIC: nothing in a Result is evaluated, so a path in it is most likely a
// mistake.
void warn_of_paths(const Json& value, const Place& place, Findings& findings) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      warn_of_paths(value[i], Place(place, i), findings);
    }
  }
  if (!value.is_object()) return;
  for (const auto& member : value.items()) {
    const Place here(place, member.key());
    if (member.key().ends_with(".$")) {
      findings.warning(
          here, "PASS_RESULT_IS_STATIC", "Attempt to use a path in the result of a pass state.");
    }
    warn_of_paths(member.value(), here, findings);
  }
}

}  // namespace

constinit const ObjectRules kPassRules{kFields, kGroups};

Pass read_pass(const StateReader& reader) {
  Pass pass;
  if (const Json* result = reader.find("Result")) {
    warn_of_paths(*result, Place(reader.place(), "Result"), reader.findings());
    pass.result = Payload::of(*result);
  }
  pass.exit = reader.exit();
  return pass;
}

}  // namespace pawl::asl
