// GetLogEvents: the events of one stream, page by page in both directions.
#include <charconv>

#include "engine/logs/events.h"
#include "engine/logs/limits.h"
#include "engine/logs/requests.h"
#include "engine/logs/stream_pages.h"

namespace pawl::engine::logs {
namespace {

using asl::Json;

constexpr std::size_t kPlaceDigits = 56;  // as AWS's tokens have

// "f/" or "b/" and a place in the stream's file.
struct PlaceToken {
  bool is_forward = false;
  std::uint64_t place = 0;

  std::string text() const {
    const std::string digits = std::to_string(place);
    return (is_forward ? "f/" : "b/") + std::string(kPlaceDigits - digits.size(), '0') + digits;
  }
};

std::optional<PlaceToken> place_token(std::string_view text) {
  PlaceToken token;
  token.is_forward = text.starts_with("f/");
  if ((!token.is_forward && !text.starts_with("b/")) || text.size() > kPlaceDigits + 2) {
    return std::nullopt;
  }
  text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token.place);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return token;
}

PlaceToken require_place(const LogFiles& files, const StreamRange& range, const std::string& text) {
  const auto token = place_token(text);
  if (!token || !files.is_line_begin(range.group, range.stream, token->place)) {
    throw invalid("The specified nextToken is invalid.");  // [seen]
  }
  return *token;
}

}  // namespace

Json get_events(const LogFiles& files, const Json& request) {
  StreamRange range;
  range.group = require_group(files, request);
  range.stream = require_stream(files, range.group, request);
  range.from_ms = number_of(request, "startTime", 0);
  range.before_ms = number_of(request, "endTime", range.before_ms);
  range.limit = static_cast<std::size_t>(number_of(request, "limit", kLogPageEventsMax));
  const std::string given = string_of(request, "nextToken");
  PlaceToken token{.is_forward = flag_of(request, "startFromHead", false), .place = 0};
  if (!given.empty()) {
    token = require_place(files, range, given);
  } else if (!token.is_forward) {
    token.place = files.summary(range.group, range.stream)->end;
  }
  StreamPage page = token.is_forward ? page_after(files, range, token.place)
                                     : page_before(files, range, token.place);
  Json events = Json::array();
  for (StoredLogEvent& event : page.events) {
    events.push_back({{"timestamp", event.at.ms},
                      {"message", std::move(event.message)},
                      {"ingestionTime", event.taken_at.ms}});
  }
  return {{"events", std::move(events)},
          {"nextForwardToken", PlaceToken{.is_forward = true, .place = page.end}.text()},
          {"nextBackwardToken", PlaceToken{.is_forward = false, .place = page.begin}.text()}};
}

}  // namespace pawl::engine::logs
