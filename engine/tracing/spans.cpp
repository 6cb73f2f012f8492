#include "engine/tracing/spans.h"

#include <optional>

#include "engine/http/trace_header.h"
#include "states/steps.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kFailureBytesMax = 1'024;

std::string failure_of(const states::StateError& error) {
  std::string text = error.name.value_or("");
  if (error.cause) text += (text.empty() ? "" : ": ") + *error.cause;
  return text.substr(0, kFailureBytesMax);
}

// What ended the execution: its status and error.
struct End {
  std::string status = "RUNNING";
  states::StateError error;
  asl::Timestamp at{};
};

struct EndOf {
  std::optional<End> operator()(const states::ExecutionSucceeded&) const {
    return End{"SUCCEEDED", {}, {}};
  }
  std::optional<End> operator()(const states::ExecutionFailed& fact) const {
    return End{"FAILED", fact.error, {}};
  }
  std::optional<End> operator()(const states::ExecutionTimedOut& fact) const {
    return End{"TIMED_OUT", fact.error, {}};
  }
  std::optional<End> operator()(const states::ExecutionAborted& fact) const {
    return End{"ABORTED", fact.error, {}};
  }
  template <class Other>
  std::optional<End> operator()(const Other&) const {
    return std::nullopt;
  }
};

End end_of(std::span<const states::Event> events) {
  for (std::size_t i = events.size(); i > 0; --i) {
    if (auto end = std::visit(EndOf{}, events[i - 1].what)) {
      end->at = events[i - 1].at;
      return *std::move(end);
    }
  }
  return {};
}

SpanEvent attempt_event(const states::Attempt& attempt, std::size_t number, asl::Timestamp ended) {
  SpanEvent event{"attempt", attempt.ended_at.value_or(ended), {}};
  event.attributes = {{"pawl.attempt", std::to_string(number)}};
  if (attempt.error) {
    event.attributes.emplace_back("error.type", attempt.error->name.value_or(""));
    event.attributes.emplace_back("error.message", failure_of(*attempt.error));
  }
  return event;
}

Span step_span(const Span& root, const std::string& arn, const states::StepRecord& step) {
  Span span;
  span.trace_id = root.trace_id;
  span.span_id = span_id_of(arn, step.entered_event);
  span.parent_id = step.parent == 0 ? root.span_id : span_id_of(arn, step.parent);
  span.name = step.state;
  span.began = step.entered_at;
  span.ended = step.exited_at.value_or(root.ended);
  span.is_failed = step.error.has_value() && step.status != "SUCCEEDED";
  if (step.error) span.failure = failure_of(*step.error);
  span.attributes = {{"pawl.state.type", std::string(asl::to_string(step.type))},
                     {"pawl.state.status", step.status},
                     {"pawl.event", std::to_string(step.entered_event)}};
  if (step.index) span.attributes.emplace_back("pawl.index", std::to_string(*step.index));
  for (std::size_t i = 0; i < step.attempts.size(); ++i) {
    span.events.push_back(attempt_event(step.attempts[i], i + 1, span.ended));
  }
  return span;
}

}  // namespace

std::vector<Span> spans_of(const states::ExecutionInfo& info,
                           std::span<const states::Event> events) {
  const auto caller = read_xray_header(info.trace_header.value_or(""));
  if (caller && !caller->is_sampled) return {};
  const End end = end_of(events);
  Span root;
  root.trace_id = caller ? caller->trace_id : trace_id_of(info.arn);
  root.span_id = span_id_of(info.arn, 0);
  if (caller) root.parent_id = caller->parent_id;
  root.name = info.state_machine_name;
  root.is_root = true;
  root.began = info.start_time;
  root.ended = end.at;
  root.is_failed = end.status != "SUCCEEDED";
  root.failure = failure_of(end.error);
  root.attributes = {{"pawl.execution.arn", info.arn},
                     {"pawl.execution.name", info.name},
                     {"pawl.state_machine.arn", info.state_machine_arn},
                     {"pawl.execution.status", end.status}};
  std::vector<Span> spans = {root};
  for (const states::StepRecord& step : states::steps_of(events)) {
    spans.push_back(step_span(root, info.arn, step));
  }
  return spans;
}

}  // namespace pawl::engine
