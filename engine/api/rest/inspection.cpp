// POST /executions:inspect: an exported execution as one would look at it, also one of another
// server or of years ago. Nothing of it is kept.
#include <map>
#include <vector>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::string text_of_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t integer_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

Problem broken_event(std::size_t index, const std::string& why) {
  return bad_field("/events/" + std::to_string(index), why);
}

// Steps out of events as event_view() shows them. An event belongs to the step of the one that led
// to it.
class StepReader {
 public:
  void read(const Json& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Json& event = events[i];
      const std::int64_t id = integer_in(event, "id");
      const std::string type = text_of_member(event, "type");
      if (id <= last_id_ || type.empty()) {
        throw broken_event(i, "An event with a type and an id after the last one's is expected");
      }
      last_id_ = id;
      ++counts_[type];
      take(event, id, type);
    }
  }

  Json steps() const {
    Json list = Json::array();
    for (const Json& step : steps_) list.push_back(step);
    return list;
  }
  Json counts() const {
    Json shown = Json::object();
    for (const auto& [type, count] : counts_) shown[type] = count;
    return shown;
  }

 private:
  void take(const Json& event, std::int64_t id, const std::string& type) {
    constexpr std::string_view kEntered = "StateEntered";
    constexpr std::string_view kExited = "StateExited";
    const auto found = event.find("details");
    const Json details = found == event.end() ? Json::object() : *found;
    if (type.ends_with(kEntered)) return enter(event, id, type, details);
    const auto before = step_at_.find(integer_in(event, "previousId"));
    if (before == step_at_.end()) return;
    step_at_[id] = before->second;
    if (type.ends_with(kExited)) return exit(event, before->second, details);
    Json& step = steps_[before->second];
    if (type.ends_with("Failed") || type.ends_with("TimedOut") || type.ends_with("Aborted")) {
      fail(step, type, details);
    }
    if (type.ends_with("Scheduled")) {  // perhaps once more
      step["status"] = "RUNNING";
      step.erase("error");
      step["attempts"] = step.value("attempts", 0) + 1;
    }
  }

  // A Parallel or Map is left after the last step within it.
  void exit(const Json& event, std::size_t within, const Json& details) {
    const std::string name = text_of_member(details, "name");
    std::size_t left = within;
    for (std::size_t i = steps_.size(); i > 0 && steps_[left].at("state") != name; --i) {
      if (steps_[i - 1].at("state") == name && !steps_[i - 1].contains("exitedAt")) left = i - 1;
    }
    Json& step = steps_[left];
    step["status"] = step.contains("error") ? "CAUGHT_ERROR" : "SUCCEEDED";
    step["exitedAt"] = text_of_member(event, "at");
    if (details.contains("output")) step["output"] = details.at("output");
    step_at_[integer_in(event, "id")] = left;
  }

  void enter(const Json& event, std::int64_t id, const std::string& type, const Json& details) {
    constexpr std::size_t kSuffix = std::string_view("StateEntered").size();
    Json step = {{"id", id},
                 {"state", text_of_member(details, "name")},
                 {"type", type.substr(0, type.size() - kSuffix)},
                 {"status", "RUNNING"},
                 {"enteredAt", text_of_member(event, "at")}};
    if (details.contains("input")) step["input"] = details.at("input");
    step_at_[id] = steps_.size();
    steps_.push_back(std::move(step));
  }

  static void fail(Json& step, const std::string& type, const Json& details) {
    step["status"] = type.ends_with("TimedOut")  ? "TIMED_OUT"
                     : type.ends_with("Aborted") ? "ABORTED"
                                                 : "FAILED";
    if (details.contains("error")) step["error"]["name"] = text_of_member(details, "error");
    if (details.contains("cause")) step["error"]["cause"] = text_of_member(details, "cause");
  }

  std::vector<Json> steps_;
  std::map<std::int64_t, std::size_t> step_at_;  // by event
  std::map<std::string, std::int64_t> counts_;
  std::int64_t last_id_ = 0;
};

}  // namespace

void inspect_execution(const RestCall& call) {
  const Json body = body_of(call);
  StepReader reader;
  reader.read(body.at("events"));
  Json shown = {{"execution", body.at("execution")}};
  if (const auto machine = body.find("stateMachine"); machine != body.end()) {
    shown["stateMachine"] = *machine;
  }
  shown["events"] = body.at("events").size();
  shown["eventTypes"] = reader.counts();
  shown["steps"] = reader.steps();
  answer_json(call, 200, shown);
}

}  // namespace pawl::engine::rest
