// Fields that several state types share; the tables of the types are made of them.
// [seen] Which type has which field was measured, 8 types by 50 fields.
#pragma once

#include <string>
#include <string_view>

#include "asl/fields.h"

namespace pawl::asl {

inline constexpr double kSecondsMax = 99'999'999;  // [aws] a little over three years

inline constexpr std::string_view kQueryLanguages[] = {"JSONPath", "JSONata"};

inline constexpr FieldRule kType = text("Type").required();
inline constexpr FieldRule kComment = text("Comment");
inline constexpr FieldRule kQueryLanguage = text("QueryLanguage").one_of(kQueryLanguages);

inline constexpr FieldRule kInputPath = text_or_null("InputPath").in_jsonpath();
inline constexpr FieldRule kOutputPath = text_or_null("OutputPath").in_jsonpath();
inline constexpr FieldRule kResultPath = text_or_null("ResultPath").in_jsonpath();
inline constexpr FieldRule kParameters = any("Parameters").in_jsonpath();
inline constexpr FieldRule kResultSelector = any("ResultSelector").in_jsonpath();
inline constexpr FieldRule kArguments = any("Arguments").in_jsonata();
inline constexpr FieldRule kOutput = any("Output").in_jsonata();
inline constexpr FieldRule kAssign = object("Assign");
extern const ObjectRules kRetrierRules;
extern const ObjectRules kCatcherRules;
inline constexpr FieldRule kRetry = array("Retry").of(kRetrierRules);
inline constexpr FieldRule kCatch = array("Catch").of(kCatcherRules);
inline constexpr FieldRule kNext = text("Next");
inline constexpr FieldRule kEnd = boolean("End");

inline constexpr std::string_view kExitNames[] = {"Next", "End"};
// [spec] "...MUST be exactly one of Next and End"
inline constexpr FieldGroup kOneExit = {kExitNames, true};

// [seen] of members of a request
inline std::string missing_field_message(std::string_view name) {
  return "The field '" + std::string(name) + "' is required but was missing";
}

}  // namespace pawl::asl
