// The headers that carry a trace from caller to callee: AWS X-Ray's, which executions keep as their
// traceHeader, and W3C's.
// [aws]
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
// [spec] https://www.w3.org/TR/trace-context/#traceparent-header
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace pawl::engine {

struct TraceContext {
  std::string trace_id;    // 32 hexadecimal digits
  std::string parent_id;   // 16 of the caller's span; or empty
  bool is_sampled = true;  // false: the caller wants no trace of it
};

// "Root=1-<8>-<24>;Parent=<16>;Sampled=1"; nullopt when it has no Root of this form.
std::optional<TraceContext> read_xray_header(std::string_view header);

// "00-<32>-<16>-01" as X-Ray writes it; nullopt when it is none.
std::optional<std::string> xray_header_of_traceparent(std::string_view traceparent);

// The context in either form; where it has no parent, W3C's form has no answer (empty).
std::string to_xray_header(const TraceContext& context);
std::string to_traceparent(const TraceContext& context);

// Sets "traceparent" unless it is there; nothing without a trace.
void set_traceparent(const std::optional<TraceContext>& trace, Headers& headers);
// Sets "X-Amzn-Trace-Id" likewise. [aws] No part of a signature: proxies may change it.
void set_xray_header(const std::optional<TraceContext>& trace, Headers& headers);

// The trace of an execution that nobody's trace has begun, and its spans: one for each visit of a
// state, by the id of its StateEntered event, and one for the whole (event 0). The same every time.
std::string trace_id_of(const std::string& execution_arn);
std::string span_id_of(const std::string& execution_arn, std::int64_t event);

}  // namespace pawl::engine
