#include "engine/tracing/spans.h"

#include <gtest/gtest.h>

#include "asl/json.h"
#include "engine/tracing/otlp.h"

namespace pawl::engine {
namespace {

using asl::Json;
using asl::Payload;

states::ExecutionInfo info(std::optional<std::string> trace_header = {}) {
  states::ExecutionInfo info;
  info.trace_header = std::move(trace_header);
  info.arn = "arn:aws:states:us-east-1:123456789012:execution:M:one";
  info.name = "one";
  info.state_machine_name = "M";
  info.state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:M";
  info.start_time = {1'000};
  return info;
}

class History {
 public:
  void add(std::int64_t at, states::EventId previous, states::Fact what) {
    states::Event event;
    event.sequence = static_cast<states::Sequence>(events_.size()) + 1;
    event.id = static_cast<states::EventId>(events_.size()) + 1;
    event.previous = previous;
    event.at = {at};
    event.what = std::move(what);
    events_.push_back(std::move(event));
  }
  const std::vector<states::Event>& events() const { return events_; }

 private:
  std::vector<states::Event> events_;
};

const std::string kResource = "arn:aws:states:::lambda:invoke";

// A task that fails once, is tried again, and then ends the execution.
History failed_task() {
  const Payload secret = Payload::of_text(R"("secret")");
  const states::StateError broken{"Broken", "why"};
  History history;
  history.add(1'000, 0, states::ExecutionStarted{secret});
  history.add(1'010, 0, states::StateEntered{asl::StateType::kTask, "T", secret});
  for (states::EventId previous = 2; previous <= 5; previous += 3) {
    states::TaskScheduled scheduled;
    scheduled.resource = kResource;
    scheduled.parameters = secret;
    history.add(1'020 + previous, previous, scheduled);
    history.add(1'021 + previous, previous + 1, states::TaskStarted{{}, kResource, {}});
    history.add(1'022 + previous, previous + 2, states::TaskFailed{{}, kResource, broken});
  }
  history.add(2'000, 8, states::ExecutionFailed{broken});
  return history;
}

TEST(Spans, OfAnExecutionAreItAndItsStepsWithTheirAttempts) {
  const auto spans = spans_of(info(), failed_task().events());
  ASSERT_EQ(spans.size(), 2u);
  const Span& root = spans[0];
  EXPECT_EQ(root.name, "M");
  EXPECT_EQ(root.trace_id.size(), 32u);
  EXPECT_EQ(root.parent_id, "");
  EXPECT_EQ(root.began.ms, 1'000);
  EXPECT_EQ(root.ended.ms, 2'000);
  EXPECT_TRUE(root.is_failed);
  EXPECT_EQ(root.failure, "Broken: why");
  const Span& step = spans[1];
  EXPECT_EQ(step.name, "T");
  EXPECT_EQ(step.trace_id, root.trace_id);
  EXPECT_EQ(step.parent_id, root.span_id);
  EXPECT_NE(step.span_id, root.span_id);
  EXPECT_EQ(step.began.ms, 1'010);
  EXPECT_TRUE(step.is_failed);
  ASSERT_EQ(step.events.size(), 2u);
  EXPECT_EQ(step.events[1].attributes.front().second, "2");
}

TEST(Spans, AreTheSameEachTime) {
  const auto one = spans_of(info(), failed_task().events());
  const auto other = spans_of(info(), failed_task().events());
  EXPECT_EQ(otlp_request({}, one), otlp_request({}, other));
}

TEST(Spans, TakePartInTheCallersTraceUnlessItIsNotSampled) {
  const std::string header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8";
  const auto spans = spans_of(info(header), failed_task().events());
  EXPECT_EQ(spans.at(0).trace_id, "5759e988bd862e3fe1be46a994272793");
  EXPECT_EQ(spans.at(0).parent_id, "53995c3f42cd8ad8");
  EXPECT_TRUE(spans_of(info(header + ";Sampled=0"), failed_task().events()).empty());
}

TEST(Spans, HoldNoPayload) {
  const auto spans = spans_of(info(), failed_task().events());
  EXPECT_EQ(otlp_request({}, spans).find("secret"), std::string::npos);
}

TEST(Spans, AsARequestHaveTheFormOfTheProtocol) {
  const auto spans = spans_of(info(), failed_task().events());
  const Json request = Json::parse(otlp_request({{"service.name", "pawl"}}, spans));
  const Json& of_resource = request.at("resourceSpans").at(0);
  EXPECT_EQ(of_resource.at("resource").at("attributes"),
            Json::parse(R"([{"key":"service.name","value":{"stringValue":"pawl"}}])"));
  const Json& shown = of_resource.at("scopeSpans").at(0).at("spans");
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown[0].at("startTimeUnixNano"), "1000000000");
  EXPECT_EQ(shown[0].at("kind"), 2);
  EXPECT_FALSE(shown[0].contains("parentSpanId"));
  EXPECT_EQ(shown[1].at("kind"), 1);
  EXPECT_EQ(shown[1].at("status"), Json::parse(R"({"code":2,"message":"Broken: why"})"));
  EXPECT_EQ(shown[1].at("events").at(0).at("name"), "attempt");
}

}  // namespace
}  // namespace pawl::engine
