// pawl jobs, logs: what the local runtime of a server does and did.
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "asl/text.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr auto kFollowEvery = std::chrono::milliseconds(300);

int list_jobs(ServerClient& client, bool json) {
  const Json items = client.get("/jobs?pageSize=200").at("items");
  if (!json) std::cout << "STATUS       CREATED                   JOB\n";
  for (const Json& item : items) {
    if (json) {
      std::cout << asl::to_text(item) << "\n";
      continue;
    }
    std::string status = item.value("status", "");
    status.resize(std::max<std::size_t>(status.size(), 13), ' ');
    std::cout << status << item.value("createdAt", "") << "  " << item.value("id", "");
    if (item.contains("reason")) std::cout << "  " << item.value("reason", "");
    std::cout << "\n";
  }
  return kSucceeded;
}

bool runs(ServerClient& client, const std::string& job) {
  const std::string status = client.get("/jobs/" + job).value("status", "");
  return status == "InProgress" || status == "STARTING" || status == "RUNNING" ||
         status == "Creating" || status == "InService" || status == "Stopping" ||
         status == "STOPPING";
}

int show_log(ServerClient& client, const std::string& job, bool follow) {
  std::size_t offset = 0;
  for (;;) {
    const bool more = follow && runs(client, job);
    const HttpResponse page = client.raw("/jobs/" + job + "/logs?offset=" + std::to_string(offset));
    std::cout << page.body << std::flush;
    offset += page.body.size();
    if (!more) return kSucceeded;
    std::this_thread::sleep_for(kFollowEvery);
  }
}

}  // namespace

std::function<int()> declare_jobs(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  return [=] {
    ServerClient client(*endpoint);
    return list_jobs(client, *format == "json");
  };
}

std::function<int()> declare_logs(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto job = std::make_shared<std::string>();
  auto follow = std::make_shared<bool>(false);
  app.add_option("job", *job, "As `pawl jobs` names it: training/NAME, glue/RUN, endpoint/NAME")
      ->required();
  app.add_flag("-f,--follow", *follow, "Go on until the job has ended");
  return [=] {
    ServerClient client(*endpoint);
    return show_log(client, percent_encode(*job, "/"), *follow);
  };
}

}  // namespace pawl::engine
