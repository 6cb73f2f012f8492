// A job's output: bytes -> lines -> the log file, bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/files/files.h"

namespace pawl::engine {

// Cuts a stream into lines. Any bytes are welcome; a line longer than the bound is cut, the rest
// becomes a line of its own.
class LineSplitter {
 public:
  static constexpr std::size_t kLineBytesMax = 64 * 1024;
  using Sink = std::function<void(std::string_view line)>;

  void feed(std::string_view bytes, const Sink& sink);
  // The stream ended: what is left is the last line.
  void finish(const Sink& sink);

 private:
  std::string pending_;
};

// Appends "2024-05-01T12:00:00.123Z out text" lines. Past the bound one line says so and nothing
// more is kept. A full disk loses lines but never stops the job.
class LogWriter {
 public:
  LogWriter(const std::string& path, std::uint64_t bytes_max);
  // REQUIRES: `line` holds no newline.
  void line(std::string_view tag, std::string_view line, std::int64_t at_ms);
  void sync();

 private:
  void append(const std::string& text);

  Fd file_;
  std::uint64_t written_ = 0;
  std::uint64_t bytes_max_;
  bool truncated_ = false;
};

}  // namespace pawl::engine
