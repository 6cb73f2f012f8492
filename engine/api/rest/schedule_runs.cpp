// What a schedule would start and when; its executions started by hand, and those of times past.
#include "engine/api/rest/problem.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/schedule_body.h"
#include "engine/schedules/firing.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kBackfillMax = 1000;
constexpr std::size_t kNextMax = 100;
constexpr std::size_t kNextUsual = 5;

asl::Timestamp time_of(const Json& body, const char* name) {
  const auto time = asl::parse_timestamp(body.at(name).get<std::string>());
  if (!time) throw bad_field(std::string("/") + name, "An RFC 3339 timestamp is expected");
  return *time;
}

// The times of a backfill, if they can be taken.
std::vector<asl::Timestamp> times_of_backfill(const RestCall& call,
                                              const Schedule& schedule,
                                              const Json& body) {
  const asl::Timestamp from = time_of(body, "from");
  const asl::Timestamp to = time_of(body, "to");
  if (to < from) throw bad_field("/to", "It is before from");
  if (to > call.api.clock.now()) {
    throw bad_field("/to", "It is still to come: the schedule itself fires then");
  }
  auto times = times_between(schedule, from, to, kBackfillMax + 1);
  if (times.size() > kBackfillMax) {
    throw bad_field("/to",
                    "There are more than " + std::to_string(kBackfillMax) +
                        " times between the two: take them a part at a time");
  }
  return times;
}

}  // namespace

void list_next_fires(const RestCall& call) {
  const auto schedule = schedule_of_path(call);
  const std::size_t count = number_in_query(call, "count", {1, kNextMax, kNextUsual});
  const std::string name = call.request->query_value("timezone").value_or(schedule->what.timezone);
  const auto zone = scheduler_of(call).zones().find(name);
  if (!zone) throw bad_field("?timezone", "There is no time zone '" + name + "'");
  Json items = Json::array();
  asl::Timestamp after = std::max(call.api.clock.now(), schedule->considered);
  while (items.size() < count) {
    const auto next = next_fire(*schedule, after);
    if (!next) break;
    items.push_back({{"at", time_json(*next)}, {"local", format_in_zone(*next, *zone)}});
    after = *next;
  }
  answer_json(call, 200, {{"timezone", name}, {"items", std::move(items)}});
}

void trigger_schedule(const RestCall& call) {
  const auto schedule = schedule_of_path(call);
  const Json body = body_of(call);
  const auto input = body.find("input");
  const std::string name =
      fire_name(schedule->name, std::string_view(call.once ? call.once->seed : new_uuid()));
  const Firing firing = scheduler_of(call).start_now(
      *schedule, name, input == body.end() ? schedule->what.input : asl::Payload::of(*input));
  const StartOutcome& outcome = firing.outcome;
  if (outcome.kind == StartOutcome::Kind::kUnavailable) throw unavailable();
  if (outcome.kind == StartOutcome::Kind::kRefused) {
    throw ServiceError{outcome.error, outcome.message};
  }
  const Json view = firing_view(name, firing);
  Headers headers;
  headers.set("Location",
              "/api/v1/executions/" + percent_encode(view.at("execution").get<std::string>(), ":"));
  answer_json(call, 202, view, std::move(headers));
}

void backfill_schedule(const RestCall& call) {
  const auto schedule = schedule_of_path(call);
  const Json body = body_of(call);
  const bool is_dry_run = body.value("dryRun", false);
  const auto times = times_of_backfill(call, *schedule, body);
  Json items = Json::array();
  if (is_dry_run) {
    for (const asl::Timestamp time : times) {
      items.push_back({{"at", time_json(time)},
                       {"name", fire_name(schedule->name, time)},
                       {"outcome", "PLANNED"}});
    }
  } else {
    for (const Firing& firing : scheduler_of(call).start(*schedule, times)) {
      items.push_back(firing_view(fire_name(schedule->name, firing.time), firing));
    }
  }
  answer_json(call, 200, {{"dryRun", is_dry_run}, {"items", std::move(items)}});
}

}  // namespace pawl::engine::rest
