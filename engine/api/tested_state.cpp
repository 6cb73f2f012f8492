#include "engine/api/tested_state.h"

#include <map>
#include <set>

#include "asl/integrations.h"
#include "asl/parse.h"
#include "asl/text.h"
#include "engine/api/machine_json.h"
#include "engine/api/mock_result.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kStateName = "StateName";  // [seen] what AWS calls a state without a name

std::shared_ptr<const asl::StateMachine> machine_of(const std::string& definition) {
  const asl::Parsed parsed = asl::parse_definition(definition, asl::MachineType::kStandard);
  if (!parsed.machine) {
    throw ServiceError{"InvalidDefinition", asl::invalid_definition_message(parsed.diagnostics)};
  }
  return parsed.machine;
}

// The names of the states that this one leads to.
void collect_targets(const Json& value, std::set<std::string>& targets) {
  if (value.is_array()) {
    for (const Json& element : value) collect_targets(element, targets);
    return;
  }
  if (!value.is_object()) return;
  for (const char* field : {"Next", "Default"}) {
    const auto target = value.find(field);
    if (target != value.end() && target->is_string()) targets.insert(target->get<std::string>());
  }
  for (const char* field : {"Choices", "Catch"}) {
    if (const auto inner = value.find(field); inner != value.end()) {
      collect_targets(*inner, targets);
    }
  }
}

void accept_resources(Json& graph);

// [seen] What the states inside a Map or Parallel call is not looked at: a test never runs them.
void accept_resources_within(Json& state) {
  if (!state.is_object()) return;
  for (const char* field : {"ItemProcessor", "Iterator"}) {
    if (const auto inner = state.find(field); inner != state.end()) accept_resources(*inner);
  }
  const auto branches = state.find("Branches");
  if (branches == state.end() || !branches->is_array()) return;
  for (Json& branch : *branches) accept_resources(branch);
}

void accept_resources(Json& graph) {
  if (!graph.is_object()) return;
  const auto states = graph.find("States");
  if (states == graph.end() || !states->is_object()) return;
  for (auto& [name, state] : states->items()) {
    accept_resources_within(state);
    if (!state.is_object()) continue;
    const auto resource = state.find("Resource");
    if (resource == state.end() || !resource->is_string()) continue;
    asl::ResourceFault fault;
    if (!asl::parse_resource(resource->get_ref<const std::string&>(), fault)) {
      *resource = "arn:aws:lambda:us-east-1:123456789012:function:any";
    }
  }
}

// A machine around the one state, with an end wherever the state may go.
std::string machine_around(Json state) {
  std::set<std::string> targets;
  collect_targets(state, targets);
  accept_resources_within(state);
  Json states = {{kStateName, state}};
  for (const std::string& target : targets) {
    if (target != kStateName) states[target] = {{"Type", "Succeed"}};
  }
  return asl::to_text({{"StartAt", kStateName}, {"States", std::move(states)}});
}

bool has_retries(const asl::State& state) {
  return state.type() == asl::StateType::kTask || state.type() == asl::StateType::kParallel ||
         state.type() == asl::StateType::kMap;
}

ServiceError bad_context(const std::string& why) {
  return invalid_test("Invalid Context object provided: " + why);
}

void check_members(const Json& object, const std::set<std::string, std::less<>>& allowed) {
  for (const auto& [name, value] : object.items()) {
    if (!allowed.contains(name)) throw bad_context("Field '" + name + "' is not allowed");
  }
}

// Whether $$.Task.Token exists for it.
bool has_task(const asl::State& state) {
  const auto* task = std::get_if<asl::Task>(&state.kind);
  if (task == nullptr) return false;
  asl::ResourceFault fault;
  const auto resource = asl::parse_resource(task->resource, fault);
  return resource && resource->pattern != asl::Pattern::kRequestResponse;
}

}  // namespace

TestedState tested_state(const std::string& definition, const std::optional<std::string>& name) {
  if (name) {
    TestedState tested{machine_of(definition), *name};
    if (!tested.machine->states.contains(*name)) {
      throw invalid_test("State not found in definition");
    }
    return tested;
  }
  const auto parsed = asl::parse_text(definition);
  const auto* state = std::get_if<Json>(&parsed);
  // The parser words what is no JSON, and what is no object.
  if (state == nullptr || !state->is_object()) return {machine_of(definition), kStateName};
  return {machine_of(machine_around(*state)), kStateName};
}

Json default_context(const TestContext& what) {
  const std::string machine = new_uuid();
  const std::string execution = new_uuid();
  const std::string prefix =
      "arn:" + what.arns.partition + ":states:" + what.arns.region + ":" + what.arns.account + ":";
  const std::string now = asl::format_timestamp_short(what.now);
  Json state = {{"Name", kStateName}, {"EnteredTime", now}};
  if (has_retries(what.state)) state["RetryCount"] = what.retry_count;
  Json context = {{"Execution",
                   {{"Id", prefix + "express:" + machine + ":" + execution},
                    {"Input", what.input},
                    {"Name", execution},
                    {"RoleArn", what.role_arn ? Json(*what.role_arn) : Json(nullptr)},
                    {"StartTime", now}}},
                  {"StateMachine", {{"Id", prefix + "stateMachine:" + machine}, {"Name", machine}}},
                  {"State", std::move(state)}};
  if (has_task(what.state)) context["Task"] = {{"Token", new_uuid()}};
  return context;
}

Json given_context(const std::string& text, const asl::State& state) {
  auto parsed = asl::parse_text(text);
  const auto* context = std::get_if<Json>(&parsed);
  if (context == nullptr || !context->is_object()) {
    throw bad_context("Context object must be a JSON object");
  }
  static const std::map<std::string, std::set<std::string, std::less<>>> kMembers = {
      {"Execution", {"Id", "Input", "Name", "RedriveCount", "RedriveTime", "RoleArn", "StartTime"}},
      {"State", {"EnteredTime", "Name", "RetryCount"}},
      {"StateMachine", {"Id", "Name"}},
      {"Task", {"Token"}}};
  for (const auto& [name, value] : context->items()) {
    if (name == "Map")
      throw bad_context("'Map' field is not supported when mocking a Context object");
    const auto members = kMembers.find(name);
    if (members == kMembers.end()) throw bad_context("Field '" + name + "' is not allowed");
    if (!value.is_object()) throw bad_context("Field '" + name + "' must be an object");
    check_members(value, members->second);
  }
  if (context->contains("Task") && !has_task(state)) {
    throw bad_context(
        "Context object contains 'Task' when state is not a Task state with a '.sync' or "
        "'.waitForTaskToken' service integration pattern");
  }
  return std::get<Json>(std::move(parsed));
}

}  // namespace pawl::engine
