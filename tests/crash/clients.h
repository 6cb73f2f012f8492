// Clients that start executions, wait for their ends and look at what came of them, whatever
// happens to the server meanwhile.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/http/client.h"
#include "tests/crash/observer.h"
#include "tests/crash/workload.h"

namespace pawl::crash {

class Clients {
 public:
  Clients(std::string url, Ledger& ledger, Silence& silence)
      : url_(std::move(url)), ledger_(ledger), silence_(silence) {}
  ~Clients();

  void create(const Workload& workload);
  // In a thread of its own, one execution after the other.
  void keep_running(const Workload& workload, int client);
  // No new ones; returns when those that run have ended.
  void finish();
  // How it has ended; nullopt when there is no such execution, or none that has ended.
  std::optional<Ending> ending_of(const std::string& execution);
  // Names of executions of this workload that were acknowledged.
  std::vector<std::string> started(const std::string& workload);

 private:
  struct Answer {
    int status = 0;
    Json body;
  };
  // Asks until somebody answers.
  Answer action(const std::string& name, const Json& request);
  std::optional<Answer> action_once(const std::string& name, const Json& request);
  void run_one(const Workload& workload, const std::string& name);
  Json history_of(const std::string& execution);

  const std::string url_;
  Ledger& ledger_;
  Silence& silence_;
  engine::HttpClient http_;
  std::atomic<bool> finishing_ = false;
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> started_;  // workload, name
  std::vector<std::thread> threads_;
};

}  // namespace pawl::crash
