#include "engine/tracing/settings.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "engine/http/message.h"

namespace pawl::engine {
namespace {

using Variable = std::function<std::string(const char* name)>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// That of traces, else that of everything.
std::string of_traces(const Variable& variable, const std::string& name) {
  const std::string own = variable(("OTEL_EXPORTER_OTLP_TRACES_" + name).c_str());
  return own.empty() ? variable(("OTEL_EXPORTER_OTLP_" + name).c_str()) : own;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// "a=1,b=2", percent-encoded as in W3C's baggage.
Pairs pairs_of(const std::string& text, const std::string& variable) {
  Pairs pairs;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = trimmed(text.substr(at, end - at));
    at = end + 1;
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const auto value = percent_decode(part.substr(std::min(equals + 1, part.size())));
    if (equals == std::string::npos || equals == 0 || !value) {
      throw std::runtime_error(variable + ": '" + part + "' is not of the form name=value");
    }
    pairs.emplace_back(trimmed(part.substr(0, equals)), trimmed(*value));
  }
  return pairs;
}

std::string url_of(const Variable& variable) {
  std::string url = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (url.empty()) {
    url = variable("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (url.empty()) return "";
    while (url.ends_with('/')) url.pop_back();
    url += "/v1/traces";
  }
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    throw std::runtime_error("OTEL_EXPORTER_OTLP_ENDPOINT: '" + url + "' is no http address");
  }
  return url;
}

std::chrono::milliseconds timeout_of(const Variable& variable) {
  const std::string text = of_traces(variable, "TIMEOUT");
  if (text.empty()) return std::chrono::milliseconds(10'000);
  int value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size() || value <= 0) {
    throw std::runtime_error("OTEL_EXPORTER_OTLP_TIMEOUT: '" + text +
                             "' is no number of milliseconds");
  }
  return std::chrono::milliseconds(value);
}

SpanAttributes resource_of(const Variable& variable, const std::string& version) {
  SpanAttributes resource =
      pairs_of(variable("OTEL_RESOURCE_ATTRIBUTES"), "OTEL_RESOURCE_ATTRIBUTES");
  const std::string name = variable("OTEL_SERVICE_NAME");
  const auto named = std::find_if(resource.begin(), resource.end(), [](const auto& attribute) {
    return attribute.first == "service.name";
  });
  if (named == resource.end()) {
    resource.emplace_back("service.name", name.empty() ? "pawl" : name);
  } else if (!name.empty()) {
    named->second = name;
  }
  resource.emplace_back("service.version", version);
  return resource;
}

}  // namespace

std::optional<TraceSettings> trace_settings(const Variable& variable, const std::string& version) {
  if (variable("OTEL_SDK_DISABLED") == "true") return std::nullopt;
  const std::string exporter = variable("OTEL_TRACES_EXPORTER");
  if (exporter == "none") return std::nullopt;
  if (!exporter.empty() && exporter != "otlp") {
    throw std::runtime_error("OTEL_TRACES_EXPORTER: '" + exporter + "' is neither otlp nor none");
  }
  TraceSettings settings;
  settings.url = url_of(variable);
  if (settings.url.empty()) return std::nullopt;
  const std::string protocol = of_traces(variable, "PROTOCOL");
  if (!protocol.empty() && protocol != "http/json") {
    throw std::runtime_error("OTEL_EXPORTER_OTLP_PROTOCOL: '" + protocol +
                             "' is not spoken; http/json is");
  }
  settings.headers = pairs_of(of_traces(variable, "HEADERS"), "OTEL_EXPORTER_OTLP_HEADERS");
  settings.timeout = timeout_of(variable);
  settings.resource = resource_of(variable, version);
  return settings;
}

}  // namespace pawl::engine
