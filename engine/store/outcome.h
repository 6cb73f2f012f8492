// What facts that end an execution, or open it again, tell of it.
#pragma once

#include <vector>

#include "states/execution.h"

namespace pawl::engine {

// The outcome that a terminal fact tells of; kRunning for any other fact.
inline states::Outcome outcome_in(const states::Fact& fact) {
  using states::Status;
  if (const auto* succeeded = std::get_if<states::ExecutionSucceeded>(&fact)) {
    return {Status::kSucceeded, succeeded->output, {}};
  }
  if (const auto* failed = std::get_if<states::ExecutionFailed>(&fact)) {
    return {Status::kFailed, std::nullopt, failed->error};
  }
  if (const auto* aborted = std::get_if<states::ExecutionAborted>(&fact)) {
    return {Status::kAborted, std::nullopt, aborted->error};
  }
  if (const auto* timed_out = std::get_if<states::ExecutionTimedOut>(&fact)) {
    return {Status::kTimedOut, std::nullopt, timed_out->error};
  }
  return {};
}

// The redrive that these events begin with; null when they do not.
inline const states::ExecutionRedriven* redriven_in(const std::vector<states::Event>& events) {
  return events.empty() ? nullptr : std::get_if<states::ExecutionRedriven>(&events.front().what);
}

}  // namespace pawl::engine
