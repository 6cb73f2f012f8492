#include "engine/connectors/http_request.h"

#include <algorithm>
#include <array>

#include "asl/errors.h"
#include "asl/state/http_request.h"
#include "asl/text.h"
#include "engine/http/request_head.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

using asl::Json;
using asl::StateError;
using Parameters = std::vector<HttpParameter>;

StateError runtime_fault(std::string cause) { return {asl::errors::kRuntime, std::move(cause)}; }

StateError invalid_field(const char* name) {
  return runtime_fault(asl::invalid_http_field_message(name));
}

std::string text_in(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

// [aws] InvocationConfig, or Authentication as it was called before.
std::string connection_of(const Json& parameters) {
  for (const char* member : {"InvocationConfig", "Authentication"}) {
    const auto found = parameters.find(member);
    if (found != parameters.end() && found->is_object()) return text_in(*found, "ConnectionArn");
  }
  return "";
}

// [aws] A value may be an array: the name comes once for each element. Null is left out.
bool append_values(Parameters& out, const std::string& name, const Json& value) {
  if (value.is_object()) return false;
  if (!value.is_array()) {
    if (!value.is_null()) out.push_back({name, scalar_text(value)});
    return true;
  }
  return std::all_of(value.begin(), value.end(), [&](const Json& element) {
    return !element.is_structured() && append_values(out, name, element);
  });
}

bool append_members(Parameters& out, const Json& object) {
  for (const auto& [name, value] : object.items()) {
    if (!append_values(out, name, value)) return false;
  }
  return true;
}

std::optional<StateError> read_headers(const Json& parameters, HttpTask& task) {
  const auto found = parameters.find("Headers");
  if (found == parameters.end() || found->is_null()) return std::nullopt;
  if (!found->is_object() || !append_members(task.headers, *found)) return invalid_field("Headers");
  std::vector<std::string> refused;
  for (const auto& [name, value] : task.headers) {
    if (asl::is_refused_http_header(name)) refused.push_back(name);
  }
  if (refused.empty()) return std::nullopt;
  return runtime_fault(asl::refused_http_headers_message(refused));
}

std::optional<StateError> read_query(const Json& parameters, HttpTask& task) {
  const auto found = parameters.find("QueryParameters");
  if (found == parameters.end() || found->is_null()) return std::nullopt;
  if (found->is_string()) {
    task.query_text = found->get<std::string>();
    const bool is_fit = std::all_of(task.query_text.begin(), task.query_text.end(), [](char c) {
      return c > ' ' && c <= '~' && c != '#';
    });
    return is_fit ? std::nullopt : std::optional(invalid_field("QueryParameters"));
  }
  if (!found->is_object() || !append_members(task.query, *found)) {
    return invalid_field("QueryParameters");
  }
  return std::nullopt;
}

std::optional<StateError> read_transform(const Json& parameters, HttpTask& task) {
  const auto found = parameters.find("Transform");
  if (found == parameters.end() || found->is_null()) return std::nullopt;
  if (!found->is_object()) return invalid_field("Transform");
  const bool has_encoding = found->contains("RequestBodyEncoding");
  const std::string encoding = has_encoding ? text_in(*found, "RequestBodyEncoding") : "NONE";
  if (encoding != "NONE" && encoding != "URL_ENCODED") return invalid_field("RequestBodyEncoding");
  ArrayFormat format = ArrayFormat::kIndices;  // [aws] the default
  if (const auto options = found->find("RequestEncodingOptions"); options != found->end()) {
    const bool has_format = options->is_object() && options->contains("ArrayFormat");
    const auto named = has_format ? array_format(text_in(*options, "ArrayFormat")) : format;
    if (!named) return invalid_field("ArrayFormat");
    format = *named;
  }
  if (encoding == "URL_ENCODED") task.form = format;
  return std::nullopt;
}

void append_query(std::string& url, const std::string& query) {
  if (query.empty()) return;
  url += (url.find('?') == std::string::npos ? "?" : "&") + query;
}

std::string url_of(const HttpTask& task, const Parameters& added) {
  std::string url = task.endpoint.substr(0, task.endpoint.find('#'));
  append_query(url, task.query_text);
  const auto append = [&url](const HttpParameter& parameter) {
    append_query(url, percent_encode(parameter.key) + "=" + percent_encode(parameter.value));
  };
  for (const HttpParameter& parameter : task.query) {
    const bool is_replaced = std::any_of(
        added.begin(), added.end(), [&](const auto& each) { return each.key == parameter.key; });
    if (!is_replaced) append(parameter);
  }
  for (const HttpParameter& parameter : added) append(parameter);
  return url;
}

asl::Result<std::string> body_of(const HttpTask& task, const Parameters& added) {
  if (added.empty()) {
    if (!task.body) return std::string();
    if (task.form) return form_encoded(*task.body, *task.form);
    return task.body->is_string() ? task.body->get<std::string>() : asl::to_text(*task.body);
  }
  if (task.body && !task.body->is_object()) {
    return runtime_fault(
        "The RequestBody is no JSON object: the body parameters of the connection cannot be merged "
        "with it.");
  }
  Json merged = task.body ? *task.body : Json::object();
  for (const auto& [key, value] : added) merged[key] = value;
  return task.form ? form_encoded(merged, *task.form) : asl::to_text(merged);
}

// Set by Step Functions itself, or by the connection that carries the request.
bool is_ours(const std::string& name) {
  constexpr std::array<const char*, 6> kOurs{
      "Connection", "Content-Length", "Host", "Range", "Transfer-Encoding", "User-Agent"};
  return std::any_of(
      kOurs.begin(), kOurs.end(), [&](const char* ours) { return equal_without_case(ours, name); });
}

Headers headers_of(const HttpTask& task, const Parameters& added, const HttpCaller& caller) {
  Headers headers;
  Headers overriding;
  for (const auto& [name, value] : added) {
    if (!is_ours(name)) overriding.add(name, value);
  }
  for (const auto& [name, value] : task.headers) {
    if (!is_ours(name) && !overriding.has(name)) headers.add(name, value);
  }
  for (const auto& [name, value] : overriding.fields()) headers.add(name, value);
  // [aws] "User-Agent: Amazon|StepFunctions|HttpInvoke|region, Range: bytes=0-262144"
  headers.add("User-Agent", "Amazon|StepFunctions|HttpInvoke|" + caller.region);
  headers.add("Range", "bytes=0-" + std::to_string(caller.response_bytes_max));
  return headers;
}

}  // namespace

