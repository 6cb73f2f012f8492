#include "engine/api/execution_json.h"

#include "asl/text.h"
#include "engine/http/aws_json.h"
#include "engine/store/outcome.h"

namespace pawl::engine {

using asl::Json;

Json execution_list_item(const ExecutionRow& row) {
  Json item = {{"executionArn", row.what.info.arn},
               {"stateMachineArn", row.what.info.state_machine_arn},
               {"name", row.what.info.name},
               {"status", states::to_string(row.status)},
               {"startDate", epoch_seconds(row.what.info.start_time)},
               {"redriveCount", 0}};
  if (row.stopped_at) item["stopDate"] = epoch_seconds(*row.stopped_at);
  if (row.what.version_arn) item["stateMachineVersionArn"] = *row.what.version_arn;
  if (row.what.alias_arn) item["stateMachineAliasArn"] = *row.what.alias_arn;
  return item;
}

// [seen] Any JSON value is an input, scalars too; the text of a fault is the parser's.
asl::Payload execution_input_of(const std::optional<std::string>& text) {
  if (!text) return asl::Payload::empty_object();
  const auto invalid = [](const std::string& why) {
    return ServiceError{"InvalidExecutionInput",
                        "Invalid State Machine Execution Input: '" + why + "'"};
  };
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
    throw invalid("Invalid execution input.");
  }
  auto parsed = asl::parse_text(*text);
  if (const auto* fault = std::get_if<asl::TextError>(&parsed)) throw invalid(fault->message);
  // The tree, not the text: what AWS shows later is compact.
  return asl::Payload::of(std::get<Json>(std::move(parsed)));
}

std::optional<asl::Payload> execution_input(Api& api, const ExecutionRow& row) {
  const auto events = api.store.journal().read_public(row.key, 1, 1, false);
  if (events.empty()) return std::nullopt;
  const auto* started = std::get_if<states::ExecutionStarted>(&events.front().what);
  return started == nullptr ? std::nullopt : std::optional(started->input);
}

std::optional<states::Outcome> outcome_of(const states::Fact& fact) {
  states::Outcome outcome = outcome_in(fact);
  if (outcome.status == states::Status::kRunning) return std::nullopt;
  return outcome;
}

std::optional<states::Outcome> execution_outcome(Api& api, const ExecutionRow& row) {
  if (row.status == states::Status::kRunning) return std::nullopt;
  // Ids never exceed sequences, so this starts at or above the last event.
  const auto events = api.store.journal().read_public(row.key, row.last_sequence, 1, true);
  return events.empty() ? std::nullopt : outcome_of(events.front().what);
}

}  // namespace pawl::engine
