// A folder of its own for each test, and a moment that the test says.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "asl/timestamp.h"

namespace pawl::engine {

class SecurityTest : public testing::Test {
 protected:
  SecurityTest()
      : folder_((std::filesystem::temp_directory_path() / "pawl-security-XXXXXX").string()) {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~SecurityTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  static std::string text_of(const std::string& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }

  std::string folder_;
  asl::Timestamp now_ = *asl::parse_timestamp("2026-01-15T12:00:00Z");
};

}  // namespace pawl::engine
