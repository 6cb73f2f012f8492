// The headers that carry a trace from caller to callee: AWS X-Ray's, which executions keep as their
// traceHeader, and W3C's.
// [aws]
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
// [spec] https://www.w3.org/TR/trace-context/#traceparent-header
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

}  // namespace pawl::engine
