// Log groups as folders and streams as files, a log event a line (engine/logs/log_line.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/logs/log_line.h"
#include "engine/logs/log_sink.h"
#include "engine/logs/stream_summary.h"

namespace pawl::engine {

// Thread-safe.
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
  bool delete_stream(const std::string& group, const std::string& stream);

  bool has_group(const std::string& group) const;
  bool has_stream(const std::string& group, const std::string& stream) const;
  // Sorted by name.
  std::vector<std::string> groups() const;
  std::vector<std::string> streams(const std::string& group) const;
  // When it was made; 0 when nothing tells.
  asl::Timestamp group_made_at(const std::string& group) const;
  asl::Timestamp stream_made_at(const std::string& group, const std::string& stream) const;
  // Of all files of the group.
  std::uint64_t stored_bytes(const std::string& group) const;

  // What is in a stream; its events stand where this says, whatever is added.
  std::shared_ptr<const StreamSummary> summary(const std::string& group,
                                               const std::string& stream) const;
  // Whether an event may begin there.
  bool is_line_begin(const std::string& group,
                     const std::string& stream,
                     std::uint64_t position) const;
  // The events whose lines begin from `from` on and before `to`, in the order in which they came;
  // `wants` looks at their times first, `visit` says whether to go on.
  struct Reading {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::function<bool(asl::Timestamp at)> wants;
  };
  void read(const std::string& group,
            const std::string& stream,
            const Reading& reading,
            const std::function<bool(StoredLogEvent)>& visit) const;

  asl::Timestamp now() const { return now_(); }

 private:
  std::filesystem::path folder_of(const std::string& group) const;
  std::filesystem::path file_of(const std::string& group, const std::string& stream) const;
  void forget_summaries() const;

  const std::filesystem::path folder_;
  const std::function<asl::Timestamp()> now_;
  mutable std::mutex mutex_;  // one writer at a time
  mutable std::mutex summaries_mutex_;
  mutable std::map<std::filesystem::path, std::shared_ptr<const StreamSummary>> summaries_;
};

}  // namespace pawl::engine
