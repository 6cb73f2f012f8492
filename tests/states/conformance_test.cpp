// Runs tests/conformance/**/*.json: a definition, an input and a script of what the outside world
// answers, and the history that must come of it. Files without a definition belong to others.
//
// {"about": why, "definition": {}, "input": {}, "limits": {"payload_bytes_max": 100},
//  "script": [ {"return": "State", "output": {}, "index": 0}, {"fail": "State", "error": "E",
//              "cause": "C"}, {"submit": "State", "output": {}}, {"started": "State", "worker":
//              "w"},
//              {"heartbeat": "State"}, {"advance": seconds}, {"stop": "Error", "cause": "C"},
//              {"restart": true} ],
//  "history": [ "1<0 ExecutionStarted", ["2<0 TaskStateEntered", {"name": "State"}] ],
//  "output": {} }
// An event's details are compared member by member with those that the case names.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "asl/text.h"
#include "tests/places.h"
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Case {
  std::string name;
  Json document;
};

std::vector<Case> cases() {
  const std::filesystem::path root =
      std::filesystem::path(test::kSourceFolder) / "tests/conformance";
  std::vector<Case> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".json") continue;
    auto parsed = asl::parse_text(text_of_file(entry.path()));
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    if (!std::holds_alternative<Json>(parsed)) {
      found.push_back({name, nullptr});
      continue;
    }
    Json& document = std::get<Json>(parsed);
    if (document.is_object() && document.contains("definition")) {
      found.push_back({name, std::move(document)});
    }
  }
  std::sort(
      found.begin(), found.end(), [](const Case& a, const Case& b) { return a.name < b.name; });
  return found;
}

StateError error_in(const Json& action, const char* name) {
  StateError error;
  if (action.contains(name) && action.at(name).is_string()) error.name = action.at(name);
  if (action.contains("cause")) error.cause = action.at("cause");
  return error;
}

// Details as GetExecutionHistory has them, without their repetitions.
struct Details {
  static void put(Json& out, const StateError& error) {
    if (error.name) out["error"] = *error.name;
    if (error.cause) out["cause"] = *error.cause;
  }
  Json operator()(const ExecutionStarted& fact) const { return {{"input", fact.input.json()}}; }
  Json operator()(const ExecutionSucceeded& fact) const { return {{"output", fact.output.json()}}; }
  Json operator()(const StateEntered& fact) const {
    return {{"name", fact.name}, {"input", fact.input.json()}};
  }
  Json operator()(const StateExited& fact) const {
    Json out = {{"name", fact.name}, {"output", fact.output.json()}};
    for (const auto& [name, value] : fact.assigned) out["assigned"][name] = value.json();
    return out;
  }
  Json operator()(const TaskScheduled& fact) const {
    Json out = {{"resource", fact.resource}, {"parameters", fact.parameters.json()}};
    if (fact.timeout_seconds) out["timeout"] = *fact.timeout_seconds;
    if (fact.heartbeat_seconds) out["heartbeat"] = *fact.heartbeat_seconds;
    if (fact.role_arn) out["role"] = *fact.role_arn;
    return out;
  }
  Json operator()(const TaskStarted& fact) const {
    return fact.worker_name ? Json{{"worker", *fact.worker_name}} : Json::object();
  }
  Json operator()(const TaskSubmitted& fact) const { return {{"output", fact.output.json()}}; }
  Json operator()(const TaskSucceeded& fact) const { return {{"output", fact.output.json()}}; }
  Json operator()(const MapStarted& fact) const { return {{"length", fact.length}}; }
  Json operator()(const IterationStarted& fact) const { return iteration(fact); }
  Json operator()(const IterationSucceeded& fact) const { return iteration(fact); }
  Json operator()(const IterationFailed& fact) const { return iteration(fact); }
  Json operator()(const IterationAborted& fact) const { return iteration(fact); }
  Json operator()(const EvaluationFailed& fact) const {
    Json out = {{"state", fact.state}};
    put(out, fact.error);
    if (fact.error.location) out["location"] = *fact.error.location;
    return out;
  }
  template <class Fact>
  Json operator()(const Fact& fact) const {
    Json out = Json::object();
    if constexpr (requires { fact.error; }) put(out, fact.error);
    return out;
  }
  template <class Fact>
  static Json iteration(const Fact& fact) {
    return {{"name", fact.name}, {"index", fact.index}};
  }
};

