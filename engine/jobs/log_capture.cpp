#include "engine/jobs/log_capture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace pawl::engine {

void LineSplitter::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    const bool complete = newline != std::string_view::npos;
    std::string_view part = complete ? bytes.substr(0, newline) : bytes;
    bytes.remove_prefix(complete ? newline + 1 : bytes.size());
    while (pending_.size() + part.size() > kLineBytesMax) {
      const std::size_t taken = kLineBytesMax - pending_.size();
      pending_ += part.substr(0, taken);
      part.remove_prefix(taken);
      sink(pending_);
      pending_.clear();
    }
    pending_ += part;
    if (complete) {
      sink(pending_);
      pending_.clear();
    }
  }
}

void LineSplitter::finish(const Sink& sink) {
  if (pending_.empty()) return;
  sink(pending_);
  pending_.clear();
}

LogWriter::LogWriter(const std::string& path, std::uint64_t bytes_max)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)),
      bytes_max_(bytes_max) {
  struct stat info {};
  if (file_ && ::fstat(file_.get(), &info) == 0)
    written_ = static_cast<std::uint64_t>(info.st_size);
}

void LogWriter::line(std::string_view tag, std::string_view line, std::int64_t at_ms) {
  if (truncated_) return;
  std::string text = log_time(at_ms);
  text += ' ';
  text += tag;
  text += ' ';
  if (written_ + text.size() + line.size() + 1 > bytes_max_) {
    truncated_ = true;
    append(log_time(at_ms) + " sys log truncated: its limit of " + std::to_string(bytes_max_) +
           " bytes is reached, later output is not kept\n");
    return;
  }
  text += line;
  text += '\n';
  append(text);
}

void LogWriter::append(const std::string& text) {
  if (file_ && posix::write_all(file_.get(), text)) written_ += text.size();
}

void LogWriter::sync() {
  if (file_) ::fdatasync(file_.get());
}

std::string log_time(std::int64_t at_ms) {
  const std::time_t seconds = at_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(),
                                 text.size(),
                                 "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                                 parts.tm_year + 1900,
                                 parts.tm_mon + 1,
                                 parts.tm_mday,
                                 parts.tm_hour,
                                 parts.tm_min,
                                 parts.tm_sec,
                                 static_cast<int>(at_ms % 1000));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace pawl::engine
