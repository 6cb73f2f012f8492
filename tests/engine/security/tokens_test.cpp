#include "engine/security/tokens.h"

#include <sys/stat.h>

#include <thread>

#include "tests/engine/security/clock_and_folder.h"

namespace pawl::engine {
namespace {

class Tokens : public SecurityTest {
 protected:
  std::string create(const std::string& name, Scope scope = Scope::kRun) {
    return other_.create({name, scope, now_, std::nullopt});
  }
  // "" when it is done.
  std::string refusal(const std::string& name) {
    try {
      create(name);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  TokenFile other_{file("tokens.json")};  // as another process has it
  TokenFile tokens_{file("tokens.json")};
};

TEST_F(Tokens, AreFoundByTheirTextAlone) {
  const std::string text = create("ci");
  EXPECT_TRUE(text.starts_with("pawl_"));
  EXPECT_EQ(text.size(), 5U + 43U);
  const auto found = tokens_.find(text);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "ci");
  EXPECT_EQ(found->scope, Scope::kRun);
  EXPECT_FALSE(tokens_.find("ci"));
  EXPECT_FALSE(tokens_.find(text + "x"));
  EXPECT_FALSE(tokens_.find(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(tokens_.find(found->sha256));
  EXPECT_FALSE(tokens_.find(""));
}

TEST_F(Tokens, AreKeptAsTheirHashInAFileThatOnlyItsOwnerReads) {
  const std::string text = create("ci");
  EXPECT_EQ(text_of(file("tokens.json")).find(text.substr(5)), std::string::npos);
  struct stat status {};
  ASSERT_EQ(::stat(file("tokens.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Tokens, AreMadeBeforeThereIsADataFolder) {
  TokenFile early(file("not/yet/tokens.json"));
  EXPECT_TRUE(early.find(early.create({"first", Scope::kAdmin, now_, std::nullopt})));
}

TEST_F(Tokens, OfAnotherProcessCountAtOnceAndEndAtOnce) {
  EXPECT_FALSE(tokens_.find("pawl_nothing"));
  const std::string first = create("first");
  const std::string second = create("second", Scope::kAdmin);
  EXPECT_NE(first, second);
  EXPECT_TRUE(tokens_.find(first));
  EXPECT_TRUE(tokens_.find(second));
  EXPECT_TRUE(other_.revoke("first"));
  EXPECT_FALSE(tokens_.find(first));
  EXPECT_TRUE(tokens_.find(second));
  EXPECT_FALSE(other_.revoke("first"));
}

TEST_F(Tokens, HaveANameOfTheirOwn) {
  EXPECT_EQ(refusal("ci.build_1-a"), "");
  EXPECT_NE(refusal("ci.build_1-a").find("already"), std::string::npos);
  for (const char* name : {"", "a b", "a/b", "\n"}) EXPECT_NE(refusal(name), "") << name;
  EXPECT_NE(refusal(std::string(81, 'a')), "");
}

TEST_F(Tokens, ExpireWhenTheySay) {
  const asl::Timestamp end{now_.ms + 1000};
  const std::string text = other_.create({"short", Scope::kRead, now_, end});
  const auto found = tokens_.find(text);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->is_expired(now_));
  EXPECT_FALSE(found->is_expired({end.ms - 1}));
  EXPECT_TRUE(found->is_expired(end));
}

TEST_F(Tokens, CountAsBeforeWhileTheFileCannotBeRead) {
  const std::string text = create("ci");
  ASSERT_TRUE(tokens_.find(text));
  write(file("tokens.json"), "{");
  EXPECT_TRUE(tokens_.find(text));
  EXPECT_THROW(tokens_.list(), std::runtime_error);
  // An end that cannot be read is no "never".
  write(
      file("tokens.json"),
      R"({"tokens":[{"name":"a","scope":"admin","createdAt":"2026-01-01T00:00:00Z","expiresAt":1,)"
      R"("sha256":")" +
          std::string(64, 'a') + "\"}]}");
  EXPECT_THROW(tokens_.list(), std::runtime_error);
}

TEST_F(Tokens, MadeByManyAtOnceAreAllKept) {
  constexpr int kThreads = 4;
  constexpr int kEach = 8;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      TokenFile own(file("tokens.json"));
      for (int i = 0; i < kEach; ++i) {
        own.create({std::to_string(t) + "." + std::to_string(i), Scope::kRead, now_, std::nullopt});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tokens_.list().size(), static_cast<std::size_t>(kThreads * kEach));
}

}  // namespace
}  // namespace pawl::engine
