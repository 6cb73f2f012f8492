// pawl schedule: executions that a server starts by time.
#include <functional>
#include <iostream>
#include <memory>
#include <vector>

#include "asl/text.h"
#include "engine/cli/arguments.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"
#include "engine/cli/verbs.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kSchedulesShownMax = 10'000;
constexpr std::size_t kScheduleWidth = 24;
constexpr std::size_t kScheduleStatusWidth = 9;
constexpr std::size_t kTimeWidth = 24;
constexpr std::size_t kOutcomeWidth = 15;

struct ScheduleOptions {
  std::string name;
  std::string machine;
  std::string expression;
  std::string timezone;
  std::string input;
  std::string start_date;
  std::string end_date;
  std::string missed;
  std::string description;
  std::vector<std::string> labels;
  bool paused = false;
  std::string from;
  std::string to;
  bool dry_run = false;
  int count = 5;
  std::string format;
};

bool is_json(const ScheduleOptions& options) { return options.format == "json"; }

void print_json(const Json& answer) { std::cout << asl::to_text(answer) << "\n"; }

// "/schedules/NAME:pause"
std::string schedule_path(const ScheduleOptions& options, const std::string& rest = "") {
  return "/schedules/" + percent_encode(options.name) + rest;
}

void print_schedule(const Json& schedule) {
  std::cout << padded(member_text(schedule, "name"), kScheduleWidth) << "  "
            << padded(member_text(schedule, "status"), kScheduleStatusWidth) << "  "
            << padded(member_text(schedule, "nextFireAt"), kTimeWidth) << "  "
            << padded(member_text(schedule, "lastFireAt"), kTimeWidth) << "  "
            << member_text(schedule, "expression") << " " << member_text(schedule, "timezone")
            << "  " << member_text(schedule, "stateMachine");
  if (const auto fault = schedule.find("lastError"); fault != schedule.end()) {
    std::cout << "  " << member_text(*fault, "name");
  }
  std::cout << "\n";
}

void print_schedule_head() {
  std::cout << padded("SCHEDULE", kScheduleWidth) << "  " << padded("STATUS", kScheduleStatusWidth)
            << "  " << padded("NEXT", kTimeWidth) << "  " << padded("LAST", kTimeWidth)
            << "  EXPRESSION  STATE MACHINE\n";
}

void show_schedule(const ScheduleOptions& options, const Json& schedule) {
  if (is_json(options)) return print_json(schedule);
  print_schedule_head();
  print_schedule(schedule);
}

int list_schedules(ServerClient& client, const ScheduleOptions& options) {
  const std::string query =
      options.machine.empty() ? "" : "?stateMachine=" + percent_encode(options.machine);
  const Json items = client.items("/schedules" + query, kSchedulesShownMax);
  if (is_json(options)) {
    print_json(items);
    return kSucceeded;
  }
  print_schedule_head();
  for (const Json& item : items) print_schedule(item);
  return kSucceeded;
}

int create_schedule(ServerClient& client, const ScheduleOptions& options) {
  Json body = {{"name", options.name},
               {"stateMachine", options.machine},
               {"expression", options.expression}};
  const auto add = [&](const char* member, const std::string& value) {
    if (!value.empty()) body[member] = value;
  };
  add("timezone", options.timezone);
  add("startDate", options.start_date);
  add("endDate", options.end_date);
  add("missed", options.missed);
  add("description", options.description);
  add_document(body, "input", options.input);
  if (!options.labels.empty()) body["labels"] = labels_of(options.labels);
  if (options.paused) body["paused"] = true;
  show_schedule(options, client.post("/schedules", body));
  return kSucceeded;
}

int pause_schedule(ServerClient& client, const ScheduleOptions& options) {
  show_schedule(options, client.post(schedule_path(options, ":pause"), Json::object()));
  return kSucceeded;
}

int resume_schedule(ServerClient& client, const ScheduleOptions& options) {
  show_schedule(options, client.post(schedule_path(options, ":resume"), Json::object()));
  return kSucceeded;
}

int trigger_schedule(ServerClient& client, const ScheduleOptions& options) {
  Json body = Json::object();
  add_document(body, "input", options.input);
  const Json firing = client.post(schedule_path(options, ":trigger"), body);
  if (is_json(options)) {
    print_json(firing);
  } else {
    std::cout << member_text(firing, "execution") << "\n";
  }
  return kSucceeded;
}

