// The outcome that a terminal fact tells of.
#pragma once

#include "states/execution.h"

namespace pawl::engine {

// kRunning for any other fact.
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

}  // namespace pawl::engine
