#include "engine/api/execution_json.h"

#include "asl/text.h"
#include "engine/http/aws_json.h"
#include "engine/store/outcome.h"
#include "states/redrive.h"

namespace pawl::engine {

using asl::Json;

Json execution_list_item(const ExecutionRow& row) {
  Json item = Json::object();  // member by member: a list of them would be copied
  item["executionArn"] = row.what.info.arn;
  item["stateMachineArn"] = row.what.info.state_machine_arn;
  item["name"] = row.what.info.name;
  item["status"] = states::to_string(row.status);
  item["startDate"] = epoch_seconds(row.what.info.start_time);
  item["redriveCount"] = row.redrive_count;
  if (row.redriven_at) item["redriveDate"] = epoch_seconds(*row.redriven_at);
  if (row.stopped_at) item["stopDate"] = epoch_seconds(*row.stopped_at);
  if (row.what.version_arn) item["stateMachineVersionArn"] = *row.what.version_arn;
  if (row.what.alias_arn) item["stateMachineAliasArn"] = *row.what.alias_arn;
  return item;
}

// [seen] Any JSON value is an input, scalars too; the text of a fault is the parser's.
asl::Payload execution_input_of(std::optional<std::string> text) {
  if (!text) return asl::Payload::empty_object();
  const auto invalid = [](const std::string& why) {
    return ServiceError{"InvalidExecutionInput",
                        "Invalid State Machine Execution Input: '" + why + "'"};
  };
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
    throw invalid("Invalid execution input.");
  }
  auto parsed = asl::parse_payload(*std::move(text));
  if (const auto* fault = std::get_if<asl::TextError>(&parsed)) throw invalid(fault->message);
  return std::get<asl::Payload>(std::move(parsed));
}

namespace {

// What a fork was given instead of its origin's input.
std::optional<asl::Payload> input_of_fork(Api& api, const ExecutionRow& row) {
  constexpr std::size_t kPortion = 64;
  states::Sequence from = row.what.fork->shared + 1;
  for (;;) {
    const auto events = api.store.journal().read(row.key, from, kPortion);
    for (const states::Event& event : events) {
      const auto* forked = std::get_if<states::ExecutionForked>(&event.what);
      if (forked != nullptr) return forked->execution_input;
    }
    if (events.size() < kPortion) return std::nullopt;
    from = events.back().sequence + 1;
  }
}

}  // namespace

std::optional<asl::Payload> execution_input(Api& api, const ExecutionRow& row) {
  if (row.what.fork) {
    if (auto input = input_of_fork(api, row)) return input;
  }
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

bool is_of_deleted_machine(Api& api, const ExecutionRow& row) {
  // Of a child, the machine that its Map stands in.
  const std::string& arn = row.what.info.state_machine_arn;
  const auto machine = api.store.catalog().find_machine(arn.substr(0, arn.find('/')));
  return !machine || machine->deleting;
}

std::optional<std::string> why_not_redrivable(Api& api, const ExecutionRow& row) {
  const asl::Timestamp now = api.clock.now();
  const states::Limits limits;
  // [aws] An EXPRESS child of a Map Run is started anew, however old it is.
  const bool is_express = row.what.info.type == asl::MachineType::kExpress;
  if (is_express && row.stopped_at && row.status != states::Status::kSucceeded) return std::nullopt;
  states::LastEnd end{row.status, 0, row.what.info.start_time, row.stopped_at.value_or(now)};
  if (row.stopped_at && row.status != states::Status::kSucceeded) {  // no other asks how long it is
    const auto last = api.store.journal().read_public(row.key, row.last_sequence, 1, true);
    if (!last.empty()) end.last_event = last.front().id;
  }
  if (auto reason = states::why_not_redrivable(end, now, limits)) return reason;
  if (is_of_deleted_machine(api, row)) return kMachineDeleting;
  return std::nullopt;
}

}  // namespace pawl::engine
