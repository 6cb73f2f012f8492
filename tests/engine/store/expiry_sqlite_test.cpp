#include <gtest/gtest.h>

#include "engine/store/sqlite_db.h"
#include "engine/store/store.h"
#include "tests/engine/store/samples.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using testing::append;
using testing::ending;
using testing::new_execution;
using testing::next;
using testing::start;

TEST(ExpirySqlite, EventsLeftOverByACrashGoWithTheNextStepAndNoRowStays) {
  const testing::TemporaryFolder folder;
  const std::string machine = new_execution("x").info.state_machine_arn;
  const auto rows = [&](const char* sql) {
    Database database(folder.file("pawl.db"), Database::Mode::kReadOnly);
    Query query(database, sql);
    return query.step() ? query.integer(0) : -1;
  };
  {
    const auto store = open_store("sqlite:" + folder.file("pawl.db"));
    const ExecutionKey key = start(store->journal(), "long");
    for (states::Sequence i = 2; i < 40; ++i) {
      append(store->journal(), next(key, i, states::ParallelFailed{}));
    }
    append(store->journal(), ending(key, 40));
    start(store->journal(), "newest");
    EXPECT_TRUE(store->expiry().remove_some(machine, {1'000'000'000'000'000}, 10).more);
  }
  EXPECT_EQ(rows("SELECT count(*) FROM removed"), 1);
  EXPECT_EQ(rows("SELECT count(*) FROM event"), 31);
  const auto store = open_store("sqlite:" + folder.file("pawl.db"));
  EXPECT_GT(store->journal().new_key(), 2);
  EXPECT_FALSE(store->expiry().remove_some(machine, {0}, 1'000).more);
  EXPECT_EQ(rows("SELECT count(*) FROM removed"), 0);
  EXPECT_EQ(rows("SELECT count(*) FROM event"), 1);
}

}  // namespace
}  // namespace pawl::engine
