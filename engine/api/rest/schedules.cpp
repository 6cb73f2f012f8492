// Executions started by time.
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/schedule_body.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

// What a request under the same idempotency key has made before the server died.
bool is_made_before(const RestCall& call, const Schedule& there) {
  return call.once && call.once->is_resumed && there.created_at >= call.once->begun_at;
}

Problem name_taken(const std::string& name) {
  return {.status = 409,
          .name = "schedule-already-exists",
          .title = "Schedule already exists",
          .detail = "There is a schedule " + name + " already"};
}

Problem too_many() {
  return {
      .status = 409,
      .name = "too-many-schedules",
      .title = "Too many schedules",
      .detail = "There are " + std::to_string(kSchedulesMax) + " schedules, and no more are taken"};
}

// The machine of ?stateMachine=: by name or ARN; empty: of all.
std::string machine_in_query(const RestCall& call) {
  const auto text = call.request->query_value("stateMachine");
  if (!text) return "";
  return text->starts_with("arn:") ? parse_arn(*text, "stateMachine").name : *text;
}

// [spec] RFC 7396: a member that is null is removed, which here gives it its default.
Json merged(Json body, const Json& patch) {
  for (const auto& [name, value] : patch.items()) {
    if (value.is_null()) {
      body.erase(name);
    } else {
      body[name] = value;
    }
  }
  return body;
}

// A change by people, unless If-Match names another schedule.
void change_and_answer(const RestCall& call,
                       const std::function<ScheduleDefinition(const ScheduleDefinition&)>& edit) {
  const auto schedule =
      scheduler_of(call).change(call.arguments.front(), [&](const Schedule& there) {
        require_schedule_conditions(call, there);
        return changed(there, edit(there.what), call.api.clock.now());
      });
  if (!schedule) throw no_such_schedule(call);
  answer_schedule(call, 200, *schedule);
}

void set_paused(const RestCall& call, bool paused) {
  change_and_answer(call, [paused](ScheduleDefinition what) {
    what.paused = paused;
    return what;
  });
}

}  // namespace

void list_schedules(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string machine = machine_in_query(call);
  const std::string scope = "rest/schedules/" + machine;
  std::string after;
  if (page.token) after = call.api.tokens.open(scope, *page.token, now).get<std::string>();
  auto schedules = scheduler_of(call).list(after, machine, page.size + 1);
  std::optional<std::string> next;
  if (schedules.size() > page.size) {
    schedules.resize(page.size);
    next = call.api.tokens.make(scope, schedules.back()->name, now);
  }
  Json items = Json::array();
  for (const auto& schedule : schedules) items.push_back(schedule_view(call, *schedule));
  answer_page(call, std::move(items), next);
}

void create_schedule(const RestCall& call) {
  const Json body = body_of(call);
  const std::string name = body.at("name").get<std::string>();
  if (!is_schedule_name(name)) {
    throw bad_field("/name", "1 to 64 letters, digits, '-', '_' and '.' are expected");
  }
  Scheduler& scheduler = scheduler_of(call);
  const Schedule schedule =
      new_schedule(name, definition_of_body(call, body, true), call.api.clock.now());
  require_future(schedule);
  switch (scheduler.add(schedule)) {
    case Scheduler::Added::kDone:
      return answer_schedule(call, 201, schedule);
    case Scheduler::Added::kTooMany:
      throw too_many();
    case Scheduler::Added::kNameTaken:
      break;
  }
  const auto there = scheduler.find(name);
  if (!there || !is_made_before(call, *there)) throw name_taken(name);
  answer_schedule(call, 201, *there);
}

void get_schedule(const RestCall& call) {
  const auto schedule = schedule_of_path(call);
  Headers headers;
  headers.set("ETag", etag_of_schedule(*schedule));
  answer_tagged(call, schedule_view(call, *schedule), std::move(headers));
}

void patch_schedule(const RestCall& call) {
  const Json patch = body_of(call);
  const auto schedule =
      scheduler_of(call).change(call.arguments.front(), [&](const Schedule& there) {
        require_schedule_conditions(call, there);
        const Json body = merged(definition_json(there.what), patch);
        for (const char* name : {"stateMachine", "expression"}) {
          if (!body.contains(name)) throw bad_field(std::string("/") + name, "It is required");
        }
        const bool is_new_target = patch.contains("stateMachine");
        Schedule made =
            changed(there, definition_of_body(call, body, is_new_target), call.api.clock.now());
        if (!is_completed(there) || patch.contains("expression")) require_future(made);
        return made;
      });
  if (!schedule) throw no_such_schedule(call);
  answer_schedule(call, 200, *schedule);
}

void delete_schedule(const RestCall& call) {
  const bool was_there = scheduler_of(call).remove(
      call.arguments.front(),
      [&](const Schedule& there) { require_schedule_conditions(call, there); });
  if (!was_there) throw no_such_schedule(call);
  answer_nothing(call);
}

void pause_schedule(const RestCall& call) { set_paused(call, true); }

void resume_schedule(const RestCall& call) { set_paused(call, false); }

}  // namespace pawl::engine::rest
