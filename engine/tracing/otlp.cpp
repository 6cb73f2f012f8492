#include "engine/tracing/otlp.h"

#include "asl/text.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr int kInternal = 1;  // SPAN_KIND_INTERNAL
constexpr int kServer = 2;    // SPAN_KIND_SERVER
constexpr int kOk = 1;
constexpr int kError = 2;

// 64-bit integers are texts in JSON.
std::string nanoseconds(asl::Timestamp time) { return std::to_string(time.ms) + "000000"; }

Json attributes_json(const SpanAttributes& attributes) {
  Json list = Json::array();
  for (const auto& [key, value] : attributes) {
    list.push_back({{"key", key}, {"value", {{"stringValue", value}}}});
  }
  return list;
}

Json span_json(const Span& span) {
  Json shown = {{"traceId", span.trace_id}, {"spanId", span.span_id}};
  if (!span.parent_id.empty()) shown["parentSpanId"] = span.parent_id;
  shown["name"] = span.name;
  shown["kind"] = span.is_root ? kServer : kInternal;
  shown["startTimeUnixNano"] = nanoseconds(span.began);
  shown["endTimeUnixNano"] = nanoseconds(span.ended);
  shown["attributes"] = attributes_json(span.attributes);
  Json events = Json::array();
  for (const SpanEvent& event : span.events) {
    events.push_back({{"timeUnixNano", nanoseconds(event.at)},
                      {"name", event.name},
                      {"attributes", attributes_json(event.attributes)}});
  }
  if (!events.empty()) shown["events"] = std::move(events);
  shown["status"] = {{"code", span.is_failed ? kError : kOk}};
  if (span.is_failed && !span.failure.empty()) shown["status"]["message"] = span.failure;
  return shown;
}

}  // namespace

std::string otlp_request(const SpanAttributes& resource, std::span<const Span> spans) {
  Json list = Json::array();
  for (const Span& span : spans) list.push_back(span_json(span));
  Json scope = Json::object();
  scope["scope"] = {{"name", "pawl"}};
  scope["spans"] = std::move(list);
  Json of_resource = Json::object();
  of_resource["resource"] = {{"attributes", attributes_json(resource)}};
  of_resource["scopeSpans"] = Json::array({std::move(scope)});
  Json request = Json::object();
  request["resourceSpans"] = Json::array({std::move(of_resource)});
  return asl::to_text(request);
}

}  // namespace pawl::engine
