// Where traces go, as the variables of OpenTelemetry say.
// [spec] https://opentelemetry.io/docs/specs/otel/protocol/exporter/
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/tracing/spans.h"

namespace pawl::engine {

struct TraceSettings {
  std::string url;  // "http://localhost:4318/v1/traces"
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds timeout{10'000};
  SpanAttributes resource;  // service.name and others
};

// nullopt: nobody asked for traces: neither OTEL_EXPORTER_OTLP_ENDPOINT nor
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, or OTEL_SDK_DISABLED is true, or OTEL_TRACES_EXPORTER
// none. Throws std::runtime_error, which names the variable: a value that cannot be taken, a
// protocol other than http/json (http/protobuf and grpc are not spoken).
// `variable` gives a variable's value, empty when it is not set.
std::optional<TraceSettings> trace_settings(
    const std::function<std::string(const char* name)>& variable, const std::string& version);

}  // namespace pawl::engine
