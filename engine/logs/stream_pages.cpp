#include "engine/logs/stream_pages.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <tuple>

#include "engine/logs/limits.h"

namespace pawl::engine::logs {
namespace {

bool may_hold(const LogChunk& chunk, const StreamRange& range) {
  return chunk.last_at.ms >= range.from_ms && chunk.first_at.ms < range.before_ms;
}

std::function<bool(asl::Timestamp)> is_within(const StreamRange& range) {
  return [from = range.from_ms, before = range.before_ms](asl::Timestamp at) {
    return at.ms >= from && at.ms < before;
  };
}

void sort_by_time(std::vector<StoredLogEvent>& events) {
  std::stable_sort(
      events.begin(), events.end(), [](const StoredLogEvent& a, const StoredLogEvent& b) {
        return std::tie(a.at, a.taken_at) < std::tie(b.at, b.taken_at);
      });
}

}  // namespace

StreamPage page_after(const LogFiles& files, const StreamRange& range, std::uint64_t place) {
  const auto summary = files.summary(range.group, range.stream);
  StreamPage page{.events = {}, .begin = place, .end = std::max(place, summary->end)};
  std::size_t bytes = 0;
  bool is_full = false;
  for (const LogChunk& chunk : summary->chunks) {
    if (is_full) break;
    if (chunk.end <= place || !may_hold(chunk, range)) continue;
    files.read(range.group,
               range.stream,
               {.from = std::max(place, chunk.begin), .to = chunk.end, .wants = is_within(range)},
               [&](StoredLogEvent event) {
                 bytes += event.size_bytes();
                 is_full = page.events.size() == range.limit ||
                           (!page.events.empty() && bytes > kLogPageBytesMax);
                 if (!is_full) page.events.push_back(std::move(event));
                 return !is_full;
               });
  }
  if (is_full) page.end = page.events.back().next;
  sort_by_time(page.events);
  return page;
}

StreamPage page_before(const LogFiles& files, const StreamRange& range, std::uint64_t place) {
  const auto summary = files.summary(range.group, range.stream);
  StreamPage page{.events = {}, .begin = 0, .end = place};
  std::deque<StoredLogEvent> events;  // the latest that came
  std::size_t bytes = 0;
  const auto is_too_much = [&] {
    return events.size() > range.limit || (events.size() > 1 && bytes > kLogPageBytesMax);
  };
  bool is_full = false;
  for (auto chunk = summary->chunks.rbegin(); chunk != summary->chunks.rend() && !is_full;
       ++chunk) {
    if (chunk->begin >= place || !may_hold(*chunk, range)) continue;
    std::vector<StoredLogEvent> earlier;
    files.read(range.group,
               range.stream,
               {.from = chunk->begin, .to = std::min(place, chunk->end), .wants = is_within(range)},
               [&](StoredLogEvent event) {
                 earlier.push_back(std::move(event));
                 return true;
               });
    for (auto event = earlier.rbegin(); event != earlier.rend() && !is_full; ++event) {
      bytes += event->size_bytes();
      events.push_front(std::move(*event));
      is_full = is_too_much();
    }
  }
  if (is_full) {
    events.pop_front();
    page.begin = events.front().position;
  }
  page.events.assign(std::make_move_iterator(events.begin()),
                     std::make_move_iterator(events.end()));
  sort_by_time(page.events);
  return page;
}

}  // namespace pawl::engine::logs
