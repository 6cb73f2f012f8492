// One subcommand of `pawl`: a row of the table that makes parser and help.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace pawl::engine {

// Exit codes that scripts may rely on.
enum ExitCode : int {
  kSucceeded = 0,
  kFailed = 1,  // the command did its work and the answer is no: an execution failed, a definition
                // is invalid
  kUsage = 2,   // the command line is wrong
  kUnreachable = 3,  // no server answers
};

struct Command {
  std::string name;
  std::string summary;
  // Declares options on `app` and returns what runs the command; its value is the exit code.
  std::function<std::function<int()>(CLI::App& app)> declare;
  bool hidden = false;
};

// Sorted by name.
const std::vector<Command>& commands();

// The whole program. Errors go to standard error.
int run_cli(int argc, char** argv);

}  // namespace pawl::engine
