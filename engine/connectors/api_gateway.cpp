#include "engine/connectors/api_gateway.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "asl/errors.h"
#include "asl/text.h"
#include "engine/aws/parameters.h"
#include "engine/connections/endpoint_rule.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/http/response_head.h"
#include "engine/http/text.h"
#include "engine/http/url.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

constexpr std::uint64_t kAnswerBytesMax = 10U << 20;  // [aws] of an API's payload
constexpr std::chrono::milliseconds kApiTimeout{30'000};

constexpr std::array<const char*, 10> kApiFields = {"AllowNullValues",
                                                    "ApiEndpoint",
                                                    "AuthType",
                                                    "Headers",
                                                    "Method",
                                                    "Path",
                                                    "QueryParameters",
                                                    "RequestBody",
                                                    "Stage",
                                                    "TaskToken"};
constexpr std::array<const char*, 7> kApiMethods = {
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
// [aws] Headers that a definition may not set.
constexpr std::array<std::string_view, 14> kRefusedHeaders = {"authorization",
                                                              "connection",
                                                              "content-md5",
                                                              "expect",
                                                              "host",
                                                              "max-forwards",
                                                              "proxy-authenticate",
                                                              "server",
                                                              "te",
                                                              "trailer",
                                                              "transfer-encoding",
                                                              "upgrade",
                                                              "via",
                                                              "www-authenticate"};

std::string in_small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
  return text;
}

std::string plain_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : asl::to_text(value);
}

// The values of a header or a query parameter: one, or a list of them.
std::vector<std::string> values_in(const Json& value) {
  std::vector<std::string> out;
  if (!value.is_array()) return {plain_text(value)};
  for (const Json& one : value) out.push_back(plain_text(one));
  return out;
}

class ApiCallReader {
 public:
  explicit ApiCallReader(const Json& parameters) : parameters_(parameters) {}

  ApiCall read() {
    if (!parameters_.is_object()) {
      missing("ApiEndpoint");
      missing("Method");
      return {};
    }
    for (const auto& [name, value] : parameters_.items()) {
      if (std::find(kApiFields.begin(), kApiFields.end(), name) == kApiFields.end())
        faults.push_back("The field \"" + name + "\" is not supported by Step Functions");
    }
    read_target();
    read_headers();
    read_query();
    read_body();
    return std::move(call_);
  }

  std::vector<std::string> faults;

 private:
  void missing(const std::string& name) {
    faults.push_back("The field '" + name + "' is required but was missing");
  }
  void invalid(const std::string& name) {
    faults.push_back("The value of the field '" + name + "' has an invalid format");
  }
  const Json* given(const char* name) const {
    const auto found = parameters_.find(name);
    return found == parameters_.end() || found->is_null() ? nullptr : &*found;
  }
  std::string text(const char* name) {
    const Json* value = given(name);
    if (value == nullptr) return {};
    if (!value->is_string()) invalid(name);
    return value->is_string() ? value->get<std::string>() : std::string();
  }

  void read_target() {
    const std::string endpoint = text("ApiEndpoint");
    if (given("ApiEndpoint") == nullptr) missing("ApiEndpoint");
    if (endpoint.find_first_of("/?#@") != std::string::npos) invalid("ApiEndpoint");
    call_.request.url = endpoint;
    call_.request.method = text("Method");
    const auto& method = call_.request.method;
    if (given("Method") == nullptr) {
      missing("Method");
    } else if (std::find(kApiMethods.begin(), kApiMethods.end(), method) == kApiMethods.end()) {
      invalid("Method");
    }
    const std::string type = text("AuthType");
    call_.is_signed = type == "IAM_ROLE" || type == "RESOURCE_POLICY";
    if (!type.empty() && type != "NO_AUTH" && !call_.is_signed) invalid("AuthType");
    for (std::string part : {text("Stage"), text("Path")}) {
      while (part.starts_with('/')) part.erase(0, 1);
      if (!part.empty()) call_.path += "/" + percent_encode(part, "/%");
    }
    if (call_.path.empty()) call_.path = "/";
  }

  void read_headers() {
    const Json* headers = given("Headers");
    if (headers == nullptr) return;
    if (!headers->is_object()) return invalid("Headers");
    for (const auto& [name, value] : headers->items()) {
      const std::string lower = in_small_letters(name);
      const bool refused = std::find(kRefusedHeaders.begin(), kRefusedHeaders.end(), lower) !=
                               kRefusedHeaders.end() ||
                           lower.starts_with("x-amz-") || lower.starts_with("x-forwarded-");
      if (refused) {
        faults.push_back("The header '" + name + "' is not supported by Step Functions");
        continue;
      }
      std::string joined;
      for (const std::string& one : values_in(value)) joined += (joined.empty() ? "" : ",") + one;
      call_.request.headers.set(name, joined);
    }
  }

  void read_query() {
    const Json* parameters = given("QueryParameters");
    if (parameters == nullptr) return;
    if (!parameters->is_object()) return invalid("QueryParameters");
    std::vector<std::pair<std::string, std::string>> fields;
    for (const auto& [name, value] : parameters->items()) {
      if (value.is_null()) continue;
      for (const std::string& one : values_in(value))
        fields.emplace_back(percent_encode(name), percent_encode(one));
    }
    std::stable_sort(fields.begin(), fields.end());
    for (const auto& [name, value] : fields)
      call_.query += (call_.query.empty() ? "" : "&") + name + "=" + value;
  }

