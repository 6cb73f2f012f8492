// Where an EXPRESS execution runs: on the thread that asks for it, as far as it can.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/engine/runtime/harness.h"

namespace pawl::engine {
namespace {

using testing::Rig;

constexpr const char* kPasses = R"({"StartAt":"A","States":{
  "A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}})";
constexpr const char* kAskOutside = R"({"StartAt":"A","States":{
  "A":{"Type":"Pass","Next":"T"},
  "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}})";
// Three hundred rounds of three states: more than one step makes.
constexpr const char* kRounds = R"({"QueryLanguage":"JSONata","StartAt":"Begin","States":{
  "Begin":{"Type":"Pass","Assign":{"n":0},"Next":"Count"},
  "Count":{"Type":"Pass","Assign":{"n":"{% $n + 1 %}"},"Next":"Look"},
  "Look":{"Type":"Choice","Choices":[{"Condition":"{% $n < 300 %}","Next":"Count"}],
          "Default":"End"},
  "End":{"Type":"Pass","Output":"{% $n %}","End":true}}})";

class ExpressStartTest : public ::testing::Test {
 protected:
  StartRequest request(const std::string& definition) {
    StartRequest out = rig_.request(definition, "run", R"({"a":1})");
    out.info.type = asl::MachineType::kExpress;
    out.ended = [this](const states::Outcome& outcome) {
      ended_on_ = std::this_thread::get_id();
      ended_.set_value(outcome);
    };
    return out;
  }
  states::Outcome outcome() {
    auto future = ended_.get_future();
    if (future.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
      ADD_FAILURE() << "it does not end";
      return {};
    }
    return future.get();
  }

  Rig rig_{"memory:"};
  testing::Outside outside_;
  std::unique_ptr<Engine> engine_ =
      make_engine({.store = *rig_.fateful, .connectors = outside_, .clock = rig_.clock});
  std::promise<states::Outcome> ended_;
  std::thread::id ended_on_;
};

TEST_F(ExpressStartTest, WhatNeedsNobodyHasEndedWhenStartReturns) {
  bool has_started = false;
  engine_->start(request(kPasses), [&](const auto& answer) {
    has_started = std::holds_alternative<Started>(answer);
  });
  EXPECT_TRUE(has_started);
  EXPECT_EQ(ended_on_, std::this_thread::get_id());
  EXPECT_EQ(outcome().output->text(), R"({"a":1})");
}

TEST_F(ExpressStartTest, ATaskIsCalledAndItsAnswerTakenByTheRuntime) {
  outside_.answer = [](testing::Outside::Call& call) { call.reply->succeeded(testing::json("2")); };
  engine_->start(request(kAskOutside), [](const auto&) {});
  EXPECT_EQ(outcome().output->text(), "2");
  EXPECT_NE(ended_on_, std::this_thread::get_id());
}

TEST_F(ExpressStartTest, WhatTakesLongLetsTheCallerGo) {
  engine_->start(request(kRounds), [](const auto&) {});
  EXPECT_EQ(outcome().output->text(), "300");
  EXPECT_NE(ended_on_, std::this_thread::get_id());
}

TEST_F(ExpressStartTest, StoppedAsSoonAsItIsKnownItStops) {
  engine_->start(request(kAskOutside), [this](const auto& answer) {
    engine_->stop(std::get<Started>(answer).key, {"Stop", "why"}, [](const auto&) {});
  });
  EXPECT_EQ(outcome().status, states::Status::kAborted);
}

TEST_F(ExpressStartTest, ItsEventsAreToldInOrderByWhicheverThread) {
  outside_.answer = [](testing::Outside::Call& call) { call.reply->succeeded(testing::json("2")); };
  std::mutex mutex;
  std::vector<states::EventId> ids;
  const auto id = engine_->listen("", [&](const Recorded& recorded) {
    const std::lock_guard lock(mutex);
    for (const states::Event& event : recorded.events) {
      if (event.id > 0) ids.push_back(event.id);
    }
  });
  engine_->start(request(kAskOutside), [](const auto&) {});
  outcome();
  engine_->unlisten(id);
  ASSERT_GE(ids.size(), 8U);
  for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], static_cast<std::int64_t>(i + 1));
}

TEST_F(ExpressStartTest, ThousandsBegunByFourThreadsAllEnd) {
  constexpr int kEach = 1'000;
  std::atomic<int> ended = 0;
  StartRequest wanted = request(kPasses);
  wanted.ended = [&](const states::Outcome&) { ++ended; };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) engine_->start(wanted, [](const auto&) {});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ended, 4 * kEach);
}

}  // namespace
}  // namespace pawl::engine
