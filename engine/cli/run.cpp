#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <iostream>
#include <memory>

#include "asl/parse.h"
#include "asl/text.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/definition_file.h"
#include "engine/cli/live_tree.h"
#include "engine/cli/server_client.h"
#include "engine/http/aws_json.h"
#include "engine/server/server.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr const char* kRole = "arn:aws:iam::123456789012:role/pawl-run";

struct RunOptions {
  std::string file;
  std::string input = "{}";
  std::string data;
  std::string config_file;
  bool quiet = false;
  bool virtual_time = false;
};

// A data folder that goes when the run is over, unless the user named one.
class DataFolder {
 public:
  explicit DataFolder(const std::string& wanted) : path_(wanted), temporary_(wanted.empty()) {
    if (!temporary_) return;
    std::string name = (fs::temp_directory_path() / "pawl-run-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no temporary folder can be made");
    path_ = name;
  }
  ~DataFolder() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool temporary_;
};

// A machine of this name with another definition is from an earlier run in the same data folder.
std::string deploy(ServerClient& client, const std::string& name, const std::string& definition) {
  const std::string arn = "arn:aws:states:us-east-1:123456789012:stateMachine:" + name;
  Json request = {{"name", name}, {"definition", definition}, {"roleArn", kRole}};
  try {
    return client.action("AWSStepFunctions.CreateStateMachine", request)
        .at("stateMachineArn")
        .get<std::string>();
  } catch (const std::runtime_error&) {
    request = {{"stateMachineArn", arn}, {"definition", definition}};
    client.action("AWSStepFunctions.UpdateStateMachine", request);
    return arn;
  }
}

std::string machine_name(const std::string& file) {
  std::string name = fs::path(file).stem().string();
  if (name.ends_with(".asl")) name.resize(name.size() - 4);
  for (char& c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    if (!plain) c = '-';
  }
  return name.empty() ? "run" : name.substr(0, 80);
}

int report(const states::Outcome& outcome) {
  if (outcome.status == states::Status::kSucceeded) {
    std::cout << (outcome.output ? outcome.output->text() : "null") << std::endl;
    return kSucceeded;
  }
  std::cerr << states::to_string(outcome.status);
  if (outcome.error.name) std::cerr << ": " << *outcome.error.name;
  if (outcome.error.cause) std::cerr << ": " << *outcome.error.cause;
  std::cerr << std::endl;
  return kFailed;
}

// SIGINT ends the execution, not just the terminal's patience.
int run_to_end(Server& server,
               ServerClient& client,
               const RunOptions& options,
               const std::string& definition) {
  const std::string machine = deploy(client, machine_name(options.file), definition);
  auto tree = std::make_shared<LiveTree>(std::cerr, !options.quiet && isatty(STDERR_FILENO) == 1);
  const std::string execution_name = new_uuid();
  const std::string expected =
      "arn:aws:states:us-east-1:123456789012:execution:" + machine.substr(machine.rfind(':') + 1) +
      ":" + execution_name;
  if (!options.quiet) {
    // To all: the execution does not exist yet, and its first events must not be missed.
    server.engine().listen("", [tree, expected](const Recorded& recorded) {
      if (recorded.info.arn != expected) return;
      for (const states::Event& event : recorded.events) tree->add(event);
    });
  }
  const Json started = client.action("AWSStepFunctions.StartExecution",
                                     {{"stateMachineArn", machine},
                                      {"name", execution_name},
                                      {"input", text_or_file(options.input)}});
  const std::string arn = started.at("executionArn").get<std::string>();
  std::promise<states::Outcome> ended;
  server.engine().watch(arn,
                        [&ended](const states::Outcome& outcome) { ended.set_value(outcome); });
  const states::Outcome outcome = ended.get_future().get();
  tree->finish();
  return report(outcome);
}

int run(const RunOptions& options) {
  const DefinitionFile file = read_definition(options.file);
  const asl::Parsed parsed = asl::parse_definition(file.json);
  if (!parsed.machine) {
    std::cerr << asl::invalid_definition_message(parsed.diagnostics) << "\n";
    return kFailed;
  }
  spdlog::set_default_logger(spdlog::stderr_color_mt("pawl"));
  spdlog::set_level(spdlog::level::warn);
  signal(SIGPIPE, SIG_IGN);
  const DataFolder data(options.data);
  Config config;
  read_environment(config);
  if (!options.config_file.empty()) read_config_file(options.config_file, config);
  config.region = "us-east-1";
  config.account = "123456789012";
  config.data_folder = data.path();
  config.port = 0;
  config.virtual_time = options.virtual_time;
  Server server(config);
  ServerClient client(server.url());
  return run_to_end(server, client, options, file.json);
}

}  // namespace

std::function<int()> declare_run(CLI::App& app) {
  auto options = std::make_shared<RunOptions>();
  app.add_option("file", options->file, "Definition, JSON or YAML")->required();
  app.add_option("--input", options->input, "Input as JSON, or @FILE")->capture_default_str();
  app.add_option(
      "--data", options->data, "Data folder to keep everything in (default: a temporary one)");
  app.add_option("--config", options->config_file, "Configuration file (TOML): functions and more");
  app.add_flag("--virtual-time", options->virtual_time, "End waits at once, by a clock that jumps");
  app.add_flag("-q,--quiet", options->quiet, "Print the output only");
  return [options] { return run(*options); };
}

}  // namespace pawl::engine
