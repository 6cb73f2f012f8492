// The command line in this process: words in, exit code and output out.
#pragma once

#include <gtest/gtest.h>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/cli/command.h"

namespace pawl::engine {

struct CliEnd {
  int code = 0;
  std::string output;
  std::string errors;
};

// Puts another buffer under a stream as long as it lives.
class Redirected {
 public:
  Redirected(std::ios& stream, std::streambuf* buffer)
      : stream_(stream), before_(stream.rdbuf(buffer)) {}
  ~Redirected() { stream_.rdbuf(before_); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  std::ios& stream_;
  std::streambuf* before_;
};

inline CliEnd pawl_cli(std::vector<std::string> words, const std::string& input = "") {
  words.insert(words.begin(), "pawl");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream errors;
  const Redirected from(std::cin, in.rdbuf());
  const Redirected to(std::cout, out.rdbuf());
  const Redirected err(std::cerr, errors.rdbuf());
  CliEnd end;
  end.code = run_cli(static_cast<int>(arguments.size()), arguments.data());
  end.output = out.str();
  end.errors = errors.str();
  return end;
}

}  // namespace pawl::engine
