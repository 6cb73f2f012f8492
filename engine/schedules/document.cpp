#include "engine/schedules/document.h"

#include <stdexcept>

namespace pawl::engine {
namespace {

using asl::Json;

void put_time(Json& document, const char* member, const std::optional<Timestamp>& time) {
  if (time) document[member] = time->ms;
}

std::optional<Timestamp> time_in(const Json& document, const char* member) {
  const auto found = document.find(member);
  if (found == document.end()) return std::nullopt;
  return Timestamp{found->get<std::int64_t>()};
}

std::optional<std::string> text_in(const Json& document, const char* member) {
  const auto found = document.find(member);
  if (found == document.end()) return std::nullopt;
  return found->get<std::string>();
}

ScheduleDefinition definition_in(const Json& document, ZoneFiles& zones) {
  ScheduleDefinition what;
  what.state_machine = document.at("stateMachine").get<std::string>();
  const std::string text = document.at("expression").get<std::string>();
  auto expression = parse_expression(text);
  if (const auto* fault = std::get_if<ExpressionFault>(&expression)) {
    throw std::runtime_error("its expression " + text + " is not known: " + fault->message);
  }
  what.expression = std::get<Expression>(std::move(expression));
  what.timezone = document.at("timezone").get<std::string>();
  what.zone = zones.find(what.timezone);
  what.input = asl::Payload::of(document.at("input"));
  what.start_date = time_in(document, "startDate");
  what.end_date = time_in(document, "endDate");
  what.missed = parse_missed(document.at("missed").get<std::string>()).value_or(Missed::kOne);
  what.paused = document.at("paused").get<bool>();
  what.description = text_in(document, "description");
  for (const auto& [name, value] : document.at("labels").items()) {
    what.labels[name] = value.get<std::string>();
  }
  return what;
}

}  // namespace

Json document_of(const Schedule& schedule) {
  const ScheduleDefinition& what = schedule.what;
  Json labels = Json::object();
  for (const auto& [name, value] : what.labels) labels[name] = value;
  Json document = {{"stateMachine", what.state_machine},
                   {"expression", what.expression.text},
                   {"timezone", what.timezone},
                   {"input", what.input.json()},
                   {"missed", std::string(to_string(what.missed))},
                   {"paused", what.paused},
                   {"labels", std::move(labels)},
                   {"revision", schedule.revision},
                   {"firings", schedule.firings},
                   {"createdAt", schedule.created_at.ms},
                   {"updatedAt", schedule.updated_at.ms},
                   {"anchor", schedule.anchor.ms},
                   {"considered", schedule.considered.ms}};
  put_time(document, "startDate", what.start_date);
  put_time(document, "endDate", what.end_date);
  if (what.description) document["description"] = *what.description;
  put_time(document, "lastFireAt", schedule.last_fire_at);
  if (schedule.last_execution_arn) document["lastExecutionArn"] = *schedule.last_execution_arn;
  if (schedule.last_fault) {
    document["lastFault"] = {{"error", schedule.last_fault->error},
                             {"message", schedule.last_fault->message},
                             {"at", schedule.last_fault->at.ms}};
  }
  return document;
}

Schedule schedule_of(std::string name, const Json& document, ZoneFiles& zones) {
  try {
    Schedule schedule;
    schedule.name = std::move(name);
    schedule.what = definition_in(document, zones);
    schedule.revision = document.at("revision").get<std::int64_t>();
    schedule.firings = document.at("firings").get<std::int64_t>();
    schedule.created_at = *time_in(document, "createdAt");
    schedule.updated_at = *time_in(document, "updatedAt");
    schedule.anchor = *time_in(document, "anchor");
    schedule.considered = *time_in(document, "considered");
    schedule.last_fire_at = time_in(document, "lastFireAt");
    schedule.last_execution_arn = text_in(document, "lastExecutionArn");
    if (const auto fault = document.find("lastFault"); fault != document.end()) {
      schedule.last_fault = {fault->at("error").get<std::string>(),
                             fault->at("message").get<std::string>(),
                             *time_in(*fault, "at")};
    }
    if (!schedule.what.zone) {
      schedule.last_fault = {
          "UnknownTimeZone",
          "There is no time zone " + schedule.what.timezone + " in " + zones.folder() + " any more",
          schedule.updated_at};
    }
    return schedule;
  } catch (const Json::exception& error) {
    throw std::runtime_error(error.what());
  }
}

}  // namespace pawl::engine
