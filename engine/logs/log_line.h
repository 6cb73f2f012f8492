// A log event as a line of its stream's file: {"timestamp": ms, "ingestionTime": ms, "message":
// text}.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/logs/log_sink.h"

namespace pawl::engine {

struct StoredLogEvent {
  asl::Timestamp at{};
  asl::Timestamp taken_at{};
  std::string message;
  std::uint64_t position = 0;  // where its line begins in the stream's file
  std::uint64_t next = 0;      // and where the next one does

  // [aws] As pages and batches count: "the sum of all event messages in UTF-8, plus 26 bytes for
  // each log event".
  std::size_t size_bytes() const;
};

// Its times, which can be read without the message.
struct LogLineTimes {
  asl::Timestamp at{};
  asl::Timestamp taken_at{};
};

// With the line break.
std::string log_line(const LogEvent& event, asl::Timestamp now);
// Nothing of a line that a crash has cut, or that is something else.
std::optional<LogLineTimes> log_line_times(std::string_view line);
std::optional<StoredLogEvent> stored_log_event(std::string_view line, std::uint64_t position);

// Visits the lines of a file that begin from `from` on and before `to`, until `visit` says to stop;
// a last line without its line break is still being written.
void each_log_line(const std::filesystem::path& file,
                   std::uint64_t from,
                   std::uint64_t to,
                   const std::function<bool(std::string_view line, std::uint64_t position)>& visit);

}  // namespace pawl::engine
