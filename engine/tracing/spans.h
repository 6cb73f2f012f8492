// An execution that has ended as spans of OpenTelemetry: one for it, one for each step below that.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "asl/timestamp.h"
#include "states/event.h"
#include "states/execution.h"

namespace pawl::engine {

using SpanAttributes = std::vector<std::pair<std::string, std::string>>;

struct SpanEvent {
  std::string name;
  asl::Timestamp at{};
  SpanAttributes attributes;
};

struct Span {
  std::string trace_id;   // 32 hexadecimal digits
  std::string span_id;    // 16
  std::string parent_id;  // 16, or empty
  std::string name;
  bool is_root = false;  // of the execution
  asl::Timestamp began{};
  asl::Timestamp ended{};
  bool is_failed = false;
  std::string failure;  // "error: cause"
  SpanAttributes attributes;
  std::vector<SpanEvent> events;
};

// The ids follow from the execution's ARN and its events' ids: the same history gives the same
// spans. The start's trace header gives the trace (Root) and the root span's parent (Parent); of a
// trace that is not sampled there are none. No input, output or variable is in them.
// REQUIRES: `events` are public events in order, of which the last ends the execution; of one whose
// steps are not known that end alone will do.
std::vector<Span> spans_of(const states::ExecutionInfo& info,
                           std::span<const states::Event> events);

}  // namespace pawl::engine
