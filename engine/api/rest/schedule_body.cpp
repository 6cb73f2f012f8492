#include "engine/api/rest/schedule_body.h"

#include "asl/text.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/problem.h"
#include "engine/api/scheduled_start.h"
#include "engine/api/versions.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

Expression expression_in(const Json& body) {
  auto parsed = parse_expression(body.at("expression").get<std::string>());
  if (const auto* fault = std::get_if<ExpressionFault>(&parsed)) {
    Problem problem = bad_field("/expression", fault->message);
    problem.detail =
        fault->message + " (at character " + std::to_string(fault->column) + " of the expression)";
    problem.errors[0]["column"] = fault->column;
    throw problem;
  }
  return std::get<Expression>(std::move(parsed));
}

std::optional<asl::Timestamp> time_in(const Json& body, const char* name) {
  const auto text = body_text(body, name);
  if (!text) return std::nullopt;
  const auto time = asl::parse_timestamp(*text);
  if (!time) throw bad_field(std::string("/") + name, "An RFC 3339 timestamp is expected");
  return time;
}

void require_target_of(const RestCall& call, const std::string& state_machine) {
  try {
    require_target(call.api, target_arn(call.api.config.arns, state_machine));
  } catch (const ServiceError& error) {
    throw bad_field("/stateMachine", error.message);
  }
}

asl::Payload input_in(const RestCall& call, const Json& body) {
  const auto found = body.find("input");
  if (found == body.end()) return asl::Payload::empty_object();
  asl::Payload input = asl::Payload::of(*found);
  if (static_cast<std::int64_t>(input.size_bytes()) > call.api.config.payload_bytes_max) {
    throw bad_field("/input", "It is longer than an execution's input may be");
  }
  return input;
}

Labels own_labels_in(const Json& body) {
  Labels labels = labels_in(body);
  if (labels.contains(kScheduleLabel)) {
    throw bad_field("/labels",
                    "The label 'schedule' is the schedule's name, of all its executions");
  }
  if (labels.size() >= kLabelsMax) {
    throw bad_field("/labels",
                    "At most " + std::to_string(kLabelsMax - 1) +
                        " labels are taken; one more is the schedule's name");
  }
  return labels;
}

const char* status_of(const Schedule& schedule) {
  if (is_completed(schedule)) return "COMPLETED";
  return schedule.what.paused ? "PAUSED" : "ACTIVE";
}

// "machine:name", by which it can be looked up; of an EXPRESS execution the ARN.
std::string execution_id(const std::string& arn) {
  const StatesArn parts = parse_arn(arn);
  return parts.type == "execution" ? parts.name + ":" + parts.qualifier : arn;
}

const char* text_of(StartOutcome::Kind kind) {
  switch (kind) {
    case StartOutcome::Kind::kStarted:
      return "STARTED";
    case StartOutcome::Kind::kAlreadyStarted:
      return "ALREADY_STARTED";
    case StartOutcome::Kind::kRefused:
      return "REFUSED";
    case StartOutcome::Kind::kUnavailable:
      return "UNAVAILABLE";
  }
  return "";
}

}  // namespace

Scheduler& scheduler_of(const RestCall& call) {
  if (call.api.schedules != nullptr) return *call.api.schedules;
  throw Problem{.status = 503,
                .name = "no-schedules",
                .title = "No schedules",
                .detail = "This server has no schedules"};
}

Problem no_such_schedule(const RestCall& call) {
  return not_found("There is no schedule " + call.arguments.front());
}

Scheduler::Found schedule_of_path(const RestCall& call) {
  auto schedule = scheduler_of(call).find(call.arguments.front());
  if (!schedule) throw no_such_schedule(call);
  return schedule;
}

Json definition_json(const ScheduleDefinition& what) {
  Json body = {{"stateMachine", what.state_machine},
               {"expression", what.expression.text},
               {"timezone", what.timezone},
               {"input", what.input.json()},
               {"missed", std::string(to_string(what.missed))},
               {"paused", what.paused},
               {"labels", labels_json(what.labels)}};
  if (what.start_date) body["startDate"] = time_json(*what.start_date);
  if (what.end_date) body["endDate"] = time_json(*what.end_date);
  if (what.description) body["description"] = *what.description;
  return body;
}

