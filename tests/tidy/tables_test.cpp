// Explicit tables of registrations are sorted, so that two people rarely add at the same place and
// nobody adds twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "tests/tidy/tree.h"

namespace pawl::tidy {
namespace {

// The rows between the line that opens the table and the next one that closes it.
struct Table {
  std::string file;
  std::string opens;      // a regular expression
  std::string row;        // its first group is the key
  std::size_t least = 5;  // fewer rows: the table was not found
};

const std::vector<Table>& tables() {
  static const std::vector<Table> kTables = {
      {"asl/intrinsics.cpp", R"(Intrinsic k\w+\[\]|kIntrinsics)", R"re(^\s*\{"(States\.\w+)")re"},
      {"engine/api/actions.cpp", R"(step_functions_actions)", R"(^\s*actions::(\w+)\()"},
      {"engine/cli/command.cpp", R"(kCommands = )", R"re(^\s*\{"([\w-]+)")re"},
      {"engine/ml/glue_actions.cpp", R"(glue_actions\()", R"re(^      \{"(\w+)")re"},
      {"engine/ml/sagemaker_actions.cpp",
       R"(sagemaker_actions\()",
       R"re(^      (?:\{|by_name\(|(?:listing|on_tags)\(s, )"(\w+)")re"},
      {"engine/server/config.cpp", R"(kSetters = )", R"re(^\s*\{"([\w-]+)")re"},
      {"tests/tidy/includes_test.cpp", R"(kRule = )", R"re(^      \{"([\w/]+)")re"},
  };
  return kTables;
}

const SourceFile* find_file(const std::string& path) {
  for (const SourceFile& file : cpp_files()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

std::vector<std::string> keys_of(const SourceFile& file, const Table& table) {
  const std::regex opens(table.opens);
  const std::regex row(table.row);
  std::vector<std::string> keys;
  bool is_open = false;
  for (const std::string& line : file.lines) {
    if (!is_open) {
      is_open = std::regex_search(line, opens);
      continue;
    }
    if (line == "}" || line == "};" || line == "  };") break;
    std::smatch match;
    if (std::regex_search(line, match, row)) keys.push_back(match[1].str());
  }
  return keys;
}

TEST(Tables, AreSortedAndHoldNothingTwice) {
  for (const Table& table : tables()) {
    const SourceFile* file = find_file(table.file);
    ASSERT_NE(file, nullptr) << table.file;
    const std::vector<std::string> keys = keys_of(*file, table);
    EXPECT_GE(keys.size(), table.least) << table.file << ": the table was not found";
    const auto disorder = std::adjacent_find(
        keys.begin(), keys.end(), [](const std::string& a, const std::string& b) {
          return a >= b;
        });
    EXPECT_EQ(disorder, keys.end()) << table.file << ": after " << *disorder;
  }
}

}  // namespace
}  // namespace pawl::tidy
