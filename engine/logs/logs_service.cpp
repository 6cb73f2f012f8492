#include "engine/logs/logs_service.h"

#include "engine/logs/descriptions.h"
#include "engine/logs/events.h"
#include "engine/logs/requests.h"

namespace pawl::engine {
namespace {

using asl::Json;
using namespace shapes;  // NOLINT: the tables below read as sentences

Shape group_name() { return text().length(1, 512).matching("[\\.\\-_/#A-Za-z0-9]+"); }
Shape group_identifier() { return text().length(1, 2048).matching("[\\w#+=/:,.@-]*"); }
Shape stream_name() { return text().length(1, 512).matching("[^:*]*"); }
Shape page_token() { return text().at_least(1); }
Shape time() { return whole().at_least(0); }
Shape describe_limit() { return integer().range(1, 50); }
Shape events_limit() { return integer().range(1, 10'000); }

Shape group_only() { return structure({required("logGroupName", group_name())}); }
Shape group_and_stream() {
  return structure(
      {required("logGroupName", group_name()), required("logStreamName", stream_name())});
}
Shape describing_groups() {
  return structure(
      {optional("logGroupNamePrefix", group_name()),
       optional("logGroupNamePattern", text().length(0, 512).matching("[\\.\\-_/#A-Za-z0-9]*")),
       optional("logGroupIdentifiers", list(group_identifier()).length(1, 50)),
       optional("logGroupClass", text().one_of({"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"})),
       optional("nextToken", page_token()),
       optional("limit", describe_limit())});
}
Shape describing_streams() {
  return structure({optional("logGroupName", group_name()),
                    optional("logGroupIdentifier", group_identifier()),
                    optional("logStreamNamePrefix", stream_name()),
                    optional("orderBy", text().one_of({"LogStreamName", "LastEventTime"})),
                    optional("descending", boolean()),
                    optional("nextToken", page_token()),
                    optional("limit", describe_limit())});
}
Shape putting() {
  const Shape event =
      structure({required("timestamp", time()), required("message", text().at_least(1))});
  return structure({required("logGroupName", group_name()),
                    required("logStreamName", stream_name()),
                    required("logEvents", list(event).length(1, 10'000)),
                    optional("sequenceToken", text().at_least(1))});
}
Shape filtering() {
  return structure({optional("logGroupName", group_name()),
                    optional("logGroupIdentifier", group_identifier()),
                    optional("logStreamNames", list(stream_name()).length(1, 100)),
                    optional("logStreamNamePrefix", stream_name()),
                    optional("startTime", time()),
                    optional("endTime", time()),
                    optional("filterPattern", text().length(0, 1024)),
                    optional("nextToken", page_token()),
                    optional("limit", events_limit()),
                    optional("startFromHead", boolean()),
                    optional("interleaved", boolean()),
                    optional("unmask", boolean())});
}
Shape getting() {
  return structure({optional("logGroupName", group_name()),
                    optional("logGroupIdentifier", group_identifier()),
                    required("logStreamName", stream_name()),
                    optional("startTime", time()),
                    optional("endTime", time()),
                    optional("nextToken", page_token()),
                    optional("limit", events_limit()),
                    optional("startFromHead", boolean()),
                    optional("unmask", boolean())});
}

std::vector<Action> group_actions(LogFiles& files, const LogsPlace& place) {
  return {
      {"CreateLogGroup", Scope::kAdmin, group_only(), direct([&files](const Json& request) {
         if (!files.create_group(logs::string_of(request, "logGroupName"))) {
           throw logs::exists("group");
         }
         return Json::object();
       })},
      {"CreateLogStream", Scope::kAdmin, group_and_stream(), direct([&files](const Json& request) {
         const std::string group = logs::require_group(files, request);
         if (!files.create_stream(group, logs::string_of(request, "logStreamName"))) {
           throw logs::exists("stream");
         }
         return Json::object();
       })},
      {"DeleteLogGroup", Scope::kAdmin, group_only(), direct([&files](const Json& request) {
         if (!files.delete_group(logs::require_group(files, request))) throw logs::missing("group");
         return Json::object();
       })},
      {"DeleteLogStream", Scope::kAdmin, group_and_stream(), direct([&files](const Json& request) {
         const std::string group = logs::require_group(files, request);
         if (!files.delete_stream(group, logs::string_of(request, "logStreamName"))) {
           throw logs::missing("stream");
         }
         return Json::object();
       })},
      {"DescribeLogGroups",
       Scope::kRead,
       describing_groups(),
       direct([&files, place](const Json& request) {
         return logs::describe_groups(files, place, request);
       })},
      {"DescribeLogStreams",
       Scope::kRead,
       describing_streams(),
       direct([&files, place](const Json& request) {
         return logs::describe_streams(files, place, request);
       })}};
}

std::vector<Action> event_actions(LogFiles& files) {
  return {{"FilterLogEvents", Scope::kRead, filtering(), direct([&files](const Json& request) {
             return logs::filter_events(files, request);
           })},
          {"GetLogEvents", Scope::kRead, getting(), direct([&files](const Json& request) {
             return logs::get_events(files, request);
           })},
          {"PutLogEvents", Scope::kAdmin, putting(), direct([&files](const Json& request) {
             return logs::put_events(files, request);
           })}};
}

}  // namespace

JsonService make_logs_service(LogFiles& files, const LogsPlace& place) {
  JsonServiceOptions options{.target_prefix = "Logs_20140328.",
                             .version = "1.1",
                             .unavailable = {},
                             // [seen] "1 validation error detected: Value '10001' at 'limit' [...]"
                             .constraint_error = "InvalidParameterException"};
  std::vector<Action> actions = group_actions(files, place);
  for (Action& action : event_actions(files)) actions.push_back(std::move(action));
  return JsonService(std::move(options), std::move(actions));
}

}  // namespace pawl::engine
