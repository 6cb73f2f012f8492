// On a real file system, with a real umask and real trouble.
#include "engine/files/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "pawl-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_))
      found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }
  static mode_t mode_of(const std::string& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }
  // The errno of a call that throws one.
  template <typename Call>
  static int error_of(const Call& call) {
    try {
      call();
    } catch (const std::system_error& error) {
      return error.code().value();
    }
    return 0;
  }

  fs::path folder_;
};

TEST_F(Files, AreReplacedAsAWholeAndLeaveNothingBeside) {
  replace_file(path("f"), "one");
  EXPECT_EQ(read_file(path("f")), "one");
  const Fd before(::open(path("f").c_str(), O_RDONLY));
  replace_file(path("f"), "another");
  EXPECT_EQ(read_file(path("f")), "another");
  char byte = 0;
  EXPECT_EQ(::pread(before.get(), &byte, 1, 0), 1);
  EXPECT_EQ(byte, 'o') << "who reads the old one goes on reading it";
  EXPECT_EQ(names(), std::vector<std::string>{"f"});
}

TEST_F(Files, HaveTheModeThatTheyAreMadeWith) {
  std::ofstream(path("f")) << "open to all";
  fs::permissions(path("f"), fs::perms(0666));
  replace_file(path("f"), "secret", {.mode = 0600});
  EXPECT_EQ(mode_of(path("f")), 0600U);
}

TEST_F(Files, AreMadeAnewWhereACrashLeftADraft) {
  std::ofstream(path("f.new")) << "half of a longer on";
  fs::permissions(path("f.new"), fs::perms(0666));
  replace_file(path("f"), "whole", {.mode = 0600, .scratch = path("f.new")});
  EXPECT_EQ(read_file(path("f")), "whole");
  EXPECT_EQ(mode_of(path("f")), 0600U);
  EXPECT_EQ(names(), std::vector<std::string>{"f"});
}

TEST_F(Files, AreNotWrittenThroughALinkThatSomebodyPutThere) {
  std::ofstream(path("victim")) << "mine";
  fs::create_symlink(path("victim"), path("f.new"));
  replace_file(path("f"), "secret", {.scratch = path("f.new")});
  EXPECT_EQ(read_file(path("victim")), "mine");
  EXPECT_EQ(read_file(path("f")), "secret");
}

TEST_F(Files, ArePreparedBeforeTheyHaveTheirContent) {
  off_t size = -1;
  replace_file(path("f"), "text", {.prepare = [&](int fd) { size = ::lseek(fd, 0, SEEK_END); }});
  EXPECT_EQ(size, 0);
  EXPECT_EQ(read_file(path("f")), "text");
  const auto refuse = [](int) { throw std::runtime_error("no"); };
  EXPECT_THROW(replace_file(path("f"), "other", {.prepare = refuse}), std::runtime_error);
  EXPECT_EQ(read_file(path("f")), "text");
  EXPECT_EQ(names(), std::vector<std::string>{"f"});
}

TEST_F(Files, ThatCannotTakeTheirNameStayAsTheyWere) {
  fs::create_directories(path("taken/by-a-folder"));
  EXPECT_NE(error_of([&] { replace_file(path("taken"), "text"); }), 0);
  EXPECT_EQ(names(), std::vector<std::string>{"taken"});
  EXPECT_EQ(error_of([&] { replace_file(path("nowhere/f"), "text"); }), ENOENT);
}

TEST_F(Files, AreMadeOnceWhereOnlyANewOneWillDo) {
  EXPECT_TRUE(write_new_file(path("f"), "first"));
  EXPECT_FALSE(write_new_file(path("f"), "second"));
  EXPECT_EQ(read_file(path("f")), "first");
  EXPECT_EQ(names(), std::vector<std::string>{"f"});
}

TEST_F(Files, ThatAreNotThereAreNoTroubleAndFoldersAre) {
  EXPECT_EQ(read_file(path("f")), std::nullopt);
  EXPECT_EQ(read_file(path("f/g")), std::nullopt);
  EXPECT_EQ(error_of([&] { read_file(folder_.string()); }), EISDIR);
}

TEST_F(Files, HaveTheirFoldersMade) {
  make_folders(path("a/b/c"));
  EXPECT_TRUE(fs::is_directory(path("a/b/c")));
  EXPECT_EQ(mode_of(path("a")) & 0700U, 0700U);
  make_folders(path("a/b/c"));
  replace_file(path("f"), "");
  EXPECT_EQ(error_of([&] { make_folders(path("f")); }), EEXIST);
  EXPECT_NE(error_of([&] { make_folders(path("f/g")); }), 0);
  sync_folder(path("gone"));
}

TEST(WriteAll, SaysThatADiskIsFull) {
  const Fd full(::open("/dev/full", O_WRONLY));
  if (!full) GTEST_SKIP() << "no /dev/full";
  EXPECT_FALSE(try_write_all(full.get(), "x"));
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_THROW(write_all(full, "x"), std::system_error);
}

TEST(ParentFolder, IsTheOneThatANameIsIn) {
  EXPECT_EQ(parent_folder("a/b/c"), "a/b");
  EXPECT_EQ(parent_folder("/c"), "/");
  EXPECT_EQ(parent_folder("c"), ".");
}

TEST(Descriptor, IsClosedWithItsOwnerAndMovesWithIt) {
  int number = -1;
  {
    Fd first(::open("/dev/null", O_RDONLY));
    number = first.get();
    const Fd second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(second.get(), number);
    EXPECT_NE(::fcntl(number, F_GETFD), -1);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace pawl::engine
