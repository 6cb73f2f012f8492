#include "engine/logs/stream_summary.h"

#include <sys/stat.h>

#include <algorithm>

#include "engine/logs/log_line.h"

namespace pawl::engine {
namespace {

constexpr std::uint64_t kChunkBytes = 64 * 1024;

void widen(std::optional<asl::Timestamp>& first,
           std::optional<asl::Timestamp>& last,
           asl::Timestamp at) {
  first = first ? std::min(*first, at) : at;
  last = last ? std::max(*last, at) : at;
}

void add_line(StreamSummary& summary, const LogLineTimes& times, std::uint64_t position) {
  if (!summary.first_at) summary.first_taken_at = summary.last_taken_at = times.taken_at;
  widen(summary.first_at, summary.last_at, times.at);
  summary.first_taken_at = std::min(summary.first_taken_at, times.taken_at);
  summary.last_taken_at = std::max(summary.last_taken_at, times.taken_at);
  std::vector<LogChunk>& chunks = summary.chunks;
  if (chunks.empty() || position - chunks.back().begin >= kChunkBytes) {
    chunks.push_back({.begin = position, .first_at = times.at, .last_at = times.at});
  }
  LogChunk& chunk = chunks.back();
  ++chunk.events;
  chunk.first_at = std::min(chunk.first_at, times.at);
  chunk.last_at = std::max(chunk.last_at, times.at);
  chunk.end = summary.end;
}

}  // namespace

std::shared_ptr<const StreamSummary> summarise_stream(
    const std::filesystem::path& file, const std::shared_ptr<const StreamSummary>& before) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::make_shared<const StreamSummary>();
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const bool is_same = before && before->file == status.st_ino && before->size_bytes <= size;
  if (is_same && before->size_bytes == size) return before;
  auto summary =
      is_same ? std::make_shared<StreamSummary>(*before) : std::make_shared<StreamSummary>();
  summary->file = status.st_ino;
  summary->size_bytes = size;
  each_log_line(file, summary->end, size, [&](std::string_view line, std::uint64_t position) {
    summary->end = position + line.size() + 1;
    if (const auto times = log_line_times(line)) add_line(*summary, *times, position);
    return true;
  });
  return summary;
}

}  // namespace pawl::engine
