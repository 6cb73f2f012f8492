// A pawl server as a process of its own: started, killed, started again on the same port and data.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/http/message.h"
#include "tests/end_to_end/program.h"

namespace pawl::engine {

using asl::Json;

struct Answer {
  int status = 0;  // 0: nobody answered
  std::string body;
  Headers headers = {};
  Json json() const;  // throws when it is none
};

class ServerProcess {
 public:
  // Starts and waits until it says that it is ready. `options` are added to `pawl serve`.
  explicit ServerProcess(std::vector<std::string> options = {});
  // Stops the server, and the jobs and endpoints it has started.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& url() const { return url_; }
  std::string log() const;
  // A file below the data folder.
  std::string data(const std::string& name) const { return folder_.file("data/" + name); }

  void kill9();
  void hang_up() const;    // SIGHUP
  void terminate() const;  // SIGTERM
  int await_exit();        // its exit code; -1: none within 20 s, or killed
  void start();            // REQUIRES: it does not run
  // The same, but it dies this long after its process was made, ready or not.
  void start_and_kill9(std::chrono::milliseconds after);

  // An action of the AWS protocols: target "AWSStepFunctions.StartExecution".
  Answer action(const std::string& target, const Json& request) const;
  Answer get(const std::string& path, const Headers& headers = {}) const;
  Answer post(const std::string& path, const Json& body, const Headers& headers = {}) const;
  Answer put(const std::string& path, const std::string& body) const;
  // "VmRSS", "VmHWM": of the process, in bytes.
  std::int64_t memory(const std::string& figure) const;

 private:
  void launch();
  std::string wait_until_ready();
  void kill_jobs() const;

  TemporaryFolder folder_;
  std::vector<std::string> options_;
  std::string url_;
  int starts_ = 0;
  pid_t pid_ = 0;
};

// Whether the server's memory is a sanitizer's for the most part.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// Until `holds` does, looking every few milliseconds. False when that takes longer than `patience`.
bool eventually(const std::function<bool()>& holds,
                std::chrono::seconds patience = std::chrono::seconds(90));

}  // namespace pawl::engine
