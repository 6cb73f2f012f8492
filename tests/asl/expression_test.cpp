#include "asl/expression.h"

#include <gtest/gtest.h>

namespace pawl::asl {
namespace {

TEST(Expression, IsRefusedByName) {
  const auto parsed = Expression::parse("$states.input");
  ASSERT_TRUE(std::holds_alternative<TemplateFault>(parsed));
  EXPECT_EQ(std::get<TemplateFault>(parsed).code, "SCHEMA_VALIDATION_FAILED");
  EXPECT_EQ(std::get<TemplateFault>(parsed).message,
            "QueryLanguage 'JSONata' is not available in this version of Pawl");
}

}  // namespace
}  // namespace pawl::asl
