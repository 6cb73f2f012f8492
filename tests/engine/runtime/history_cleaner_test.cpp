#include "engine/runtime/history_cleaner.h"

#include <gtest/gtest.h>

#include "tests/engine/store/samples.h"

namespace pawl::engine {
namespace {

using testing::append;
using testing::ending;
using testing::new_execution;
using testing::start;

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

class FixedClock final : public Clock {
 public:
  Timestamp now() override { return at; }
  Timestamp at{};
};

TEST(KeepDays, AreANumberOrForever) {
  EXPECT_EQ(parse_keep_days("0").value(), 0U);
  EXPECT_EQ(parse_keep_days("1000000").value(), 1'000'000U);
  ASSERT_TRUE(parse_keep_days("forever").has_value());
  EXPECT_FALSE(parse_keep_days("forever")->has_value());
  for (const char* wrong : {"", "-1", "1.5", "1000001", "4294967297", "7 days"}) {
    EXPECT_FALSE(parse_keep_days(wrong)) << wrong;
  }
}

class HistoryCleanerTest : public ::testing::Test {
 protected:
  void ended(const std::string& name) {
    const ExecutionKey key = start(journal_, name);
    append(journal_, ending(key, 2));
    end_ = journal_.find(key)->stopped_at->ms;
  }
  std::size_t sweep_after(std::int64_t ms, KeepDays days) {
    clock_.at = {end_ + ms};
    return HistoryCleaner(*store_, clock_, days, [](auto, auto) {}).sweep();
  }
  void tag(const std::string& days) {
    store_->catalog().set_tags(new_execution("x").info.state_machine_arn, {{kKeepDaysTag, days}});
  }

  std::unique_ptr<Store> store_ = open_store("memory:");
  Journal& journal_ = store_->journal();
  FixedClock clock_;
  std::int64_t end_ = 0;
};

TEST_F(HistoryCleanerTest, RemovesWhatIsOlderThanItsDays) {
  ended("x");
  start(journal_, "newest");
  EXPECT_EQ(sweep_after(90 * kDayMs, 90), 0U);
  EXPECT_EQ(sweep_after(90 * kDayMs + 1, 90), 1U);
}

TEST_F(HistoryCleanerTest, ForeverIsForever) {
  ended("x");
  start(journal_, "newest");
  EXPECT_EQ(sweep_after(100'000 * kDayMs, std::nullopt), 0U);
}

TEST_F(HistoryCleanerTest, TheTagOfAMachineCountsMoreThanTheSettingAndANonsenseOneNothing) {
  ended("x");
  ended("y");
  start(journal_, "newest");
  tag("forever");
  EXPECT_EQ(sweep_after(100 * kDayMs, 90), 0U);
  tag("soon");
  EXPECT_EQ(sweep_after(80 * kDayMs, 90), 0U);
  tag("7");
  EXPECT_EQ(sweep_after(8 * kDayMs, 90), 2U);
}

TEST_F(HistoryCleanerTest, StartedItSweepsStepByStepAndAgainAnHourLater) {
  ended("x");
  start(journal_, "newest");
  clock_.at = {end_ + kDayMs};
  std::vector<std::chrono::milliseconds> delays;
  std::function<void()> task;
  HistoryCleaner cleaner(*store_, clock_, 0, [&](auto delay, auto next) {
    delays.push_back(delay);
    task = std::move(next);
  });
  cleaner.start();
  for (int i = 0; i < 10 && delays.back() < std::chrono::hours(1); ++i) std::exchange(task, {})();
  EXPECT_EQ(delays.back(), std::chrono::hours(1));
  EXPECT_FALSE(journal_.find(new_execution("x").info.arn));
}

}  // namespace
}  // namespace pawl::engine
