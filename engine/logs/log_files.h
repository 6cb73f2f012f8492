// Log groups as folders and streams as files, one JSON object a line:
// {"timestamp": ms, "ingestionTime": ms, "message": text}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/logs/log_sink.h"

namespace pawl::engine {

struct StoredLogEvent {
  asl::Timestamp at{};
  asl::Timestamp taken_at{};
  std::string message;
  std::uint64_t position = 0;  // where its line begins in the stream's file
  std::uint64_t next = 0;      // and where the next one does
};

class LogFiles final : public LogSink {
 public:
  explicit LogFiles(std::filesystem::path folder, std::function<asl::Timestamp()> now)
      : folder_(std::move(folder)), now_(std::move(now)) {}

  // The group, too, is made when it is not there.
  void put(const std::string& group,
           const std::string& stream,
           const std::vector<LogEvent>& events) override;
  bool takes(const std::string&) override { return true; }

  // False: it exists already, or (delete) it does not exist.
  bool create_group(const std::string& group);
  bool delete_group(const std::string& group);
  bool create_stream(const std::string& group, const std::string& stream);

  bool has_group(const std::string& group) const;
  bool has_stream(const std::string& group, const std::string& stream) const;
  // Sorted by name.
  std::vector<std::string> groups() const;
  std::vector<std::string> streams(const std::string& group) const;
  asl::Timestamp made_at(const std::string& group, const std::string& stream) const;

  // From a position on, in the order in which they came; `visit` says whether to go on.
  void read(const std::string& group,
            const std::string& stream,
            std::uint64_t from,
            const std::function<bool(const StoredLogEvent&)>& visit) const;

 private:
  std::filesystem::path folder_of(const std::string& group) const;
  std::filesystem::path file_of(const std::string& group, const std::string& stream) const;

  const std::filesystem::path folder_;
  const std::function<asl::Timestamp()> now_;
  mutable std::mutex mutex_;
};

}  // namespace pawl::engine