asl::Result<HttpTask> read_http_task(const Json& parameters) {
  if (!parameters.is_object()) return runtime_fault("The parameters must be a JSON object.");
  HttpTask task;
  task.endpoint = text_in(parameters, "ApiEndpoint");
  if (task.endpoint.empty()) return invalid_field("ApiEndpoint");
  task.method = text_in(parameters, "Method");
  if (!asl::is_http_task_method(task.method)) return invalid_field("Method");
  task.connection_arn = connection_of(parameters);
  if (task.connection_arn.empty()) return invalid_field("ConnectionArn");
  if (const auto body = parameters.find("RequestBody");
      body != parameters.end() && !body->is_null()) {
    task.body = *body;
  }
  for (const auto read : {read_headers, read_query, read_transform}) {
    if (auto fault = read(parameters, task)) return *std::move(fault);
  }
  return task;
}

asl::Result<ClientRequest> http_request(const HttpTask& task,
                                        const CallCredentials& added,
                                        const HttpCaller& caller) {
  asl::Result<std::string> body = body_of(task, added.body);
  if (!body) return std::move(body).error();
  ClientRequest request;
  request.method = task.method;
  request.url = url_of(task, added.query);
  request.headers = headers_of(task, added.headers, caller);
  request.body = *std::move(body);
  request.response_bytes_max = caller.response_bytes_max;
  if (std::string fault = request_fault(request); !fault.empty()) return runtime_fault(fault);
  return request;
}

}  // namespace pawl::engine
