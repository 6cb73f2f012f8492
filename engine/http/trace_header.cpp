#include "engine/http/trace_header.h"

#include <algorithm>

#include "engine/http/hash.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kTimeDigits = 8;  // of a trace's id, set apart by X-Ray

bool is_id(std::string_view text, std::size_t digits) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == digits && std::all_of(text.begin(), text.end(), is_digit) &&
         text.find_first_not_of('0') != std::string_view::npos;
}

// "1-5759e988-bd862e3fe1be46a994272793"
std::string trace_id_of_root(std::string_view root) {
  constexpr std::size_t kLength = 2 + kTimeDigits + 1 + 24;
  if (root.size() != kLength || !root.starts_with("1-") || root[2 + kTimeDigits] != '-') return "";
  std::string id(root.substr(2, kTimeDigits));
  id += root.substr(2 + kTimeDigits + 1);
  return is_id(id, kTraceDigits) ? id : "";
}

}  // namespace

std::optional<TraceContext> read_xray_header(std::string_view header) {
  TraceContext context;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    if (name == "Root") context.trace_id = trace_id_of_root(value);
    if (name == "Parent" && is_id(value, kSpanDigits)) context.parent_id = value;
    if (name == "Sampled") context.is_sampled = value != "0";
  }
  if (context.trace_id.empty()) return std::nullopt;
  return context;
}

std::optional<std::string> xray_header_of_traceparent(std::string_view traceparent) {
  // Later versions than 00 may be longer, and begin alike.
  constexpr std::size_t kLength = 2 + 1 + kTraceDigits + 1 + kSpanDigits + 1 + 2;
  if (traceparent.size() < kLength || traceparent.starts_with("ff")) return std::nullopt;
  if (traceparent.size() > kLength && traceparent.starts_with("00")) return std::nullopt;
  const std::string_view trace = traceparent.substr(3, kTraceDigits);
  const std::string_view span = traceparent.substr(3 + kTraceDigits + 1, kSpanDigits);
  if (!is_id(trace, kTraceDigits) || !is_id(span, kSpanDigits)) return std::nullopt;
  for (const std::size_t dash : {std::size_t{2}, 3 + kTraceDigits, kLength - 3}) {
    if (traceparent[dash] != '-') return std::nullopt;
  }
  const char flags = traceparent[kLength - 1];
  const int value = flags <= '9' ? flags - '0' : flags - 'a' + 10;
  return to_xray_header({std::string(trace), std::string(span), (value & 1) != 0});
}

std::string to_xray_header(const TraceContext& context) {
  std::string header = "Root=1-" + context.trace_id.substr(0, kTimeDigits) + "-" +
                       context.trace_id.substr(kTimeDigits);
  if (!context.parent_id.empty()) header += ";Parent=" + context.parent_id;
  return header + (context.is_sampled ? ";Sampled=1" : ";Sampled=0");
}

std::string to_traceparent(const TraceContext& context) {
  if (context.parent_id.empty()) return "";
  return "00-" + context.trace_id + "-" + context.parent_id + (context.is_sampled ? "-01" : "-00");
}

void set_traceparent(const std::optional<TraceContext>& trace, Headers& headers) {
  if (trace && !headers.has("traceparent")) headers.set("traceparent", to_traceparent(*trace));
}

void set_xray_header(const std::optional<TraceContext>& trace, Headers& headers) {
  if (trace && !headers.has("X-Amzn-Trace-Id")) {
    headers.set("X-Amzn-Trace-Id", to_xray_header(*trace));
  }
}

std::string trace_id_of(const std::string& execution_arn) {
  return hash::hex(hash::sha256(execution_arn)).substr(0, kTraceDigits);
}

std::string span_id_of(const std::string& execution_arn, std::int64_t event) {
  return hash::hex(hash::sha256(execution_arn + "#" + std::to_string(event)))
      .substr(0, kSpanDigits);
}

}  // namespace pawl::engine
