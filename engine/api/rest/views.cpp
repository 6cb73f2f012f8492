#include "engine/api/rest/views.h"

#include "asl/text.h"
#include "engine/api/execution_history.h"
#include "engine/api/execution_json.h"
#include "engine/api/history_json.h"
#include "engine/api/machine_json.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/rest.h"

namespace pawl::engine {

using asl::Json;

void add_error(Json& body, const asl::StateError& error) {
  Json shown = Json::object();
  if (error.name) shown["name"] = *error.name;
  if (error.cause) shown["cause"] = *error.cause;
  if (error.location) shown["location"] = *error.location;
  body["error"] = std::move(shown);
}

namespace {

// A text that holds a document becomes the document; of the events' members only these do.
Json document_of(const Json& text) {
  auto parsed = asl::parse_text(text.get_ref<const std::string&>());
  auto* document = std::get_if<Json>(&parsed);
  return document == nullptr ? text : std::move(*document);
}

Json details_view(const Json& details) {
  Json shown = Json::object();
  for (const auto& [name, value] : details.items()) {
    if (name == "input" || name == "output" || name == "parameters") {
      shown[name] = document_of(value);
    } else if (name == "assignedVariables") {
      for (const auto& [variable, text] : value.items()) shown[name][variable] = document_of(text);
    } else if (!value.is_object() || name == "taskCredentials") {  // not the truncation flags
      shown[name] = value;
    }
  }
  return shown;
}

Json attempt_view(const states::Attempt& attempt, std::size_t number) {
  Json shown = {{"number", number}, {"scheduledEvent", attempt.scheduled_event}};
  if (attempt.started_at) shown["startedAt"] = time_json(*attempt.started_at);
  if (attempt.ended_at) shown["endedAt"] = time_json(*attempt.ended_at);
  if (attempt.started_at && attempt.ended_at) {
    shown["durationMs"] = attempt.ended_at->ms - attempt.started_at->ms;
  }
  if (attempt.parameters) shown["parameters"] = attempt.parameters->json();
  if (attempt.submitted) shown["submitted"] = attempt.submitted->json();
  if (attempt.result) shown["result"] = attempt.result->json();
  if (attempt.error) add_error(shown, *attempt.error);
  return shown;
}

}  // namespace

Json machine_view(const MachineRow& row, bool with_definition) {
  Json body = {{"name", row.name},
               {"arn", row.arn},
               {"type", to_text(row.type)},
               {"status", row.deleting ? "DELETING" : "ACTIVE"},
               {"createdAt", time_json(row.created_at)},
               {"updatedAt", time_json(row.updated_at)}};
  if (!with_definition) return body;
  body["roleArn"] = row.role_arn;
  if (!row.revision_id.empty()) body["revisionId"] = row.revision_id;
  for (const auto& [name, value] : row.configuration.items()) body[name] = value;
  body["definition"] = document_of(row.definition);
  return body;
}

std::string execution_path(const ExecutionRow& row) {
  const states::ExecutionInfo& info = row.what.info;
  return "/api/v1/executions/" + percent_encode(info.state_machine_name + ":" + info.name, ":");
}

Json execution_summary(const ExecutionRow& row) {
  const states::ExecutionInfo& info = row.what.info;
  Json body = {{"id", info.state_machine_name + ":" + info.name},
               {"name", info.name},
               {"arn", info.arn},
               {"stateMachine", info.state_machine_name},
               {"stateMachineArn", info.state_machine_arn},
               {"status", states::to_string(row.status)},
               {"startedAt", time_json(info.start_time)}};
  if (row.stopped_at) {
    body["stoppedAt"] = time_json(*row.stopped_at);
    body["durationMs"] = row.stopped_at->ms - info.start_time.ms;
  }
  if (row.redriven_at) {
    body["redriveCount"] = row.redrive_count;
    body["redrivenAt"] = time_json(*row.redriven_at);
  }
  if (row.what.fork) {
    body["forkedFrom"] = {{"execution", row.what.fork->execution_arn},
                          {"event", row.what.fork->event}};
  }
  if (row.what.parent_arn) body["parent"] = *row.what.parent_arn;
  if (!row.what.labels.empty()) body["labels"] = rest::labels_json(row.what.labels);
  if (row.error) body["error"]["name"] = *row.error;
  if (row.failed_state) body["failedState"] = *row.failed_state;
  return body;
}

Json execution_view(Api& api, const ExecutionRow& row) {
  Json body = execution_summary(row);
  if (const auto input = execution_input(api, row)) body["input"] = input->json();
  if (const auto outcome = execution_outcome(api, row)) {
    if (outcome->output) body["output"] = outcome->output->json();
    if (outcome->status != states::Status::kSucceeded) add_error(body, outcome->error);
  }
  return body;
}

Json step_view(const states::StepRecord& step) {
  Json body = {{"id", step.entered_event},
               {"state", step.state},
               {"type", asl::to_string(step.type)},
               {"status", step.status}};
  if (step.parent != 0) body["parent"] = step.parent;
  if (step.index) body["index"] = *step.index;
  body["enteredAt"] = time_json(step.entered_at);
  if (step.exited_at) {
    body["exitedAt"] = time_json(*step.exited_at);
    body["durationMs"] = step.exited_at->ms - step.entered_at.ms;
  }
  body["input"] = step.input.json();
  if (step.output) body["output"] = step.output->json();
  if (!step.assigned.empty()) {
    Json assigned = Json::object();
    for (const auto& [name, value] : step.assigned) assigned[name] = value.json();
    body["assigned"] = std::move(assigned);
  }
  if (step.error) add_error(body, *step.error);
  if (!step.attempts.empty()) {
    Json attempts = Json::array();
    for (std::size_t i = 0; i < step.attempts.size(); ++i) {
      attempts.push_back(attempt_view(step.attempts[i], i + 1));
    }
    body["attempts"] = std::move(attempts);
  }
  return body;
}

Json event_view(const states::Event& event, const ExecutionRow& row) {
  const HistoryView view{.execution = row.what, .region = {}, .include_data = true};
  const Json full = history_event(event, view);
  Json shown = {{"id", event.id},
                {"previousId", event.previous},
                {"type", full.at("type")},
                {"at", time_json(event.at)}};
  for (const auto& [name, value] : full.items()) {
    if (value.is_object()) shown["details"] = details_view(value);
  }
  if (shown.contains("details")) shown["details"].erase("region");
  return shown;
}

std::vector<states::StepRecord> steps_of_execution(Api& api, const ExecutionRow& row) {
  return states::steps_of(read_events(api, row));
}

}  // namespace pawl::engine
