// CloudWatch Logs, or what speaks as it does, at an endpoint URL.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "asl/json.h"
#include "engine/http/client.h"
#include "engine/logs/log_sink.h"

namespace pawl::engine {

class RemoteLogs final : public LogSink {
 public:
  // REQUIRES: `client` outlives it.
  RemoteLogs(HttpClient& client,
             std::string url,
             std::string region,
             std::function<asl::Timestamp()> now)
      : client_(client), url_(std::move(url)), region_(std::move(region)), now_(std::move(now)) {}

  void put(const std::string& group,
           const std::string& stream,
           const std::vector<LogEvent>& events) override;
  bool takes(const std::string& group) override;

 private:
  struct Answer {
    std::string error;  // its type; empty when there is none
    asl::Json body;
  };
  Answer call(const std::string& action, const asl::Json& request);

  HttpClient& client_;
  const std::string url_;
  const std::string region_;
  const std::function<asl::Timestamp()> now_;
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> made_;  // streams that are there
};

}  // namespace pawl::engine
