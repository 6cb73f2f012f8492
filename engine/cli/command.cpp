#include "engine/cli/command.h"

#include <exception>
#include <iostream>

#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands = {
      {"api", "Ask a server for any resource of its REST API", declare_api},
      {"artifact", "List, get and put artifacts, and show what was made of what", declare_artifact},
      {"backup", "Copy the database of a data folder, also while its server runs", declare_backup},
      {"diff", "Compare two executions step by step", declare_diff},
      {"eval", "Evaluate expressions: JSONPath and intrinsic functions", declare_eval},
      {"executions", "List the executions of a server", declare_executions},
      {"export", "Write an execution with its history to a file", declare_export},
      {"fork", "Start an execution from a step that another has taken", declare_fork},
      {"history", "Show the events of an execution", declare_history},
      {"inspect", "Show what pawl export has written, step by step", declare_inspect},
      {"job-supervisor", "Run one job of the local runtime", declare_job_supervisor, true},
      {"jobs", "List the training jobs and Glue runs of a server", declare_jobs},
      {"logs", "Show the log of a job or endpoint", declare_logs},
      {"map-runs", "List the Distributed Maps of an execution", declare_map_runs},
      {"mock", "Write what the tasks of an execution were answered as a test case", declare_mock},
      {"models", "List models, register versions of them, approve and name these", declare_models},
      {"redrive", "Go on with an execution where it was unsuccessful", declare_redrive},
      {"replay", "Show an execution as it was at an event", declare_replay},
      {"run", "Run one state machine to its end, here and now", declare_run},
      {"runs", "Training runs: list, compare and log to them", declare_runs},
      {"schedule", "Start executions by time: make, list and run schedules", declare_schedule},
      {"schema", "Write the JSON Schema of definitions, for editors", declare_schema},
      {"serve", "Start the server", declare_serve},
      {"steps", "Show each step of an execution with its input and output", declare_steps},
      {"token", "Make, list and revoke the tokens of a server", declare_token},
      {"validate", "Check state machine definitions", declare_validate},
  };
  return kCommands;
}

int run_cli(int argc, char** argv) {
  CLI::App app("Pawl runs Amazon States Language state machines, durably and on your own machine.",
               "pawl");
  app.require_subcommand(1);
  app.set_version_flag("--version", "pawl " PAWL_VERSION);
  int code = kSucceeded;
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    if (command.hidden) sub->group("");
    sub->callback([&code, run = command.declare(*sub)] { code = run(); });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSucceeded : kUsage;
  } catch (const Unreachable& error) {
    std::cerr << "pawl: " << error.what() << "\n";
    return kUnreachable;
  } catch (const std::exception& error) {
    std::cerr << "pawl: " << error.what() << "\n";
    return kFailed;
  }
  return code;
}

}  // namespace pawl::engine
