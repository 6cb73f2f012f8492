// PutLogEvents: a batch of events, within the bounds of time and size that AWS sets.
// [aws] https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
#include <algorithm>

#include "engine/logs/descriptions.h"
#include "engine/logs/events.h"
#include "engine/logs/limits.h"
#include "engine/logs/requests.h"

namespace pawl::engine::logs {
namespace {

using asl::Json;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kPastMaxMs = 14 * 24 * kHourMs;
constexpr std::int64_t kFutureMaxMs = 2 * kHourMs;

std::vector<LogEvent> batch_of(const Json& request) {
  std::vector<LogEvent> events;
  std::size_t bytes = 0;
  for (const Json& event : request.at("logEvents")) {
    events.push_back(
        {{event.at("timestamp").get<std::int64_t>()}, event.at("message").get<std::string>()});
    bytes += events.back().message.size() + kLogEventBytes;
  }
  if (bytes > kLogBatchBytesMax) {
    throw invalid("Upload too large: " + std::to_string(bytes) + " bytes exceeds limit of " +
                  std::to_string(kLogBatchBytesMax));
  }
  const auto is_earlier = [](const LogEvent& a, const LogEvent& b) { return a.at < b.at; };
  if (!std::is_sorted(events.begin(), events.end(), is_earlier)) {
    // [seen]
    throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if (events.back().at.ms - events.front().at.ms > kLogBatchSpanMaxMs) {
    throw invalid(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return events;
}

}  // namespace

Json put_events(LogFiles& files, const Json& request) {
  const std::string group = require_group(files, request);
  const std::string stream = require_stream(files, group, request);
  std::vector<LogEvent> events = batch_of(request);
  const std::int64_t now_ms = files.now().ms;
  const auto begin = std::find_if(events.begin(), events.end(), [now_ms](const LogEvent& event) {
    return event.at.ms >= now_ms - kPastMaxMs;
  });
  const auto end = std::find_if(begin, events.end(), [now_ms](const LogEvent& event) {
    return event.at.ms > now_ms + kFutureMaxMs;
  });
  // [aws] The first event that is too new, and the first that is no longer too old.
  Json rejected = Json::object();
  if (end != events.end()) rejected["tooNewLogEventStartIndex"] = end - events.begin();
  if (begin != events.begin()) rejected["tooOldLogEventEndIndex"] = begin - events.begin();
  if (begin != end) files.put(group, stream, std::vector<LogEvent>(begin, end));
  Json result = {{"nextSequenceToken", sequence_token(files.summary(group, stream)->end)}};
  if (!rejected.empty()) result["rejectedLogEventsInfo"] = std::move(rejected);
  return result;
}

}  // namespace pawl::engine::logs
