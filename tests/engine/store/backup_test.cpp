#include "engine/store/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/store/store.h"
#include "tests/engine/store/samples.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;
using testing::append;
using testing::next;
using testing::start;

class BackupTest : public ::testing::Test {
 protected:
  std::string refusal(const std::string& from, const std::string& to) {
    try {
      backup_database(from, to);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  testing::TemporaryFolder folder_;
  const std::string database_ = folder_.file("pawl.db");
  const std::string copy_ = folder_.file("copy.db");
};

TEST_F(BackupTest, MadeWhileOthersWriteItHoldsWholeHistoriesUpToOneInstant) {
  const auto store = open_store("sqlite:" + database_);
  Journal& journal = store->journal();
  const ExecutionKey before = start(journal, "before");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const ExecutionKey key = start(journal, "x" + std::to_string(i));
      for (states::Sequence s = 2; s < 6; ++s) {
        append(journal, next(key, s, states::ParallelFailed{}));
      }
    }
  });
  while (journal.list({}, std::nullopt, 20).size() < 20) std::this_thread::yield();
  EXPECT_GT(backup_database(database_, copy_), 0);
  stop = true;
  writer.join();
  const ExecutionKey after = start(journal, "after");

  const auto copied = open_store("sqlite:" + copy_);
  EXPECT_TRUE(copied->journal().find(before));
  EXPECT_FALSE(copied->journal().find(after));
  const auto rows = copied->journal().list({}, std::nullopt, 1'000'000);
  EXPECT_GE(rows.size(), 20U);
  for (const ExecutionRow& row : rows) {
    const auto events = copied->journal().read(row.key, 1, 100);
    EXPECT_EQ(static_cast<states::Sequence>(events.size()), row.last_sequence);
  }
}

TEST_F(BackupTest, IsOneFileForItsOwnerAlone) {
  open_store("sqlite:" + database_);
  backup_database(database_, copy_);
  struct stat found {};
  ASSERT_EQ(::stat(copy_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  int beside = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(copy_).parent_path())) {
    if (entry.path().filename().string().starts_with("copy.db")) ++beside;
  }
  EXPECT_EQ(beside, 1);
}

TEST_F(BackupTest, OverwritesNothingAndNeedsADatabase) {
  EXPECT_NE(refusal(folder_.file("none.db"), copy_).find("none.db"), std::string::npos);
  open_store("sqlite:" + database_);
  backup_database(database_, copy_);
  EXPECT_NE(refusal(database_, copy_).find("exists already"), std::string::npos);
  EXPECT_NE(refusal(database_, folder_.file("no/such/folder.db")), "");
}

TEST_F(BackupTest, OfWhatIsNoDatabaseLeavesNothing) {
  { std::ofstream(database_) << std::string(100'000, 'x'); }
  EXPECT_NE(refusal(database_, copy_), "");
  EXPECT_FALSE(fs::exists(copy_));
}

}  // namespace
}  // namespace pawl::engine
