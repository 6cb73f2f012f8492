// A job's log, read from anywhere on, and again for what has come since.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::engine {

// Which of the lines "2024-05-01T12:00:00.123Z out text" (job.h).
struct LogSelection {
  std::uint64_t offset = 0;  // bytes of the file to pass over; better between lines
  std::optional<std::int64_t> since_ms = {};  // said at this time or later
  std::string tag = {};                       // "out", "err" or "sys"; empty: all
};

// The parts of a line. Nothing: it is none, as what is left of one that an offset cuts.
struct LogLine {
  std::int64_t at_ms = 0;
  std::string_view tag;
  std::string_view text;
};
std::optional<LogLine> parse_log_line(std::string_view line);

// Holds no descriptor between reads: the file may not be there yet, or not any more. Not
// thread-safe.
class LogReader {
 public:
  // Gets a selected line without its newline, and how many bytes of the file end with it.
  using Take = std::function<void(std::string_view line, std::uint64_t end)>;

  LogReader(std::string file, LogSelection selection);

  // Reads on for a part of some 100 KB at most. False: there was nothing more. `is_whole`: nothing
  // will follow, so that a line without an end is one too.
  bool read(bool is_whole, const Take& take);
  std::uint64_t offset() const { return selection_.offset; }
  std::uint64_t size() const;  // of the file as it is now

 private:
  void select(std::string_view line, std::uint64_t end, const Take& take);

  const std::string file_;
  LogSelection selection_;
};

}  // namespace pawl::engine
