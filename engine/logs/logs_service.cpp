#include "engine/logs/logs_service.h"

#include <algorithm>

namespace pawl::engine {
namespace {

using asl::Json;
using namespace shapes;  // NOLINT: the tables below read as sentences

Shape group_name() { return text().length(1, 512).matching("[\\.\\-_/#A-Za-z0-9]+"); }
Shape stream_name() { return text().length(1, 512).matching("[^:*]*"); }

std::string string_of(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? std::string() : found->get<std::string>();
}

std::int64_t number_of(const Json& request, const char* name, std::int64_t absent) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? absent : found->get<std::int64_t>();
}

ServiceError missing(const char* what) {
  return {"ResourceNotFoundException",
          std::string("The specified log ") + what + " does not exist."};
}
ServiceError exists(const char* what) {
  return {"ResourceAlreadyExistsException",
          std::string("The specified log ") + what + " already exists"};
}

// A group by its name, or by its ARN where an action takes either.
std::string group_of(const Json& request) {
  std::string group = string_of(request, "logGroupName");
  if (!group.empty()) return group;
  group = string_of(request, "logGroupIdentifier");
  constexpr std::string_view kMark = ":log-group:";
  const std::size_t mark = group.find(kMark);
  if (mark != std::string::npos) group.erase(0, mark + kMark.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  return group;
}

std::string require_group(const LogFiles& files, const Json& request) {
  std::string group = group_of(request);
  if (group.empty() || !files.has_group(group)) throw missing("group");
  return group;
}

std::string require_stream(const LogFiles& files, const std::string& group, const Json& request) {
  std::string stream = string_of(request, "logStreamName");
  if (!files.has_stream(group, stream)) throw missing("stream");
  return stream;
}

// Pages of names: the token is the last name of the page before.
struct Page {
  std::vector<std::string> names;
  std::string next;
};
Page page_of(std::vector<std::string> names, const std::string& prefix, const Json& request) {
  const std::string after = string_of(request, "nextToken");
  const auto limit = static_cast<std::size_t>(number_of(request, "limit", 50));
  Page page;
  for (std::string& name : names) {
    if (!name.starts_with(prefix) || (!after.empty() && name <= after)) continue;
    if (page.names.size() == limit) {
      page.next = page.names.back();
      break;
    }
    page.names.push_back(std::move(name));
  }
  return page;
}

Json describe_groups(const LogFiles& files, const LogsPlace& place, const Json& request) {
  const Page page = page_of(files.groups(), string_of(request, "logGroupNamePrefix"), request);
  Json groups = Json::array();
  for (const std::string& name : page.names) {
    const std::string arn =
        "arn:aws:logs:" + place.region + ":" + place.account + ":log-group:" + name;
    groups.push_back({{"logGroupName", name},
                      {"creationTime", files.made_at(name, "").ms},
                      {"metricFilterCount", 0},
                      {"arn", arn + ":*"},
                      {"storedBytes", 0},
                      {"logGroupClass", "STANDARD"},
                      {"logGroupArn", arn}});
  }
  Json result = {{"logGroups", std::move(groups)}};
  if (!page.next.empty()) result["nextToken"] = page.next;
  return result;
}

Json describe_streams(const LogFiles& files, const LogsPlace& place, const Json& request) {
  const std::string group = require_group(files, request);
  const Page page =
      page_of(files.streams(group), string_of(request, "logStreamNamePrefix"), request);
  Json streams = Json::array();
  for (const std::string& name : page.names) {
    streams.push_back({{"logStreamName", name},
                       {"creationTime", files.made_at(group, name).ms},
                       {"arn",
                        "arn:aws:logs:" + place.region + ":" + place.account +
                            ":log-group:" + group + ":log-stream:" + name},
                       {"storedBytes", 0}});
  }
  Json result = {{"logStreams", std::move(streams)}};
  if (!page.next.empty()) result["nextToken"] = page.next;
  return result;
}

Json put_events(LogFiles& files, const Json& request) {
  const std::string group = require_group(files, request);
  const std::string stream = require_stream(files, group, request);
  std::vector<LogEvent> events;
  for (const Json& event : request.at("logEvents")) {
    events.push_back(
        {{event.at("timestamp").get<std::int64_t>()}, event.at("message").get<std::string>()});
  }
  files.put(group, stream, events);
  return Json::object();
}

bool in_time(const StoredLogEvent& event, const Json& request) {
  return event.at.ms >= number_of(request, "startTime", 0) &&
         event.at.ms < number_of(request, "endTime", INT64_MAX);
}

// [pawl] Always from the oldest on; the forward token says where in the file to go on.
Json get_events(const LogFiles& files, const Json& request) {
  const std::string group = require_group(files, request);
  const std::string stream = require_stream(files, group, request);
  const auto limit = static_cast<std::size_t>(number_of(request, "limit", 10'000));
  std::string token = string_of(request, "nextToken");
  std::uint64_t from = 0;
  if (!token.empty()) {
    if (!token.starts_with("f/") || token.size() > 18 ||
        token.find_first_not_of("0123456789", 2) != std::string::npos || token.size() == 2) {
      throw ServiceError{"InvalidParameterException", "The specified nextToken is invalid."};
    }
    from = std::stoull(token.substr(2));
  }
  Json events = Json::array();
  std::uint64_t next = from;
  files.read(group, stream, from, [&](const StoredLogEvent& event) {
    if (events.size() == limit) return false;
    next = event.next;
    if (in_time(event, request)) {
      events.push_back({{"timestamp", event.at.ms},
                        {"message", event.message},
                        {"ingestionTime", event.taken_at.ms}});
    }
    return true;
  });
  return {{"events", std::move(events)},
          {"nextForwardToken", "f/" + std::to_string(next)},
          {"nextBackwardToken", "b/" + std::to_string(from)}};
}

bool wants_stream(const std::string& stream, const Json& request) {
  const auto names = request.find("logStreamNames");
  if (names != request.end() && names->is_array()) {
    return std::find(names->begin(), names->end(), Json(stream)) != names->end();
  }
  return stream.starts_with(string_of(request, "logStreamNamePrefix"));
}

// [pawl] A filter pattern is a text that the message holds, with or without quotes around it.
Json filter_events(const LogFiles& files, const Json& request) {
  const std::string group = require_group(files, request);
  std::string wanted = string_of(request, "filterPattern");
  if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"') {
    wanted = wanted.substr(1, wanted.size() - 2);
  }
  const auto limit = static_cast<std::size_t>(number_of(request, "limit", 10'000));
  Json events = Json::array();
  for (const std::string& stream : files.streams(group)) {
    if (!wants_stream(stream, request)) continue;
    files.read(group, stream, 0, [&](const StoredLogEvent& event) {
      if (events.size() == limit) return false;
      if (in_time(event, request) && event.message.find(wanted) != std::string::npos) {
        events.push_back({{"logStreamName", stream},
                          {"timestamp", event.at.ms},
                          {"message", event.message},
                          {"ingestionTime", event.taken_at.ms},
                          {"eventId", std::to_string(event.position)}});
      }
      return true;
    });
  }
  return {{"events", std::move(events)}, {"searchedLogStreams", Json::array()}};
}

Shape group_only() { return structure({required("logGroupName", group_name())}); }
Shape group_and_stream() {
  return structure(
      {required("logGroupName", group_name()), required("logStreamName", stream_name())});
}
Shape listing(const char* prefix) {
  return structure({optional("logGroupName", group_name()),
                    optional("logGroupIdentifier", text().length(1, 2048)),
                    optional(prefix, text().length(1, 512)),
                    optional("nextToken", text().at_least(1)),
                    optional("limit", integer().range(1, 50))});
}
Shape put_shape() {
  const Shape event = structure(
      {required("timestamp", whole().at_least(0)), required("message", text().at_least(1))});
  return structure({required("logGroupName", group_name()),
                    required("logStreamName", stream_name()),
                    required("logEvents", list(event).length(1, 10'000)),
                    optional("sequenceToken", text())});
}
Shape reading() {
  return structure({optional("logGroupName", group_name()),
                    optional("logGroupIdentifier", text().length(1, 2048)),
                    optional("logStreamName", stream_name()),
                    optional("logStreamNames", list(stream_name())),
                    optional("logStreamNamePrefix", stream_name()),
                    optional("startTime", whole().at_least(0)),
                    optional("endTime", whole().at_least(0)),
                    optional("filterPattern", text().at_most(1024)),
                    optional("nextToken", text().at_least(1)),
                    optional("limit", integer().range(1, 10'000)),
                    optional("startFromHead", boolean())});
}

}  // namespace

JsonService make_logs_service(LogFiles& files, const LogsPlace& place) {
  JsonServiceOptions options{
      .target_prefix = "Logs_20140328.", .version = "1.1", .unavailable = {}};
  return JsonService(
      std::move(options),
      {{"CreateLogGroup", Scope::kAdmin, group_only(), direct([&files](const Json& request) {
          if (!files.create_group(group_of(request))) throw exists("group");
          return Json::object();
        })},
       {"CreateLogStream", Scope::kAdmin, group_and_stream(), direct([&files](const Json& request) {
          const std::string group = require_group(files, request);
          if (!files.create_stream(group, string_of(request, "logStreamName"))) {
            throw exists("stream");
          }
          return Json::object();
        })},
       {"DeleteLogGroup", Scope::kAdmin, group_only(), direct([&files](const Json& request) {
          files.delete_group(require_group(files, request));
          return Json::object();
        })},
       {"DescribeLogGroups",
        Scope::kRead,
        listing("logGroupNamePrefix"),
        direct([&files, place](const Json& request) {
          return describe_groups(files, place, request);
        })},
       {"DescribeLogStreams",
        Scope::kRead,
        listing("logStreamNamePrefix"),
        direct([&files, place](const Json& request) {
          return describe_streams(files, place, request);
        })},
       {"FilterLogEvents", Scope::kRead, reading(), direct([&files](const Json& request) {
          return filter_events(files, request);
        })},
       {"GetLogEvents", Scope::kRead, reading(), direct([&files](const Json& request) {
          return get_events(files, request);
        })},
       {"PutLogEvents", Scope::kAdmin, put_shape(), direct([&files](const Json& request) {
          return put_events(files, request);
        })}});
}

}  // namespace pawl::engine