int show_next_fires(ServerClient& client, const ScheduleOptions& options) {
  std::string query = "/next?count=" + std::to_string(options.count);
  if (!options.timezone.empty()) query += "&timezone=" + percent_encode(options.timezone);
  const Json answer = client.get(schedule_path(options, query));
  if (is_json(options)) {
    print_json(answer);
    return kSucceeded;
  }
  for (const Json& item : answer.at("items")) {
    std::cout << member_text(item, "at") << "  " << member_text(item, "local") << "\n";
  }
  return kSucceeded;
}

// Fails when not all is started.
int backfill_schedule(ServerClient& client, const ScheduleOptions& options) {
  const Json answer =
      client.post(schedule_path(options, ":backfill"),
                  {{"from", options.from}, {"to", options.to}, {"dryRun", options.dry_run}});
  if (is_json(options)) print_json(answer);
  int code = kSucceeded;
  for (const Json& item : answer.at("items")) {
    const std::string outcome = member_text(item, "outcome");
    if (outcome == "REFUSED" || outcome == "UNAVAILABLE") code = kFailed;
    if (is_json(options)) continue;
    std::cout << member_text(item, "at") << "  " << padded(outcome, kOutcomeWidth) << "  "
              << member_text(item, item.contains("execution") ? "execution" : "name");
    if (item.contains("error")) std::cout << "  " << member_text(item["error"], "cause");
    std::cout << "\n";
  }
  return code;
}

int remove_schedule(ServerClient& client, const ScheduleOptions& options) {
  client.call("DELETE", schedule_path(options), "");
  return kSucceeded;
}

void declare_name(CLI::App& app, ScheduleOptions& options) {
  app.add_option("name", options.name, "The schedule")->required();
}

void declare_create_options(CLI::App& app, ScheduleOptions& options) {
  declare_name(app, options);
  app.add_option("--machine", options.machine, "State machine: its name, also with :ALIAS or :N")
      ->required();
  app.add_option("--expression",
                 options.expression,
                 "'cron(0 9 ? * MON-FRI *)', 'rate(5 minutes)' or 'at(2026-12-01T10:00:00)'")
      ->required();
  app.add_option("--timezone", options.timezone, "As Europe/Amsterdam (default: UTC)");
  app.add_option("--input", options.input, "Input of each execution: JSON, or @FILE");
  app.add_option("--start", options.start_date, "Not before: 2026-12-01T00:00:00Z");
  app.add_option("--end", options.end_date, "Not after");
  app.add_option("--missed", options.missed, "What was missed starts: skip, one or all")
      ->check(CLI::IsMember({"skip", "one", "all"}));
  app.add_option("--description", options.description, "What it is for");
  app.add_option("--label", options.labels, "A label of each execution: NAME=VALUE; repeatable");
  app.add_flag("--paused", options.paused, "Begin when it is resumed");
}

const std::vector<ServerVerb<ScheduleOptions>>& verbs() {
  static const std::vector<ServerVerb<ScheduleOptions>> kVerbs = {
      {"backfill",
       "Start what it would have started between two times",
       backfill_schedule,
       [](CLI::App& app, ScheduleOptions& options) {
         declare_name(app, options);
         app.add_option("--from", options.from, "As 2026-12-01T00:00:00Z")->required();
         app.add_option("--to", options.to, "Inclusive, and not later than now")->required();
         app.add_flag("--dry-run", options.dry_run, "Only list the times");
       }},
      {"create", "Make a schedule", create_schedule, declare_create_options},
      {"ls",
       "List the schedules",
       list_schedules,
       [](CLI::App& app, ScheduleOptions& options) {
         app.add_option("--machine", options.machine, "Of this state machine");
       }},
      {"next",
       "Show when it fires next",
       show_next_fires,
       [](CLI::App& app, ScheduleOptions& options) {
         declare_name(app, options);
         app.add_option("--count", options.count, "How many times")->capture_default_str();
         app.add_option("--timezone", options.timezone, "To show them in (default: its own)");
       }},
      {"pause", "Start nothing until it is resumed", pause_schedule, declare_name},
      {"resume", "Go on with what is due from now on", resume_schedule, declare_name},
      {"rm", "Remove a schedule; its executions go on", remove_schedule, declare_name},
      {"trigger",
       "Start an execution of it now",
       trigger_schedule,
       [](CLI::App& app, ScheduleOptions& options) {
         declare_name(app, options);
         app.add_option("--input", options.input, "In place of its own: JSON, or @FILE");
       }},
  };
  return kVerbs;
}

}  // namespace

std::function<int()> declare_schedule(CLI::App& app) { return declare_verbs(app, verbs()); }

}  // namespace pawl::engine
