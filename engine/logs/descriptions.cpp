#include "engine/logs/descriptions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/logs/requests.h"

namespace pawl::engine::logs {
namespace {

using asl::Json;

constexpr std::int64_t kDescriptionsMax = 50;

std::string group_arn(const LogsPlace& place, const std::string& group) {
  return "arn:aws:logs:" + place.region + ":" + place.account + ":log-group:" + group;
}

// Which groups DescribeLogGroups is asked for.
class GroupChoice {
 public:
  explicit GroupChoice(const Json& request)
      : prefix_(string_of(request, "logGroupNamePrefix")),
        pattern_(string_of(request, "logGroupNamePattern")),
        is_no_class_of_ours_(string_of(request, "logGroupClass") == "INFREQUENT_ACCESS" ||
                             string_of(request, "logGroupClass") == "DELIVERY") {
    if (!prefix_.empty() && !pattern_.empty()) {
      // [seen]
      throw invalid(
          "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    }
    const auto identifiers = request.find("logGroupIdentifiers");
    if (identifiers == request.end()) return;
    if (has_pattern() || !prefix_.empty()) {
      throw invalid("logGroupIdentifiers cannot be used with a name prefix or a name pattern.");
    }
    is_list_ = true;
    for (const Json& identifier : *identifiers) {
      names_.push_back(group_named_by(identifier.get<std::string>()));
    }
  }

  bool has_pattern() const { return !pattern_.empty(); }
  bool has(const std::string& name) const {
    if (is_no_class_of_ours_) return false;
    if (is_list_) return std::find(names_.begin(), names_.end(), name) != names_.end();
    return name.starts_with(prefix_) && name.find(pattern_) != std::string::npos;
  }

 private:
  std::string prefix_;
  std::string pattern_;
  bool is_no_class_of_ours_;
  bool is_list_ = false;
  std::vector<std::string> names_;
};

Json group_description(const LogFiles& files,
                       const LogsPlace& place,
                       const std::string& name,
                       bool is_found_by_pattern) {
  const std::string arn = group_arn(place, name);
  Json group = {{"logGroupName", name},
                {"creationTime", files.group_made_at(name).ms},
                {"metricFilterCount", 0},
                {"arn", arn + ":*"},
                {"logGroupClass", "STANDARD"},
                {"logGroupArn", arn}};
  if (is_found_by_pattern) return group;  // [seen] without the other two
  group["storedBytes"] = files.stored_bytes(name);
  group["deletionProtectionEnabled"] = false;
  return group;
}

// How DescribeLogStreams orders them: by name, or by the time of the latest event.
struct StreamOrder {
  bool by_event = false;
  bool descending = false;

  using Key = std::pair<std::int64_t, std::string>;
  bool is_before(const Key& a, const Key& b) const { return descending ? b < a : a < b; }
};

struct DescribedStream {
  StreamOrder::Key key;
  std::shared_ptr<const StreamSummary> summary;
};

StreamOrder stream_order(const Json& request) {
  const StreamOrder order{.by_event = string_of(request, "orderBy") == "LastEventTime",
                          .descending = flag_of(request, "descending", false)};
  if (order.by_event && !string_of(request, "logStreamNamePrefix").empty()) {
    // [seen]
    throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  return order;
}

Json stream_description(const LogFiles& files,
                        const LogsPlace& place,
                        const std::string& group,
                        const DescribedStream& stream) {
  const std::string& name = stream.key.second;
  Json shown = {{"logStreamName", name}, {"creationTime", files.stream_made_at(group, name).ms}};
  // [seen] A stream without events has none of these.
  const auto summary = stream.summary ? stream.summary : files.summary(group, name);
  if (summary->first_at) {
    shown["firstEventTimestamp"] = summary->first_at->ms;
    shown["lastEventTimestamp"] = summary->last_at->ms;
    shown["lastIngestionTime"] = summary->last_taken_at.ms;
    shown["uploadSequenceToken"] = sequence_token(summary->end);
  }
  shown["arn"] = group_arn(place, group) + ":log-stream:" + name;
  // [aws] "this parameter is no longer supported for log streams, and is always reported as zero"
  shown["storedBytes"] = 0;
  return shown;
}

// Those that come after where the page before ended, in their order.
std::vector<DescribedStream> streams_in_order(const LogFiles& files,
                                              const std::string& group,
                                              const Json& request,
                                              const StreamOrder& order,
                                              const std::string& token_purpose) {
  const std::string prefix = string_of(request, "logStreamNamePrefix");
  std::optional<StreamOrder::Key> after;
  if (const std::string token = string_of(request, "nextToken"); !token.empty()) {
    const Json content = open_token(token_purpose, token);
    after = {content.at(0).get<std::int64_t>(), content.at(1).get<std::string>()};
  }
  std::vector<DescribedStream> streams;
  for (std::string& name : files.streams(group)) {
    if (!name.starts_with(prefix)) continue;
    DescribedStream stream;
    if (order.by_event) {
      stream.summary = files.summary(group, name);
      stream.key.first = stream.summary->last_at.value_or(asl::Timestamp{}).ms;
    }
    stream.key.second = std::move(name);
    if (!after || order.is_before(*after, stream.key)) streams.push_back(std::move(stream));
  }
  std::sort(
      streams.begin(), streams.end(), [&order](const DescribedStream& a, const DescribedStream& b) {
        return order.is_before(a.key, b.key);
      });
  return streams;
}

}  // namespace

std::string sequence_token(std::uint64_t position) {
  constexpr std::size_t kDigits = 56;
  const std::string digits = std::to_string(position);
  return std::string(kDigits - digits.size(), '0') + digits;
}

Json describe_groups(const LogFiles& files, const LogsPlace& place, const Json& request) {
  const GroupChoice choice(request);
  const auto limit = static_cast<std::size_t>(number_of(request, "limit", kDescriptionsMax));
  const std::string token = string_of(request, "nextToken");
  const std::string after =
      token.empty() ? "" : open_token("DescribeLogGroups", token).get<std::string>();
  Json groups = Json::array();
  Json result = Json::object();
  for (const std::string& name : files.groups()) {
    if (name <= after || !choice.has(name)) continue;
    if (groups.size() == limit) {
      result["nextToken"] = seal_token("DescribeLogGroups", groups.back().at("logGroupName"));
      break;
    }
    groups.push_back(group_description(files, place, name, choice.has_pattern()));
  }
  result["logGroups"] = std::move(groups);
  return result;
}

Json describe_streams(const LogFiles& files, const LogsPlace& place, const Json& request) {
  const std::string group = require_group(files, request);
  const StreamOrder order = stream_order(request);
  const std::string purpose = std::string("DescribeLogStreams ") +
                              (order.by_event ? "by event " : "by name ") +
                              (order.descending ? "descending " : "ascending ") + group;
  const auto limit = static_cast<std::size_t>(number_of(request, "limit", kDescriptionsMax));
  const auto streams = streams_in_order(files, group, request, order, purpose);
  Json shown = Json::array();
  for (std::size_t i = 0; i < streams.size() && i < limit; ++i) {
    shown.push_back(stream_description(files, place, group, streams[i]));
  }
  Json result = {{"logStreams", std::move(shown)}};
  if (streams.size() > limit) {
    const StreamOrder::Key& last = streams[limit - 1].key;
    result["nextToken"] = seal_token(purpose, Json::array({last.first, last.second}));
  }
  return result;
}

}  // namespace pawl::engine::logs
