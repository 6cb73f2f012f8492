#include "engine/jobs/log_capture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asl/timestamp.h"

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
  std::string text = asl::format_timestamp({at_ms});
  text += ' ';
  text += tag;
  text += ' ';
  if (written_ + text.size() + line.size() + 1 > bytes_max_) {
    truncated_ = true;
    append(asl::format_timestamp({at_ms}) + " sys log truncated: its limit of " +
           std::to_string(bytes_max_) + " bytes is reached, later output is not kept\n");
    return;
  }
  text += line;
  text += '\n';
  append(text);
}

void LogWriter::append(const std::string& text) {
  if (file_ && try_write_all(file_.get(), text)) written_ += text.size();
}

void LogWriter::sync() {
  if (file_) ::fdatasync(file_.get());
}

}  // namespace pawl::engine