  void read_body() {
    const Json* body = given("RequestBody");
    if (body == nullptr) return;
    const Json* nulls = given("AllowNullValues");
    const bool keeps_nulls = nulls != nullptr && *nulls == true;
    call_.request.body = asl::to_text(keeps_nulls ? *body : without_null_members(*body));
    if (!call_.request.headers.has("Content-Type"))
      call_.request.headers.add("Content-Type", "application/json");
  }

  static Json without_null_members(const Json& value) {
    if (!value.is_structured()) return value;
    Json out = value.is_array() ? Json::array() : Json::object();
    for (const auto& [name, one] : value.items()) {
      if (value.is_array()) {
        out.push_back(without_null_members(one));
      } else if (!one.is_null()) {
        out[name] = without_null_members(one);
      }
    }
    return out;
  }

  const Json& parameters_;
  ApiCall call_;
};

// "us-east-1" of "abc.execute-api.us-east-1.amazonaws.com".
std::string region_of_host(const std::string& host, const std::string& otherwise) {
  constexpr std::string_view kMark = ".execute-api.";
  const std::size_t at = host.find(kMark);
  if (at == std::string::npos) return otherwise;
  const std::size_t begin = at + kMark.size();
  return host.substr(begin, host.find('.', begin) - begin);
}

Json lists_of_headers(const Headers& headers) {
  Json out = Json::object();
  for (const auto& [name, value] : headers.fields()) {
    if (!out.contains(name)) out[name] = Json::array();
    out[name].push_back(value);
  }
  return out;
}

Json api_body(const HttpResponse& response) {
  auto parsed = asl::parse_text(response.body);
  if (Json* value = std::get_if<Json>(&parsed)) return std::move(*value);
  const std::string text = Json(response.body).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(text);
}

void report_api_call(const ClientResult& result, bool waits_for_token, TaskReply& reply) {
  if (const auto* broken = std::get_if<ClientError>(&result)) {
    return reply.failed(
        {"ApiGateway.SdkClientException", "Unable to execute HTTP request: " + broken->message});
  }
  const auto& response = std::get<HttpResponse>(result);
  if (response.status < 200 || response.status >= 300) {
    // [aws] "ApiGateway.403", with the body as its cause
    const Json body = api_body(response);
    return reply.failed({"ApiGateway." + std::to_string(response.status), plain_text(body)});
  }
  Json output = {{"Headers", lists_of_headers(response.headers)}};
  if (!response.body.empty()) output["ResponseBody"] = api_body(response);
  output["StatusCode"] = response.status;
  output["StatusText"] = reason_phrase(response.status);
  if (waits_for_token) return reply.submitted(Payload::of(std::move(output)));
  reply.succeeded(Payload::of(std::move(output)));
}

}  // namespace

asl::Result<ApiCall> read_api_call(const Json& parameters, const std::string& text) {
  ApiCallReader reader(parameters);
  ApiCall call = reader.read();
  if (!reader.faults.empty())
    return StateError{asl::errors::kRuntime, unusable_parameters(text, reader.faults)};
  return call;
}

bool ApiGatewayConnector::matches(const std::string& resource) {
  const IntegrationArn arn = parse_integration(resource);
  return arn.service == "apigateway" && arn.action == "invoke";
}

Cancel ApiGatewayConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const bool waits_for_token = parse_integration(call.task.resource).pattern == "waitForTaskToken";
  if (waits_for_token && call.task.submitted) return {};  // sent before the restart
  auto api = read_api_call(call.task.parameters.json(), call.task.parameters.text());
  if (!api) {
    reply->failed(std::move(api).error());
    return {};
  }
  // [pawl] An API on this machine, or on a host that may be called so, is called without TLS.
  const std::string endpoint = api->request.url;
  const bool is_plain = may_be_called("http://" + endpoint + "/", options_.plain_http_hosts);
  const std::string base = (is_plain ? "http://" : "https://") + endpoint;
  api->request.url = base + api->path + (api->query.empty() ? "" : "?" + api->query);
  api->request.timeout = kApiTimeout;
  api->request.response_bytes_max = kAnswerBytesMax;
  const auto flight = std::make_shared<Flight>();
  const auto send = [this, waits_for_token, reply, flight](ClientRequest request) {
    flight->carries(
        http_.send(std::move(request), [waits_for_token, reply](const ClientResult& result) {
          report_api_call(result, waits_for_token, *reply);
        }));
  };
  if (!api->is_signed) {
    send(std::move(api->request));
    return cancel_of(flight);
  }
  roles_.find(call,
              [this, reply, send, flight, endpoint, api = *std::move(api)](
                  const asl::Result<std::optional<AwsCredentials>>& found) {
                if (flight->is_cancelled()) return;
                if (!found) return reply->failed(found.error());
                ClientRequest request = api.request;
                const auto url = parse_url(request.url);
                if (*found && url) {
                  sign_request(
                      **found,
                      {region_of_host(endpoint, options_.region), "execute-api", clock_.now()},
                      {request.method,
                       url->authority(),
                       percent_encode(api.path, "/"),
                       request.body,
                       api.query},
                      request.headers);
                }
                send(std::move(request));
              });
  return cancel_of(flight);
}

}  // namespace pawl::engine
