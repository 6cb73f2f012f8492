#include "tests/end_to_end/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/places.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> environment_of_clients() {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string variable(*each);
    // No endpoint, profile or proxy of whoever runs the tests.
    if (variable.starts_with("AWS_") || variable.starts_with("PAWL_")) continue;
    variables.push_back(variable);
  }
  variables.insert(variables.end(),
                   {"AWS_ACCESS_KEY_ID=pawl",
                    "AWS_SECRET_ACCESS_KEY=pawl",
                    "AWS_DEFAULT_REGION=us-east-1",
                    "AWS_PAGER=",
                    "AWS_EC2_METADATA_DISABLED=true",
                    "AWS_CONFIG_FILE=/dev/null",
                    "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
                    "no_proxy=127.0.0.1"});
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = ::testing::TempDir() + "pawl-e2e-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

ProgramEnd run_program(const std::vector<std::string>& arguments, std::chrono::seconds patience) {
  const TemporaryFolder folder;
  std::vector<std::string> words = {
      "/usr/bin/timeout", "-k", "5", std::to_string(patience.count())};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_of_clients();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  const std::string output = folder.file("output");
  const std::string errors = folder.file("errors");
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), kCreate, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), kCreate, 0600);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid,
                                 words[0].c_str(),
                                 &actions,
                                 nullptr,
                                 pointers_to(words).data(),
                                 pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot run " + words[0]);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, read_file(output), read_file(errors)};
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + " cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(path + " cannot be written");
}

std::string source_path(const std::string& name) {
  return std::string(test::kSourceFolder) + "/" + name;
}

std::string missing_packages() {
  std::string missing;
  const auto needs = [&missing](const std::vector<std::string>& probe, const std::string& package) {
    if (run_program(probe).exit_code != 0) missing += " " + package;
  };
  needs({"/usr/bin/python3", "-c", "import boto3"}, "python3-boto3");
  needs({"/usr/bin/python3", "-c", "import sklearn"}, "python3-sklearn");
  if (!fs::exists("/usr/bin/aws")) missing += " awscli";
  if (!fs::exists("/usr/bin/curl")) missing += " curl";
  return missing.empty() ? "" : "run: apt-get install" + missing;
}

}  // namespace pawl::engine
