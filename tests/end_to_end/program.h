// Programs that the tests run as a user would: arguments in, exit code and output out.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pawl::engine {

// Gone with everything in it when the test is over.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

struct ProgramEnd {
  int exit_code = -1;  // 124: took too long
  std::string output;
  std::string errors;
};

// The environment is the tests' own with credentials and a region for AWS clients added.
ProgramEnd run_program(const std::vector<std::string>& arguments,
                       std::chrono::seconds patience = std::chrono::seconds(100));

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

// The tree of sources: "examples/digits/pipeline.py" -> absolute path.
std::string source_path(const std::string& name);

// What is missing for tests that run Python or the AWS CLI, with how to get it; empty when nothing.
std::string missing_packages();

}  // namespace pawl::engine
