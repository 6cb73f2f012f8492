#include "engine/jobs/log_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "asl/timestamp.h"
#include "engine/files/files.h"
#include "engine/jobs/log_capture.h"

namespace pawl::engine {

namespace {

// Longer than any line, so that a part has the end of one.
constexpr std::size_t kPartBytes = 2 * LineSplitter::kLineBytesMax;

std::string part_of(const std::string& file, std::uint64_t offset) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return "";
  std::string part(kPartBytes, '\0');
  const ssize_t count = ::pread(fd.get(), part.data(), part.size(), static_cast<off_t>(offset));
  part.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return part;
}

}  // namespace

std::optional<LogLine> parse_log_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto at = asl::parse_timestamp(std::string(line.substr(0, first)));
  if (!at) return std::nullopt;
  return LogLine{at->ms, line.substr(first + 1, second - first - 1), line.substr(second + 1)};
}

LogReader::LogReader(std::string file, LogSelection selection)
    : file_(std::move(file)), selection_(std::move(selection)) {}

std::uint64_t LogReader::size() const {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(file_, unknown);
  return unknown ? 0 : size;
}

bool LogReader::read(bool is_whole, const Take& take) {
  const std::string part = part_of(file_, selection_.offset);
  std::string_view left = part;
  if (part.size() == kPartBytes) is_whole = false;  // the file may go on
  while (!left.empty()) {
    const std::size_t newline = left.find('\n');
    const bool is_cut = newline == std::string_view::npos;
    if (is_cut && !is_whole) break;
    const std::string_view line = left.substr(0, newline);
    left.remove_prefix(is_cut ? left.size() : newline + 1);
    selection_.offset += line.size() + (is_cut ? 0 : 1);
    select(line, selection_.offset, take);
  }
  return left.size() < part.size();
}

void LogReader::select(std::string_view line, std::uint64_t end, const Take& take) {
  if (selection_.since_ms || !selection_.tag.empty()) {
    const auto parsed = parse_log_line(line);
    if (!parsed) return;
    if (selection_.since_ms && parsed->at_ms < *selection_.since_ms) return;
    // Lines are in order of time: the first that is late enough decides for all.
    selection_.since_ms.reset();
    if (!selection_.tag.empty() && parsed->tag != selection_.tag) return;
  }
  take(line, end);
}

}  // namespace pawl::engine