ScheduleDefinition definition_of_body(const RestCall& call, const Json& body, bool is_new_target) {
  ScheduleDefinition what;
  what.state_machine = body.at("stateMachine").get<std::string>();
  what.expression = expression_in(body);
  what.timezone = body_text(body, "timezone").value_or("UTC");
  what.zone = scheduler_of(call).zones().find(what.timezone);
  if (!what.zone) {
    throw bad_field("/timezone",
                    "There is no time zone '" + what.timezone + "' in " +
                        scheduler_of(call).zones().folder() +
                        "; names are those of the IANA database, as Europe/Amsterdam");
  }
  what.input = input_in(call, body);
  what.start_date = time_in(body, "startDate");
  what.end_date = time_in(body, "endDate");
  if (what.start_date && what.end_date && *what.end_date < *what.start_date) {
    throw bad_field("/endDate", "It is before startDate");
  }
  what.missed = parse_missed(body.value("missed", "one")).value_or(Missed::kOne);
  what.paused = body.value("paused", false);
  what.description = body_text(body, "description");
  what.labels = own_labels_in(body);
  if (is_new_target) require_target_of(call, what.state_machine);
  return what;
}

void require_future(const Schedule& schedule) {
  if (!is_completed(schedule)) return;
  const ScheduleDefinition& what = schedule.what;
  if (what.expression.is_one_time() &&
      !what.zone->utc_of(std::get<OneTime>(what.expression.when).local_seconds)) {
    throw bad_field(
        "/expression",
        "There is no such time in " + what.timezone + ": clocks are put forward over it");
  }
  throw bad_field("/expression", "It never fires: there is no such time to come");
}

Json schedule_view(const RestCall& call, const Schedule& schedule) {
  const Json definition = definition_json(schedule.what);
  Json body = {{"name", schedule.name},
               {"arn", scheduler_of(call).arn_of(schedule.name)},
               {"status", status_of(schedule)}};
  for (const auto& [name, value] : definition.items()) body[name] = value;
  body["createdAt"] = time_json(schedule.created_at);
  body["updatedAt"] = time_json(schedule.updated_at);
  const auto next = next_fire(schedule, schedule.considered);
  if (next && !schedule.what.paused) body["nextFireAt"] = time_json(*next);
  if (schedule.last_fire_at) body["lastFireAt"] = time_json(*schedule.last_fire_at);
  if (schedule.last_execution_arn) {
    body["lastExecution"] = execution_id(*schedule.last_execution_arn);
  }
  if (const auto& fault = schedule.last_fault) {
    body["lastError"] = {
        {"name", fault->error}, {"cause", fault->message}, {"at", time_json(fault->at)}};
  }
  return body;
}

std::string etag_of_schedule(const Schedule& schedule) {
  return "\"r" + std::to_string(schedule.revision) + "." + std::to_string(schedule.firings) + "\"";
}

void require_schedule_conditions(const RestCall& call, const Schedule& schedule) {
  std::string tag = etag_of_schedule(schedule);
  const std::string wanted(call.request->headers.get("If-Match"));
  const std::size_t at = wanted.find(tag.substr(0, tag.find('.') + 1));
  if (at != std::string::npos) tag = wanted.substr(at, wanted.find('"', at + 1) - at + 1);
  require_conditions(call, tag);
}

void answer_schedule(const RestCall& call, int status, const Schedule& schedule) {
  Headers headers;
  headers.set("ETag", etag_of_schedule(schedule));
  if (status == 201) {
    headers.set("Location", "/api/v1/schedules/" + percent_encode(schedule.name));
  }
  answer_json(call, status, schedule_view(call, schedule), std::move(headers));
}

Json firing_view(const std::string& name, const Firing& firing) {
  Json view = {
      {"at", time_json(firing.time)}, {"name", name}, {"outcome", text_of(firing.outcome.kind)}};
  if (!firing.outcome.execution_arn.empty()) {
    view["execution"] = execution_id(firing.outcome.execution_arn);
  }
  if (!firing.outcome.error.empty()) {
    view["error"] = {{"name", firing.outcome.error}, {"cause", firing.outcome.message}};
  }
  return view;
}

}  // namespace pawl::engine::rest
