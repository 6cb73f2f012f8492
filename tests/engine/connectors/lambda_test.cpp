#include "engine/connectors/lambda.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using asl::Json;

TEST(InvokePayload, TextIsSentAsItStandsAndValuesAsTheirText) {
  EXPECT_EQ(invoke_payload({{"Payload", "true"}}), "true");
  EXPECT_EQ(invoke_payload({{"Payload", "\"text\""}}), "\"text\"");
  EXPECT_EQ(invoke_payload({{"Payload", {{"a", 1}}}}), R"({"a":1})");
  EXPECT_EQ(invoke_payload({{"Payload", 7}}), "7");
}

TEST(InvokePayload, NoneAndNullAreAnEmptyObject) {
  EXPECT_EQ(invoke_payload({{"Payload", nullptr}}), "{}");
  EXPECT_EQ(invoke_payload(Json::object()), "{}");
}

}  // namespace
}  // namespace pawl::engine
