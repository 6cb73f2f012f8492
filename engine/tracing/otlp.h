// Spans as a request of the OpenTelemetry protocol over HTTP, in JSON.
// [spec] https://opentelemetry.io/docs/specs/otlp/#otlphttp
#pragma once

#include <span>
#include <string>

#include "engine/tracing/spans.h"

namespace pawl::engine {

// `resource`: of this server ("service.name", ...).
std::string otlp_request(const SpanAttributes& resource, std::span<const Span> spans);

}  // namespace pawl::engine
