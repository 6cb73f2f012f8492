// Each error that the server gives as application/problem+json links to a page that explains it.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/tidy/tree.h"

namespace pawl::tidy {
namespace {

// "StateMachineDoesNotExist" -> "state-machine-does-not-exist", as the server makes the name.
std::string problem_name(const std::string& error) {
  std::string name;
  for (const char c : error) {
    const bool is_upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (is_upper && !name.empty()) name += '-';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

void collect(const std::string& text,
             const std::regex& pattern,
             bool is_error,
             const std::string& file,
             std::map<std::string, std::string>& names) {
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern);
       at != std::sregex_iterator();
       ++at) {
    names.emplace(is_error ? problem_name((*at)[1]) : (*at)[1].str(), file);
  }
}

// Name to the file that gives it.
std::map<std::string, std::string> problems_given() {
  const std::regex own(R"re(\.name = "([a-z-]+)")re");
  const std::regex refusal(R"re(\{Refusal::\w+,\s*"([a-z-]+)")re");
  const std::regex error(R"re((?:ServiceError(?:\s+\w+)?\{|service_error\()\s*"([A-Z]\w+)")re");
  std::map<std::string, std::string> names;
  for (const SourceFile& file : cpp_files()) {
    if (!file.path.starts_with("engine/api/") && !file.path.starts_with("engine/security/") &&
        !file.path.starts_with("engine/http/") && !file.path.starts_with("engine/server/") &&
        !file.path.starts_with("engine/ml/")) {
      continue;
    }
    std::string text;
    for (const std::string& line : file.lines) text += line + "\n";
    collect(text, own, false, file.path, names);
    collect(text, refusal, false, file.path, names);
    collect(text, error, true, file.path, names);
  }
  return names;
}

std::set<std::string> problems_explained() {
  std::ifstream in(source_root() + "/docs/problems.md");
  std::set<std::string> names;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) names.insert(line.substr(3));
  }
  return names;
}

TEST(Problems, HaveAPageEach) {
  const auto given = problems_given();
  const auto explained = problems_explained();
  EXPECT_GT(given.size(), 40u) << "they were not found";
  for (const auto& [name, file] : given) {
    EXPECT_TRUE(explained.contains(name)) << name << " of " << file << ": docs/problems.md";
  }
}

TEST(Problems, ArePutInOrder) {
  std::ifstream in(source_root() + "/docs/problems.md");
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("## ")) continue;
    EXPECT_LT(last, line);
    last = line;
  }
}

}  // namespace
}  // namespace pawl::tidy
