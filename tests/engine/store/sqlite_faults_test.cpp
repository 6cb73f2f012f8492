// Fails the nth write or sync, for all n: nothing that is not durable is ever shown, and what was
// reported durable is there after a crash.
#include <gtest/gtest.h>

#include <limits>

#include "engine/store/store.h"
#include "tests/engine/store/faulty_vfs.h"
#include "tests/engine/store/samples.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using testing::append;
using testing::event;
using testing::new_execution;

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
constexpr int kExecutions = 2;

struct Trial {
  std::int64_t length = 1;
  bool torn = false;
  bool power_cut = false;  // what was not synced is lost; else it stays
};

class SqliteFaults : public ::testing::TestWithParam<Trial> {
 protected:
  SqliteFaults() { testing::register_faulty_vfs(); }

  static Append make(ExecutionKey key, int i, states::Sequence sequence) {
    Append out;
    out.execution = key;
    const auto text = asl::Payload::of_text("\"" + std::string(3'000, 'p') + "\"");
    if (sequence == 1) {
      out.create = new_execution("x" + std::to_string(i));
      out.events = {event(1, states::ExecutionStarted{text}),
                    event(2, states::ParallelStarted{text})};
    } else {
      out.events = {event(sequence, states::ParallelStarted{text}),
                    event(sequence + 1, states::ParallelSucceeded{})};
    }
    return out;
  }

  // Two appends for each execution. Fills in how many events of each were reported durable.
  void work(Store& store) {
    for (int i = 0; i < kExecutions; ++i) {
      keys_.push_back(store.journal().new_key());
      durable_.push_back(0);
      attempted_.push_back(0);
      for (const states::Sequence sequence : {1, 3}) {
        const AppendStatus status = append(store.journal(), make(keys_.back(), i, sequence));
        attempted_.back() = static_cast<std::size_t>(sequence) + 1;
        if (status == AppendStatus::kDurable) {
          durable_.back() = attempted_.back();
        } else {
          EXPECT_EQ(status, AppendStatus::kFailed);
          break;
        }
        EXPECT_EQ(store.problem(), "");
      }
    }
  }

  std::vector<ExecutionKey> keys_;
  std::vector<std::size_t> durable_;
  std::vector<std::size_t> attempted_;
};

INSTANTIATE_TEST_SUITE_P(Plans,
                         SqliteFaults,
                         ::testing::Values(Trial{1, false, false},
                                           Trial{3, false, false},
                                           Trial{3, true, false},
                                           Trial{kForever, false, true},
                                           Trial{kForever, true, true},
                                           Trial{kForever, true, false}),
                         [](const auto& param) {
                           const Trial& trial = param.param;
                           return (trial.length == kForever
                                       ? "Forever"
                                       : "For" + std::to_string(trial.length)) +
                                  (trial.torn ? "Torn" : "Clean") +
                                  (trial.power_cut ? "PowerCut" : "Crash");
                         });

TEST_P(SqliteFaults, OnlyWhatWasReportedDurableIsThere) {
  const Trial trial = GetParam();
  bool happened = true;
  std::int64_t n = 1;
  int failures = 0;
  testing::TemporaryFolder fresh;
  open_store("sqlite:" + fresh.file("pawl.db"));
  for (; happened; ++n) {
    ASSERT_LT(n, 1'000);
    testing::TemporaryFolder folder;
    testing::forget_files();
    testing::arm({});
    keys_.clear();
    durable_.clear();
    attempted_.clear();
    std::filesystem::copy_file(fresh.file("pawl.db"), folder.file("pawl.db"));
    auto store = open_store("sqlite:" + folder.file("pawl.db") + "?vfs=faulty");
    testing::arm({n, trial.length, trial.torn});
    work(*store);
    happened = testing::fault_happened();
    for (int i = 0; i < kExecutions; ++i) {
      const auto at = static_cast<std::size_t>(i);
      EXPECT_EQ(store->journal().read(keys_[at], 1, 100).size(), durable_[at]) << "fault at " << n;
      EXPECT_EQ(store->journal().find(keys_[at]).has_value(), durable_[at] > 0);
      if (durable_[at] < 4) ++failures;
    }
    if (trial.length != kForever) testing::arm({});
    store.reset();
    testing::arm({});
    if (trial.power_cut) testing::lose_what_was_not_synced();

    store = open_store("sqlite:" + folder.file("pawl.db"));
    for (int i = 0; i < kExecutions; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const std::size_t count = store->journal().read(keys_[at], 1, 100).size();
      if (trial.length == kForever && !trial.power_cut) {
        // A disk that fails for good may still hold what it did not confirm: but only whole
        // appends.
        EXPECT_GE(count, durable_[at]);
        EXPECT_LE(count, attempted_[at]);
        EXPECT_EQ(count % 2, 0U);
      } else {
        EXPECT_EQ(count, durable_[at]) << "fault at " << n;
      }
    }
  }
  EXPECT_GT(n, 10);  // there was something to fail
  if (trial.length > 2) {
    EXPECT_GT(failures, 0);
  }
}

TEST(SqliteProblem, IsShownWhileWritesFailAndGoesWithTheNextThatSucceeds) {
  testing::register_faulty_vfs();
  testing::TemporaryFolder folder;
  testing::forget_files();
  testing::arm({});
  auto store = open_store("sqlite:" + folder.file("pawl.db") + "?vfs=faulty");
  const ExecutionKey key = testing::start(store->journal(), "x");
  testing::arm({1, kForever, false});
  EXPECT_EQ(append(store->journal(), testing::next(key, 2, states::ParallelSucceeded{})),
            AppendStatus::kFailed);
  EXPECT_NE(store->problem(), "");
  EXPECT_THROW(store->catalog().create_activity({"arn", "n", {}, {}}), StoreUnavailable);
  EXPECT_EQ(store->journal().read(key, 1, 9).size(), 1U);
  testing::arm({});
  EXPECT_EQ(append(store->journal(), testing::next(key, 2, states::ParallelSucceeded{})),
            AppendStatus::kDurable);
  EXPECT_EQ(store->problem(), "");
}

}  // namespace
}  // namespace pawl::engine
