// What every store promises of answers under idempotency keys.
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

constexpr std::int64_t kRoom = 1LL << 30;

KeyedRequest request(const std::string& key, const std::string& seed, std::int64_t at_ms) {
  KeyedRequest made;
  made.key = key;
  made.fingerprint = "f";
  made.seed = seed;
  made.reserved_at = {at_ms};
  made.begun_at = {at_ms + 7};
  return made;
}

class AnswersContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, AnswersContract, ::testing::Values("memory", "sqlite"));

TEST_P(AnswersContract, AKeyIsReservedOnceAndGivesBackWhatWasReservedFirst) {
  Answers& answers = store_->answers();
  EXPECT_EQ(answers.reserve(request("k", "one", 1'000), {0}, kRoom)->seed, "one");
  const auto again = answers.reserve(request("k", "two", 2'000), {0}, kRoom);
  EXPECT_EQ(again->seed, "one");
  EXPECT_EQ(again->reserved_at.ms, 1'000);
  EXPECT_EQ(again->begun_at.ms, 1'007);
  EXPECT_FALSE(again->answer);
  EXPECT_EQ(answers.reserve(request("K", "three", 2'000), {0}, kRoom)->seed, "three");
}

TEST_P(AnswersContract, AnAnswerIsKeptForWhoeverHasReservedTheKey) {
  Answers& answers = store_->answers();
  answers.reserve(request("k", "one", 1'000), {0}, kRoom);
  answers.keep("k", "two", {200, "[]", "of another"});
  EXPECT_FALSE(answers.reserve(request("k", "x", 2'000), {0}, kRoom)->answer);
  answers.keep("k", "one", {201, "[]", "{}"});
  const auto again = answers.reserve(request("k", "x", 2'000), {0}, kRoom);
  ASSERT_TRUE(again->answer);
  EXPECT_EQ(again->answer->status, 201);
  EXPECT_EQ(again->answer->headers, "[]");
  EXPECT_EQ(again->answer->body, "{}");
}

TEST_P(AnswersContract, AnExpiredKeyIsFreeAgain) {
  Answers& answers = store_->answers();
  answers.reserve(request("k", "one", 1'000), {0}, kRoom);
  answers.keep("k", "one", {201, "[]", "{}"});
  const auto fresh = answers.reserve(request("k", "two", 3'000), {1'001}, kRoom);
  EXPECT_EQ(fresh->seed, "two");
  EXPECT_FALSE(fresh->answer);
}

TEST_P(AnswersContract, EachNewKeyRemovesAFewExpiredOnes) {
  Answers& answers = store_->answers();
  constexpr int kOld = 2 * Answers::kRemovedAtOnce + 1;
  for (int i = 0; i < kOld; ++i) {
    answers.reserve(request("old-" + std::to_string(i), "s", 1'000 + i), {0}, kRoom);
  }
  const std::int64_t before = answers.bytes();
  answers.reserve(request("new-1", "s", 9'000), {5'000}, kRoom);
  EXPECT_LT(answers.bytes(), before / 2 + before / 10);
  EXPECT_GT(answers.bytes(), before / 3);
  answers.reserve(request("new-2", "s", 9'000), {5'000}, kRoom);
  answers.reserve(request("new-3", "s", 9'000), {5'000}, kRoom);
  EXPECT_LT(answers.bytes(), before / 5);
}

TEST_P(AnswersContract, BeyondTheRoomForAllNoKeyIsTakenButThoseThereAreFound) {
  Answers& answers = store_->answers();
  answers.reserve(request("k", "one", 1'000), {0}, 5'000);
  answers.keep("k", "one", {200, "[]", std::string(5'000, 'x')});
  EXPECT_GE(answers.bytes(), 5'000);
  EXPECT_FALSE(answers.reserve(request("l", "two", 1'000), {0}, 5'000));
  EXPECT_TRUE(answers.reserve(request("k", "two", 1'000), {0}, 5'000)->answer);
  // Once it has expired there is room.
  EXPECT_TRUE(answers.reserve(request("l", "two", 3'000), {2'000}, 5'000));
}

TEST(AnswersSqlite, AnswersOutliveTheStoresClosing) {
  const testing::TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file("pawl.db");
  std::int64_t bytes = 0;
  {
    const auto store = open_store(url);
    store->answers().reserve(request("k", "one", 1'000), {0}, kRoom);
    store->answers().keep("k", "one", {201, "[]", "{}"});
    bytes = store->answers().bytes();
  }
  const auto store = open_store(url);
  EXPECT_EQ(store->answers().bytes(), bytes);
  EXPECT_TRUE(store->answers().reserve(request("k", "x", 2'000), {0}, kRoom)->answer);
}

}  // namespace
}  // namespace pawl::engine
