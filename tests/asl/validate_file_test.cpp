#include "asl/validate_file.h"

#include <gtest/gtest.h>

namespace pawl::asl {
namespace {

constexpr const char* kFaulty = R"({
  "StartAt": "S",
  "States": {
    "S": {"Type": "Wait",
          "Seconds": -1, "End": true}
  }
})";

TEST(ValidateFile, AReportIsOneLineOfJson) {
  EXPECT_EQ(
      validate_text(kFaulty).to_json_line("f.json"),
      R"({"file":"f.json","valid":false,"diagnostics":[{"severity":"ERROR",)"
      R"("code":"SCHEMA_VALIDATION_FAILED","message":"Minimum value is 0",)"
      R"("location":"/States/S/Seconds","pointer":"/States/S/Seconds","line":5,"column":11}]})");
}

TEST(ValidateFile, ATextReportReadsLikeACompilers) {
  EXPECT_EQ(validate_text(kFaulty).to_text("f.json"),
            "f.json:5:11: error: Minimum value is 0 [SCHEMA_VALIDATION_FAILED] at "
            "/States/S/Seconds\n");
}

TEST(ValidateFile, WarningsLeaveADefinitionValid) {
  const FileReport report = validate_text(
      R"({"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": {"a.$": 1}, "End": true}}})");
  EXPECT_TRUE(report.valid);
  ASSERT_EQ(report.diagnostics.size(), 1U);
  EXPECT_EQ(report.to_json_line("f").find("\"valid\":true") == std::string::npos, false);
}

TEST(ValidateFile, BrokenJsonHasALineToo) {
  const FileReport report = validate_text("{\n  \"StartAt\" 1}");
  ASSERT_EQ(report.diagnostics.size(), 1U);
  ASSERT_TRUE(report.diagnostics[0].where);
  EXPECT_EQ(report.diagnostics[0].where->line, 2);
}

TEST(ValidateFile, AValidFileSaysSo) {
  EXPECT_EQ(validate_text(R"({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})").to_text("f"),
            "f: valid\n");
}

}  // namespace
}  // namespace pawl::asl
