// pawl mock: writes what an execution's tasks were answered as a test case of a MockConfigFile.
#include <filesystem>
#include <iostream>
#include <memory>

#include "asl/text.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/definition_file.h"
#include "engine/cli/mock_recording.h"
#include "engine/cli/server_client.h"
#include "engine/connectors/mocks.h"
#include "engine/files/files.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kAllSteps = 1'000'000;

struct MockOptions {
  std::string execution;
  std::string test_case;
  std::string file;
};

// What the file holds already; an empty object when it is not there. A file that no server would
// take is refused before anything is added to it.
Json read_mocks(const std::string& file) {
  if (file.empty() || !std::filesystem::exists(file)) return Json::object();
  MockConfig::load(file);
  return std::get<Json>(asl::parse_text(read_text(file)));
}

int record(ServerClient& client, const MockOptions& options) {
  Json config = read_mocks(options.file);
  const std::string path = "/executions/" + path_segment(options.execution);
  const Json execution = client.get(path);
  const std::string machine = member_text(execution, "stateMachine");
  const std::string test_case =
      options.test_case.empty() ? member_text(execution, "name") : options.test_case;
  const RecordedMocks mocks = record_mocks(client.items(path + "/steps?pageSize=1000", kAllSteps),
                                           machine + "." + test_case + ".");
  for (const std::string& reason : mocks.left_out) std::cerr << "pawl: " << reason << "\n";
  config = with_test_case(std::move(config), machine, test_case, mocks);
  if (options.file.empty()) {
    std::cout << config.dump(2) << "\n";
    return kSucceeded;
  }
  replace_file(options.file, config.dump(2) + "\n");
  std::cout << machine << "#" << test_case << "\n";
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_mock(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto options = std::make_shared<MockOptions>();
  app.add_option("execution", options->execution, "MACHINE:NAME or ARN")->required();
  app.add_option("--case", options->test_case, "Name of the test case (default: the execution's)");
  app.add_option("--file", options->file, "MockConfigFile to add it to (default: print one)");
  return [=] {
    ServerClient client(*endpoint);
    return record(client, *options);
  };
}

}  // namespace pawl::engine
