// What is where in a stream's file: chunks of it with the times of their events, so that a page of
// a long stream is read without the rest. Made by reading the file once, and again only what was
// added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "asl/timestamp.h"

namespace pawl::engine {

struct LogChunk {
  std::uint64_t begin = 0;  // where its first line begins
  std::uint64_t end = 0;    // and the first one of the next chunk
  std::size_t events = 0;
  asl::Timestamp first_at{};  // the earliest and the latest time of its events
  asl::Timestamp last_at{};
};

struct StreamSummary {
  std::vector<LogChunk> chunks;  // those with events, in the order of the file
  std::uint64_t end = 0;         // of the lines that are whole
  std::uint64_t file = 0;        // which file this is of
  std::uint64_t size_bytes = 0;  // of the file when it was read

  // Of all events; absent when there are none.
  std::optional<asl::Timestamp> first_at;
  std::optional<asl::Timestamp> last_at;
  asl::Timestamp first_taken_at{};
  asl::Timestamp last_taken_at{};
};

// The summary of a file as it is now, `before` being what was known of it, or null. The same one
// when nothing has changed; an empty one when there is no file.
std::shared_ptr<const StreamSummary> summarise_stream(
    const std::filesystem::path& file, const std::shared_ptr<const StreamSummary>& before);

}  // namespace pawl::engine
