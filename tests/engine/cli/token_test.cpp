#include "engine/security/tokens.h"

#include <stdlib.h>

#include <filesystem>

#include "tests/engine/cli/cli.h"

namespace pawl::engine {
namespace {

class TokenCommand : public testing::Test {
 protected:
  TokenCommand()
      : folder_((std::filesystem::temp_directory_path() / "pawl-token-XXXXXX").string()) {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~TokenCommand() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  CliEnd token(std::vector<std::string> words) {
    words.insert(words.begin(), "token");
    words.insert(words.end(), {"--data", folder_});
    return pawl_cli(std::move(words));
  }
  std::string folder_;
};

TEST_F(TokenCommand, MakesATokenThatIsAloneOnItsOutput) {
  const CliEnd made = token({"create", "--name", "ci", "--scope", "run", "--expires", "30d"});
  ASSERT_EQ(made.code, kSucceeded) << made.errors;
  const std::string text = made.output.substr(0, made.output.size() - 1);
  TokenFile tokens(folder_ + "/tokens.json");
  const auto found = tokens.find(text);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "ci");
  EXPECT_EQ(found->scope, Scope::kRun);
  constexpr std::int64_t kThirtyDays = 30LL * 86'400'000;
  EXPECT_EQ(found->expires_at->ms - found->created_at.ms, kThirtyDays);
}

TEST_F(TokenCommand, ListsThemWithoutTheirTexts) {
  const std::string text = token({"create", "--name", "ci", "--scope", "read"}).output;
  const CliEnd listed = token({"list"});
  EXPECT_EQ(listed.output.substr(0, 2), "ci");
  EXPECT_NE(listed.output.find("never"), std::string::npos);
  EXPECT_EQ(listed.output.find(text.substr(5, 20)), std::string::npos);
  EXPECT_NE(token({"list", "--format", "json"}).output.find(R"("scope":"read")"),
            std::string::npos);
}

TEST_F(TokenCommand, RevokesByName) {
  token({"create", "--name", "ci", "--scope", "read"});
  EXPECT_EQ(token({"revoke", "ci"}).code, kSucceeded);
  EXPECT_EQ(token({"list"}).output, "");
  const CliEnd again = token({"revoke", "ci"});
  EXPECT_EQ(again.code, kFailed);
  EXPECT_EQ(again.errors, "pawl: there is no token ci\n");
}

TEST_F(TokenCommand, SaysWhatIsWrongWithWhatItIsAskedFor) {
  EXPECT_EQ(token({"create", "--name", "ci"}).code, kUsage);
  EXPECT_EQ(token({"create", "--name", "ci", "--scope", "all"}).code, kUsage);
  for (const char* length : {"30", "d", "0d", "1y", "1d2"}) {
    const CliEnd end = token({"create", "--name", "ci", "--scope", "run", "--expires", length});
    EXPECT_EQ(end.code, kFailed) << length;
  }
  EXPECT_EQ(token({"create", "--name", "a b", "--scope", "run"}).code, kFailed);
  EXPECT_EQ(pawl_cli({"token"}).code, kUsage);
}

}  // namespace
}  // namespace pawl::engine
