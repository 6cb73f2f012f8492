// Every C++ file is as clang-format makes it, where there is a clang-format.
#include <gtest/gtest.h>
#include <stdio.h>

#include <array>
#include <filesystem>

#include "tests/tidy/tree.h"

namespace pawl::tidy {
namespace {

constexpr const char* kFormatter = "/usr/bin/clang-format";

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot run " + command;
  std::array<char, 4096> buffer{};
  while (const std::size_t read = ::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), read);
  }
  ::pclose(pipe);
  return output;
}

TEST(Format, IsThatOfClangFormat) {
  if (!std::filesystem::exists(kFormatter)) GTEST_SKIP() << "no " << kFormatter;
  std::string command =
      "cd '" + source_root() + "' && " + kFormatter + " --dry-run -ferror-limit=1";
  for (const SourceFile& file : cpp_files()) command += " '" + file.path + "'";
  EXPECT_EQ(output_of(command + " 2>&1 | grep 'warning:' | cut -d: -f1 | sort -u"), "")
      << "run clang-format -i on these";
}

}  // namespace
}  // namespace pawl::tidy
