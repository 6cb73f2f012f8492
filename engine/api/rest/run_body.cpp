#include "engine/api/rest/run_body.h"

#include "engine/api/rest/labels.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kParamsMax = 1'000;
constexpr std::size_t kGoalsMax = 100;
constexpr std::size_t kNameBytesMax = 250;  // of a parameter, and of a metric's key

std::optional<asl::Timestamp> time_said(const Json& body, const char* name) {
  const auto text = body_text(body, name);
  if (!text) return std::nullopt;
  const auto time = asl::parse_timestamp(*text);
  if (!time) throw bad_field(std::string("/") + name, "An RFC 3339 timestamp is expected");
  return time;
}

// An object of the body with names of ours; an empty one when it is absent.
Json named_members(const Json& body, const char* member, std::size_t most) {
  Json found = body.value(member, Json::object());
  const std::string pointer = std::string("/") + member;
  if (found.size() > most) {
    throw bad_field(pointer, "At most " + std::to_string(most) + " are taken");
  }
  for (const auto& [name, value] : found.items()) {
    if (name.empty() || name.size() > kNameBytesMax) {
      throw bad_field(pointer,
                      "Names of 1 to " + std::to_string(kNameBytesMax) + " bytes are expected");
    }
  }
  return found;
}

std::map<std::string, Goal> goals_said(const Json& body) {
  std::map<std::string, Goal> goals;
  const Json said = named_members(body, "goals", kGoalsMax);
  for (const auto& [key, goal] : said.items()) {
    goals[key] = goal_of(goal.get<std::string>()).value();
  }
  return goals;
}

std::string execution_said(const RestCall& call, const Json& body) {
  const auto arn = body_text(body, "executionArn");
  if (!arn) return "";
  if (!call.api.store.journal().find(*arn)) {
    throw bad_field("/executionArn", "There is no execution " + *arn);
  }
  return *arn;
}

// Status and end go together, whatever of them was said.
void settle_end(const RestCall& call, Run& run) {
  if (run.status == states::Status::kRunning && run.ended_at) {
    throw bad_field("/endedAt", "A run that is RUNNING has not ended");
  }
  if (run.status != states::Status::kRunning && !run.ended_at) {
    run.ended_at = std::max(call.api.clock.now(), run.started_at);
  }
  if (run.ended_at && *run.ended_at < run.started_at) {
    throw bad_field("/endedAt", "It is before startedAt");
  }
}

void take_status(const Json& body, Run& run) {
  if (const auto status = body_text(body, "status"))
    run.status = states::status_of(*status).value();
}

}  // namespace

Run run_of_body(const RestCall& call, const Json& body) {
  Run run;
  run.id.name = call.once ? call.once->seed : new_uuid();
  run.name = body_text(body, "name").value_or(run.id.name);
  run.experiment = body_text(body, "experiment").value_or("");
  run.params = named_members(body, "params", kParamsMax);
  run.labels = labels_in(body);
  run.goals = goals_said(body);
  run.execution_arn = execution_said(call, body);
  run.started_at = time_said(body, "startedAt").value_or(call.api.clock.now());
  run.ended_at = time_said(body, "endedAt");
  take_status(body, run);
  settle_end(call, run);
  return run;
}

Run changed_run(const RestCall& call, const Run& run, const Json& body) {
  Run changed = run;
  if (body.contains("name")) changed.name = body_text(body, "name").value_or(run.id.name);
  if (body.contains("labels")) changed.labels = labels_in(body);
  if (body.contains("goals")) changed.goals = goals_said(body);
  take_status(body, changed);
  if (changed.status == states::Status::kRunning) changed.ended_at.reset();  // it goes on
  if (const auto ended_at = time_said(body, "endedAt")) changed.ended_at = ended_at;
  settle_end(call, changed);
  return changed;
}

}  // namespace pawl::engine::rest