class Conformance : public testing::TestWithParam<Case> {
 protected:
  static void act(Driver& driver, const Json& action) {
    const auto index = action.value("index", std::size_t{0});
    if (action.contains("advance")) {
      driver.advance_ms(static_cast<std::int64_t>(action.at("advance").get<double>() * 1000));
    } else if (action.contains("restart")) {
      driver.restart();
    } else if (action.contains("stop")) {
      ASSERT_TRUE(driver.give(Stop{error_in(action, "stop")}));
    } else {
      task(driver, action, index);
    }
  }

  static void task(Driver& driver, const Json& action, std::size_t index) {
    const std::string verb = action.begin().key();
    const std::optional<CallTask> call = driver.pending(action.begin().value(), index);
    ASSERT_TRUE(call) << "nothing waits for " << asl::to_text(action);
    const Payload output = Payload::of(action.value("output", Json(nullptr)));
    if (verb == "return") {
      ASSERT_TRUE(driver.give(WorkReturned{call->work, output}));
    } else if (verb == "fail") {
      ASSERT_TRUE(driver.give(WorkReturned{call->work, error_in(action, "error")}));
    } else if (verb == "submit") {
      ASSERT_TRUE(driver.give(WorkSubmitted{call->work, output}));
    } else if (verb == "started") {
      std::optional<std::string> worker;
      if (action.contains("worker")) worker = action.at("worker");
      ASSERT_TRUE(driver.give(WorkStarted{call->work, worker}));
    } else if (verb == "heartbeat") {
      ASSERT_TRUE(driver.give(WorkHeartbeat{call->work}));
    } else {
      FAIL() << "no such action: " << verb;
    }
  }

  static void compare(const Json& expected, const Event& event, const std::string& line) {
    if (expected.is_string()) {
      EXPECT_EQ(expected, line);
      return;
    }
    EXPECT_EQ(expected.at(0), line);
    const Json details = std::visit(Details{}, event.what);
    const Json& wanted = expected.at(1);
    for (auto member = wanted.begin(); member != wanted.end(); ++member) {
      const Json found = details.value(member.key(), Json("(absent)"));
      EXPECT_EQ(found, member.value()) << line << ", " << member.key();
    }
  }
};

TEST_P(Conformance, HistoryIsAsRecorded) {
  const Json& document = GetParam().document;
  ASSERT_FALSE(document.is_null()) << "no JSON";
  Driver driver(machine_of(asl::to_text(document.at("definition"))));
  if (document.contains("limits")) {
    driver.limits.payload_bytes_max =
        document.at("limits").value("payload_bytes_max", driver.limits.payload_bytes_max);
    driver.limits.history_events_max =
        document.at("limits").value("history_events_max", driver.limits.history_events_max);
  }
  ASSERT_TRUE(driver.start(Payload::of(document.at("input"))));
  for (const Json& action : document.value("script", Json::array())) {
    act(driver, action);
    if (HasFatalFailure()) return;
  }
  std::vector<const Event*> events;
  for (const Event& event : driver.events()) {
    if (event.id != 0) events.push_back(&event);
  }
  const std::vector<std::string> lines = driver.history();
  const Json& history = document.at("history");
  for (std::size_t i = 0; i < std::min(history.size(), lines.size()); ++i) {
    compare(history.at(i), *events[i], lines[i]);
  }
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  EXPECT_EQ(lines.size(), history.size()) << all;
  if (document.contains("output")) {
    EXPECT_EQ(driver.output(), asl::to_text(document.at("output")));
  }
  if (document.contains("error")) {
    EXPECT_EQ(driver.error(), document.at("error").get<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Conformance, testing::ValuesIn(cases()), [](const testing::TestParamInfo<Case>& entry) {
      std::string name =
          entry.param.name.substr(0, entry.param.name.size() - std::string(".json").size());
      std::replace_if(
          name.begin(),
          name.end(),
          [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; },
          '_');
      return name;
    });

}  // namespace
}  // namespace pawl::states
