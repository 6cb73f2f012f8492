#include "asl/text.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/ranges.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

states::StepRecord step_of(const RestCall& call) {
  const ExecutionRow row = execution_of(call);
  const std::string& id = call.arguments.at(1);
  for (states::StepRecord& step : steps_of_execution(call.api, row)) {
    if (std::to_string(step.entered_event) == id) return std::move(step);
  }
  throw not_found("The execution has no step " + id);
}

// The document of one stage of a step; nothing when the step has no such stage (yet).
std::optional<Json> stage_of(const states::StepRecord& step, const std::string& stage) {
  const auto json = [](const std::optional<asl::Payload>& payload) {
    return payload ? std::optional<Json>(payload->json()) : std::nullopt;
  };
  if (stage == "input") return step.input.json();
  if (stage == "output") return json(step.output);
  if (stage == "variables") {
    Json variables = Json::object();
    for (const auto& [name, value] : step.assigned) variables[name] = value.json();
    return variables;
  }
  if (step.attempts.empty()) return std::nullopt;
  const states::Attempt& last = step.attempts.back();
  if (stage == "arguments") return json(last.parameters);
  if (stage == "submitted") return json(last.submitted);
  if (stage == "result") return json(last.result);
  return std::nullopt;
}

}  // namespace

void list_steps(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const ExecutionRow row = execution_of(call);
  const std::string scope = "rest/steps " + row.what.info.arn;
  states::EventId after = 0;
  if (page.token) {
    after = call.api.tokens.open(scope, *page.token, now).get<states::EventId>();
  }
  Json items = Json::array();
  std::optional<std::string> next;
  for (const states::StepRecord& step : steps_of_execution(call.api, row)) {
    if (step.entered_event <= after) continue;
    if (items.size() == page.size) {
      next = call.api.tokens.make(scope, items.back().at("id"), now);
      break;
    }
    items.push_back(step_view(step));
  }
  answer_page(call, std::move(items), next);
}

void get_step(const RestCall& call) { answer_json(call, 200, step_view(step_of(call))); }

void get_step_io(const RestCall& call) {
  const states::StepRecord step = step_of(call);
  const std::string& stage = call.arguments.at(2);
  const auto document = stage_of(step, stage);
  if (!document) throw not_found("The step has no " + stage);
  answer_ranged(call, asl::to_text(*document));
}

void get_attempt(const RestCall& call) {
  const Json step = step_view(step_of(call));
  const std::string& number = call.arguments.at(2);
  for (const Json& attempt : step.value("attempts", Json::array())) {
    if (std::to_string(attempt.at("number").get<std::size_t>()) == number) {
      return answer_json(call, 200, attempt);
    }
  }
  throw not_found("The step has no attempt " + number);
}

}  // namespace pawl::engine::rest
