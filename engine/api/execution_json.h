// Executions as the actions show them, and where their input and outcome are read from.
#pragma once

#include <optional>
#include <string>

#include "asl/json.h"
#include "engine/api/api.h"
#include "engine/store/journal.h"

namespace pawl::engine {

asl::Json execution_list_item(const ExecutionRow& row);

// What an execution, or a test of a state, is given: the text of a request, `{}` without one.
// Throws InvalidExecutionInput.
asl::Payload execution_input_of(std::optional<std::string> text);

// Both are in the history: the first event and the last public one.
std::optional<asl::Payload> execution_input(Api& api, const ExecutionRow& row);
// Nothing while it runs.
std::optional<states::Outcome> execution_outcome(Api& api, const ExecutionRow& row);

// [aws] Then nothing of its executions can be redriven.
inline constexpr const char* kMachineDeleting = "State machine is in DELETING status";
bool is_of_deleted_machine(Api& api, const ExecutionRow& row);
// What RedriveExecution would answer; nothing when it would go on.
std::optional<std::string> why_not_redrivable(Api& api, const ExecutionRow& row);

// The outcome that a terminal fact tells of.
std::optional<states::Outcome> outcome_of(const states::Fact& fact);

}  // namespace pawl::engine
