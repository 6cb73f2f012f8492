#include "engine/logs/event_search.h"

#include <algorithm>

#include "engine/logs/limits.h"

namespace pawl::engine::logs {
namespace {

// A part of a stream's file, and the first time (in the order of the search) that an event of it
// may have.
struct SearchedPart {
  std::size_t stream = 0;
  LogChunk chunk;
  std::int64_t edge_ms = 0;
};

class SearchOfPage {
 public:
  SearchOfPage(const LogFiles& files, const EventSearch& search)
      : files_(files), search_(search), from_ms_(search.from_ms), to_ms_(search.to_ms) {
    if (!search.after) return;
    if (search.newest_first) {
      to_ms_ = std::min(to_ms_, search.after->at_ms);
    } else {
      from_ms_ = std::max(from_ms_, search.after->at_ms);
    }
  }

  FoundPage run() {
    for (const SearchedPart& part : parts()) {
      prune();
      // What is found already comes before whatever is in this part and the next ones.
      if (is_full_ && is_time_before(found_.back().key.at_ms, part.edge_ms)) return full_page();
      // The page ends where it was not looked further, so that the next one begins at a later time.
      if (work_ > search_.work_max && is_time_before(begin_ms(), part.edge_ms)) {
        return page_before(part.edge_ms);
      }
      look_into(part);
    }
    prune();
    FoundPage page;
    if (has_dropped_) page.next = found_.back().key;
    page.events = std::move(found_);
    return page;
  }

 private:
  bool is_time_before(std::int64_t a, std::int64_t b) const {
    return search_.newest_first ? a > b : a < b;
  }
  bool is_before(const EventKey& a, const EventKey& b) const {
    return search_.newest_first ? b < a : a < b;
  }
  std::int64_t begin_ms() const { return search_.newest_first ? to_ms_ : from_ms_; }

  // In the order in which they may have the next event.
  std::vector<SearchedPart> parts() const {
    std::vector<SearchedPart> parts;
    for (std::size_t i = 0; i < search_.streams.size(); ++i) {
      const auto summary = files_.summary(search_.group, search_.streams[i]);
      for (const LogChunk& chunk : summary->chunks) {
        if (chunk.last_at.ms < from_ms_ || chunk.first_at.ms > to_ms_) continue;
        const std::int64_t edge_ms = search_.newest_first ? std::min(chunk.last_at.ms, to_ms_)
                                                          : std::max(chunk.first_at.ms, from_ms_);
        parts.push_back({i, chunk, edge_ms});
      }
    }
    std::stable_sort(
        parts.begin(), parts.end(), [this](const SearchedPart& a, const SearchedPart& b) {
          return is_time_before(a.edge_ms, b.edge_ms);
        });
    return parts;
  }

  void look_into(const SearchedPart& part) {
    work_ += part.chunk.end - part.chunk.begin;
    const std::string& stream = search_.streams[part.stream];
    const auto wants = [this](asl::Timestamp at) { return at.ms >= from_ms_ && at.ms <= to_ms_; };
    files_.read(search_.group,
                stream,
                {.from = part.chunk.begin, .to = part.chunk.end, .wants = wants},
                [&](StoredLogEvent event) {
                  take(stream, std::move(event));
                  return true;
                });
  }

  void take(const std::string& stream, StoredLogEvent event) {
    EventKey key{event.at.ms, event.taken_at.ms, stream, event.position};
    if (search_.after && !is_before(*search_.after, key)) return;
    if (is_full_ && !is_before(key, last_)) {
      has_dropped_ = true;  // perhaps: the page has a next one that may be empty
      return;
    }
    if (!search_.pattern.matches(event.message, work_)) return;
    bytes_ += event.size_bytes();
    found_.push_back({std::move(key), std::move(event.message)});
    if (found_.size() >= 2 * search_.limit || bytes_ > 2 * kLogPageBytesMax) prune();
  }

  // Sorts what was found, and drops what is beyond the page.
  void prune() {
    std::sort(found_.begin(), found_.end(), [this](const FoundEvent& a, const FoundEvent& b) {
      return is_before(a.key, b.key);
    });
    std::size_t kept = 0;
    bytes_ = 0;
    for (; kept < found_.size() && kept < search_.limit; ++kept) {
      const std::size_t bytes = found_[kept].message.size() + kLogEventBytes;
      if (kept > 0 && bytes_ + bytes > kLogPageBytesMax) break;
      bytes_ += bytes;
    }
    if (kept < found_.size()) {
      found_.resize(kept);
      has_dropped_ = true;
    }
    // A page that has dropped an event stays full: what it gets comes before what it has.
    is_full_ = has_dropped_ || kept == search_.limit;
    if (is_full_ && !found_.empty()) last_ = found_.back().key;
  }

  FoundPage full_page() {
    FoundPage page;
    page.next = found_.back().key;
    page.events = std::move(found_);
    return page;
  }

  // Of the events before `edge_ms`, up to which everything was looked at. What was dropped is not
  // before it, or the page would be full.
  FoundPage page_before(std::int64_t edge_ms) {
    std::erase_if(
        found_, [&](const FoundEvent& event) { return !is_time_before(event.key.at_ms, edge_ms); });
    using Limits = std::numeric_limits<std::int64_t>;
    FoundPage page;
    page.next = {edge_ms, search_.newest_first ? Limits::max() : Limits::min(), {}, 0};
    page.events = std::move(found_);
    return page;
  }

  const LogFiles& files_;
  const EventSearch& search_;
  std::int64_t from_ms_;
  std::int64_t to_ms_;
  std::vector<FoundEvent> found_;
  std::size_t bytes_ = 0;
  std::uint64_t work_ = 0;
  bool is_full_ = false;
  bool has_dropped_ = false;
  EventKey last_;  // of a full page
};

}  // namespace

FoundPage search_events(const LogFiles& files, const EventSearch& search) {
  return SearchOfPage(files, search).run();
}

}  // namespace pawl::engine::logs
