// Words that are not used, and how long files and lines may be.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/tidy/tree.h"

namespace pawl::tidy {
namespace {

constexpr std::size_t kFileLinesMax = 500;

// A word, why not, and the files that have a reason.
struct Banned {
  std::string pattern;
  std::string why;
  std::map<std::string, std::string> reasons;
};

const std::vector<Banned>& banned() {
  static const std::vector<Banned> kBanned = {
      {R"(\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\()",
       "a thread that sleeps cannot be woken: wait for what you wait for",
       {{"engine/cli/jobs.cpp", "pawl logs -f looks for new lines"}}},
      {R"(\bsystem_clock\s*::\s*now\b|\btime\s*\(\s*(0|NULL|nullptr)\s*\)|\bgettimeofday\b)",
       "time comes from Clock, so that a test can own it",
       {{"engine/connectors/sdk_answer.cpp", "the Date header of the answer it writes down"},
        {"engine/http/response_head.cpp", "the Date header"},
        {"engine/runtime/system_world.cpp", "SystemClock is the clock"},
        {"engine/jobs/posix.cpp",
         "a supervisor is a process of its own and stamps its log lines"}}},
      {R"(\b(s?rand|random|drand48)\s*\()", "randomness comes from Entropy", {}},
      {R"(\busing namespace\s+std\b)", "say std::", {}},
  };
  return kBanned;
}

// Longer than a file should be.
const std::map<std::string, std::string>& long_files() {
  static const std::map<std::string, std::string> kLong = {};
  return kLong;
}

bool is_product(const SourceFile& file) {
  return file.folder() != "tests" && file.folder() != "bench";
}

TEST(Words, BannedOnesAreNotUsed) {
  for (const Banned& each : banned()) {
    const std::regex pattern(each.pattern);
    for (const SourceFile& file : cpp_files()) {
      if (!is_product(file) || each.reasons.contains(file.path)) continue;
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        EXPECT_FALSE(std::regex_search(without_comment(file.lines[i]), pattern))
            << file.path << ":" << i + 1 << ": " << file.lines[i] << "\n  " << each.why;
      }
    }
  }
}

TEST(Words, NothingIsLeftForLater) {
  // In two parts, so that this file does not find itself.
  const std::regex later(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  for (const SourceFile& file : cpp_files()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(file.lines[i], later))
          << file.path << ":" << i + 1 << ": " << file.lines[i];
    }
  }
}

TEST(Words, FilesAreShortOrHaveAReason) {
  for (const SourceFile& file : cpp_files()) {
    if (!is_product(file) || long_files().contains(file.path)) continue;
    EXPECT_LE(file.lines.size(), kFileLinesMax) << file.path;
  }
}

TEST(Words, FilesWithAReasonToBeLongAreLong) {
  for (const SourceFile& file : cpp_files()) {
    if (long_files().contains(file.path)) {
      EXPECT_GT(file.lines.size(), kFileLinesMax) << file.path << " needs no reason any more";
    }
  }
}

TEST(Words, LinesEndWithoutBlanksAndHoldNoTabs) {
  for (const SourceFile& file : cpp_files()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      const bool clean =
          line.find('\t') == std::string::npos && !line.ends_with(' ') && !line.ends_with('\r');
      EXPECT_TRUE(clean) << file.path << ":" << i + 1;
    }
  }
}

}  // namespace
}  // namespace pawl::tidy
