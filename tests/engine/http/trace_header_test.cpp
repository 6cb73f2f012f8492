#include "engine/http/trace_header.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

TEST(TraceHeader, OfXRayIsRead) {
  const auto read = read_xray_header(
      "Root=1-5759e988-bd862e3fe1be46a994272793; Parent=53995c3f42cd8ad8;Sampled=0;Lineage=x");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->trace_id, "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(read->parent_id, "53995c3f42cd8ad8");
  EXPECT_FALSE(read->is_sampled);
  EXPECT_TRUE(read_xray_header("Root=1-5759e988-bd862e3fe1be46a994272793")->is_sampled);
}

TEST(TraceHeader, ThatHasNoRootIsNone) {
  for (const char* text : {"",
                           "Parent=53995c3f42cd8ad8",
                           "Root=1-x",
                           "Root=1-5759e988-bd86",
                           "Root=1-00000000-000000000000000000000000",
                           "===;;;="}) {
    EXPECT_FALSE(read_xray_header(text)) << text;
  }
}

TEST(TraceHeader, OfW3cIsWrittenAsXRaysAndReadAsTheSame) {
  const auto header =
      xray_header_of_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(header, "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1");
  EXPECT_EQ(read_xray_header(*header)->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_TRUE(
      xray_header_of_traceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-x")
          ->ends_with("Sampled=0"));
}

TEST(TraceHeader, IsWrittenInBothFormsAndNeverOverOneThatIsThere) {
  const TraceContext context{"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", false};
  Headers headers;
  set_xray_header(context, headers);
  set_traceparent(context, headers);
  EXPECT_EQ(headers.get("X-Amzn-Trace-Id"),
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=0");
  EXPECT_EQ(headers.get("traceparent"), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
  headers.set("traceparent", "mine");
  set_traceparent(context, headers);
  EXPECT_EQ(headers.get("traceparent"), "mine");
  Headers none;
  set_traceparent(std::nullopt, none);
  set_xray_header(std::nullopt, none);
  EXPECT_FALSE(none.has("traceparent") || none.has("X-Amzn-Trace-Id"));
}

TEST(TraceHeader, OfW3cThatIsMalformedIsNone) {
  for (const char* text : {"",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(xray_header_of_traceparent(text)) << text;
  }
}

}  // namespace
}  // namespace pawl::engine
