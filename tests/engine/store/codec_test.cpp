#include "engine/store/codec.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/engine/store/samples.h"

namespace pawl::engine {
namespace {

using testing::every_fact;

TEST(Codec, DecodingWhatWasEncodedGivesTheSameFact) {
  for (const states::Fact& fact : every_fact()) {
    const EncodedFact first = encode(fact);
    const states::Fact back = decode(first.type, first.payload, first.details);
    const EncodedFact second = encode(back);
    EXPECT_EQ(back.index(), fact.index());
    EXPECT_EQ(states::event_type(back), states::event_type(fact));
    EXPECT_EQ(second.type, first.type);
    EXPECT_EQ(second.details, first.details);
    ASSERT_EQ(second.payload.has_value(), first.payload.has_value());
    if (first.payload) {
      EXPECT_TRUE(second.payload->is(*first.payload));
    }
  }
}

TEST(Codec, EveryMemberOfARichFactIsCarried) {
  const asl::Payload document = asl::Payload::of_text("[1]");
  states::StateExited exited{asl::StateType::kMap, "s", document, {{"v", document}}, "n"};
  const EncodedFact encoded = encode(exited);
  const auto back =
      std::get<states::StateExited>(decode(encoded.type, encoded.payload, encoded.details));
  EXPECT_EQ(back.type, asl::StateType::kMap);
  EXPECT_EQ(back.name, "s");
  EXPECT_TRUE(back.output.is(document));
  EXPECT_EQ(back.assigned.at("v").text(), "[1]");
  EXPECT_EQ(back.next, "n");

  states::RetryScheduled retry{1, {77}, {"E", std::nullopt, std::nullopt}};
  const EncodedFact encoded_retry = encode(retry);
  const auto retry_back = std::get<states::RetryScheduled>(
      decode(encoded_retry.type, encoded_retry.payload, encoded_retry.details));
  EXPECT_EQ(retry_back.retrier, 1);
  EXPECT_EQ(retry_back.due.ms, 77);
  EXPECT_EQ(retry_back.error, retry.error);
}

TEST(Codec, TheSamplesCoverEveryFact) {
  std::set<std::size_t> seen;
  for (const states::Fact& fact : every_fact()) seen.insert(fact.index());
  EXPECT_EQ(seen.size(), std::variant_size_v<states::Fact>);
}

TEST(Codec, WhatItDoesNotKnowIsRefused) {
  const auto payload = std::optional(asl::Payload::of_text("1"));
  EXPECT_THROW(decode(-1, {}, ""), CodecError);
  EXPECT_THROW(decode(9'990, {}, ""), CodecError);                   // no such fact
  EXPECT_THROW(decode(79, payload, R"({"name":"x"})"), CodecError);  // no such state type
  EXPECT_THROW(decode(163, {}, ""), CodecError);                     // a kind where there is none
  EXPECT_THROW(decode(10, {}, ""), CodecError);                      // its payload is missing
  EXPECT_THROW(decode(160, payload, ""), CodecError);             // a payload where there is none
  EXPECT_THROW(decode(10, payload, R"({"new":1})"), CodecError);  // a member of a later version
  EXPECT_THROW(decode(170, {}, ""), CodecError);                  // its due time is missing
  EXPECT_THROW(decode(170, {}, R"({"due":"x"})"), CodecError);
  EXPECT_THROW(decode(170, {}, "{"), CodecError);
}

TEST(Codec, CodesOnDiskNeverChange) {
  EXPECT_EQ(encode(states::ExecutionStarted{}).type, 10);
  EXPECT_EQ(encode(states::StateEntered{}).type, 70);
  EXPECT_EQ(encode(states::StateExited{asl::StateType::kMap, "", {}, {}, {}}).type, 87);
  EXPECT_EQ(encode(states::TaskScheduled{states::TaskKind::kLambda, "", {}, {}, {}, {}}).type, 101);
  EXPECT_EQ(encode(states::EvaluationFailed{}).type, 290);
}

TEST(Codec, EveryTypeCodeHasOneNameOfItsOwn) {
  std::set<std::int64_t> codes;
  for (const TypeName& type : type_names()) {
    EXPECT_TRUE(codes.insert(type.type).second) << type.type;
    EXPECT_FALSE(type.name.empty());
  }
  EXPECT_GT(codes.size(), std::variant_size_v<states::Fact>);
}

}  // namespace
}  // namespace pawl::engine
