// FilterLogEvents: the events of a group that match, page by page.
#include <algorithm>

#include "engine/http/hash.h"
#include "engine/logs/event_search.h"
#include "engine/logs/events.h"
#include "engine/logs/limits.h"
#include "engine/logs/requests.h"

namespace pawl::engine::logs {
namespace {

using asl::Json;

// [aws] "Setting startFromHead to false is supported only when startTime is on or after Jan 1, 2024
// 00:00:00 UTC."
constexpr std::int64_t kBackwardsFromMs = 1'704'067'200'000;

std::vector<std::string> chosen_streams(const LogFiles& files,
                                        const std::string& group,
                                        const Json& request) {
  const std::string prefix = string_of(request, "logStreamNamePrefix");
  const auto names = request.find("logStreamNames");
  if (names == request.end()) {
    std::vector<std::string> streams = files.streams(group);
    std::erase_if(streams,
                  [&prefix](const std::string& stream) { return !stream.starts_with(prefix); });
    return streams;
  }
  // [aws] "If you specify a value for both logStreamNamePrefix and logStreamNames, the action
  // returns an InvalidParameterException error."
  if (!prefix.empty()) {
    throw invalid("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
  }
  auto streams = names->get<std::vector<std::string>>();
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  for (const std::string& stream : streams) {
    if (!files.has_stream(group, stream)) throw missing("stream");
  }
  return streams;
}

std::string purpose_of(const EventSearch& search) {
  return std::string("FilterLogEvents ") + (search.newest_first ? "backwards " : "") + search.group;
}

EventSearch search_of(const LogFiles& files, const Json& request) {
  EventSearch search;
  search.group = require_group(files, request);
  search.streams = chosen_streams(files, search.group, request);
  search.from_ms = number_of(request, "startTime", 0);
  search.to_ms = number_of(request, "endTime", search.to_ms);
  search.limit = static_cast<std::size_t>(number_of(request, "limit", kLogPageEventsMax));
  search.work_max = kLogSearchWorkMax;
  search.newest_first = !flag_of(request, "startFromHead", true);
  if (search.newest_first && search.from_ms < kBackwardsFromMs) {
    throw invalid(
        "startFromHead can be false only with a startTime on or after Jan 1, 2024 00:00:00 UTC.");
  }
  auto pattern = FilterPattern::parse(string_of(request, "filterPattern"));
  if (const auto* error = std::get_if<FilterPatternError>(&pattern)) throw invalid(error->message);
  search.pattern = std::get<FilterPattern>(std::move(pattern));
  if (const std::string token = string_of(request, "nextToken"); !token.empty()) {
    const Json key = open_token(purpose_of(search), token);
    search.after = {key.at(0).get<std::int64_t>(),
                    key.at(1).get<std::int64_t>(),
                    key.at(2).get<std::string>(),
                    key.at(3).get<std::uint64_t>()};
  }
  return search;
}

std::string padded(std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// As AWS's, 56 digits that grow with the time; the stream's digest and the place in it make them
// unique.
std::string event_id(const EventKey& key) {
  constexpr std::size_t kDigestBytes = 8;
  std::uint64_t digest = 0;
  for (const char byte : hash::sha256(key.stream).substr(0, kDigestBytes)) {
    digest = digest << 8U | static_cast<unsigned char>(byte);
  }
  return padded(static_cast<std::uint64_t>(std::max<std::int64_t>(key.at_ms, 0)), 18) +
         padded(digest, 20) + padded(key.position, 18);
}

}  // namespace

Json filter_events(const LogFiles& files, const Json& request) {
  const EventSearch search = search_of(files, request);
  FoundPage page = search_events(files, search);
  Json events = Json::array();
  for (FoundEvent& event : page.events) {
    events.push_back({{"logStreamName", event.key.stream},
                      {"timestamp", event.key.at_ms},
                      {"message", std::move(event.message)},
                      {"ingestionTime", event.key.taken_at_ms},
                      {"eventId", event_id(event.key)}});
  }
  // [aws] "As of May 15, 2020, this parameter is no longer supported. This parameter returns an
  // empty list."
  Json result = {{"events", std::move(events)}, {"searchedLogStreams", Json::array()}};
  if (page.next) {
    const EventKey& key = *page.next;
    result["nextToken"] = seal_token(
        purpose_of(search), Json::array({key.at_ms, key.taken_at_ms, key.stream, key.position}));
  }
  return result;
}

}  // namespace pawl::engine::logs
