#include "engine/connectors/http_exchange.h"

#include <algorithm>

#include "asl/errors.h"
#include "asl/text.h"
#include "asl/utf8.h"
#include "engine/http/response_head.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

using asl::Json;
using asl::StateError;

constexpr std::size_t kCauseBytesMax = 32'768;  // [aws] of a cause, in characters

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = asl::decode_utf8(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

// "application/json" of "Application/JSON; charset=utf-8"
std::string media_type(const HttpResponse& response) {
  const std::string_view value = response.headers.get("Content-Type");
  std::string out(trimmed(value.substr(0, value.find(';'))));
  std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
  return out;
}

// [aws] The types that an HTTP Task does not take.
bool is_binary(const std::string& type) {
  return type == "application/octet-stream" || type.starts_with("image/") ||
         type.starts_with("video/") || type.starts_with("audio/");
}

// [aws] The names of a response are in lower case, as AWS's example has them.
Headers in_lower_case(const Headers& headers) {
  Headers out;
  for (const auto& [name, value] : headers.fields()) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
    out.add(std::move(lower), value);
  }
  return out;
}

Json header_lists(const Headers& headers) {
  Json out = Json::object();
  const Headers lower = in_lower_case(headers);
  for (const auto& [name, value] : lower.fields()) {
    if (!out.contains(name)) out[name] = Json::array();
    out[name].push_back(value);
  }
  return out;
}

StateError client_failure(const ClientError& error, const std::string& resource) {
  if (error.kind != ClientError::Kind::kTooLarge) return {"States.Http.Socket", error.message};
  return {asl::errors::kDataLimitExceeded,
          "The state/task '" + resource +
              "' returned a result with a size exceeding the maximum number of bytes service "
              "limit."};
}

// [aws] The answer's body.
std::string failure_cause(const HttpResponse& response) {
  if (response.body.empty() || !is_utf8(response.body)) {
    return std::string(reason_phrase(response.status));
  }
  std::size_t size = std::min(response.body.size(), kCauseBytesMax);
  while (size > 0 && size < response.body.size() && (response.body[size] & 0xC0) == 0x80) --size;
  return response.body.substr(0, size);
}

asl::Result<Json> body_value(const HttpResponse& response) {
  const std::string type = media_type(response);
  if (is_binary(type)) {
    return StateError{asl::errors::kRuntime,
                      "The content-type '" + type + "' of the response is not supported."};
  }
  if (!is_utf8(response.body)) {
    return StateError{asl::errors::kRuntime, "The body of the response is no valid text."};
  }
  if (type == "application/json" || type.ends_with("+json")) {
    auto parsed = asl::parse_text(response.body);
    if (Json* value = std::get_if<Json>(&parsed)) return std::move(*value);
  }
  return Json(response.body);
}

std::string protocol_of(const std::string& url) { return url.substr(0, url.find(':')); }

// [aws] "[name: value, name: value]"
std::string header_text(const Headers& headers) {
  std::string out;
  for (const auto& [name, value] : headers.fields()) {
    out += (out.empty() ? "" : ", ") + name + ": " + value;
  }
  return "[" + out + "]";
}

// A body is shown as text, whatever it is.
std::string shown_body(const std::string& body) {
  return is_utf8(body) ? body : std::to_string(body.size()) + " bytes that are no text";
}

}  // namespace

asl::Result<asl::Payload> http_task_result(const ClientResult& result,
                                           const std::string& resource) {
  if (const auto* error = std::get_if<ClientError>(&result))
    return client_failure(*error, resource);
  const auto& response = std::get<HttpResponse>(result);
  if (response.status < 200 || response.status >= 300) {
    return StateError{"States.Http.StatusCode." + std::to_string(response.status),
                      failure_cause(response)};
  }
  Json output = {{"Headers", header_lists(response.headers)}};
  if (!response.body.empty()) {
    asl::Result<Json> body = body_value(response);
    if (!body) return std::move(body).error();
    output["ResponseBody"] = *std::move(body);
  }
  output["StatusCode"] = response.status;
  output["StatusText"] = reason_phrase(response.status);
  return asl::Payload::of(std::move(output));
}

Json shown_request(const ClientRequest& request) {
  Json out = {{"protocol", protocol_of(request.url)},
              {"method", request.method},
              {"url", request.url},
              {"headers", header_text(request.headers)}};
  if (!request.body.empty()) out["body"] = request.body;
  return out;
}

Json shown_response(const ClientRequest& request, const HttpResponse& response) {
  return {{"protocol", protocol_of(request.url)},
          {"statusCode", std::to_string(response.status)},
          {"statusMessage", reason_phrase(response.status)},
          {"headers", header_text(in_lower_case(response.headers))},
          {"body", shown_body(response.body)}};
}

}  // namespace pawl::engine
