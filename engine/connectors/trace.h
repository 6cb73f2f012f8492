// The trace of an execution, as the services that its tasks call are told of it.
#pragma once

#include <optional>

#include "engine/http/trace_header.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// The execution's trace, with the span of the state that calls as the parent; nullopt when nobody
// has begun one.
std::optional<TraceContext> trace_of(const TaskCall& call);

// The header of an execution that begins a trace of its own. [aws] X-Ray's form.
std::string own_trace_header(const std::string& execution_arn);

}  // namespace pawl::engine
