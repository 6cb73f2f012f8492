#include "engine/connectors/trace.h"

namespace pawl::engine {

std::optional<TraceContext> trace_of(const TaskCall& call) {
  auto trace = read_xray_header(call.trace_header.value_or(""));
  if (trace) trace->parent_id = span_id_of(call.execution_arn, call.task.entered_event);
  return trace;
}

std::string own_trace_header(const std::string& execution_arn) {
  return to_xray_header({trace_id_of(execution_arn), "", true});
}

}  // namespace pawl::engine
