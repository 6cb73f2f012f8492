#include "engine/connectors/aws_caller.h"

#include <algorithm>
#include <random>
#include <utility>

#include "engine/aws/answer.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/states_json.h"
#include "engine/connectors/trace.h"
#include "engine/http/sigv4.h"
#include "engine/http/url.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

// [aws] The standard mode of SDKs: three attempts; the delay doubles, with full jitter.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
constexpr int kAttemptsMax = 3;
constexpr std::chrono::milliseconds kDelay{100};
constexpr std::chrono::milliseconds kThrottledDelay{1000};

std::chrono::milliseconds retry_delay(int attempt, bool throttled) {
  const auto longest = (throttled ? kThrottledDelay : kDelay) * (1 << (attempt - 1));
  thread_local std::minstd_rand dice{std::random_device{}()};
  return std::chrono::milliseconds(
      std::uniform_int_distribution<std::int64_t>(0, longest.count())(dice));
}

// Also where a service ran a call and the answer got lost: the SDK cannot tell either.
bool is_sent_again(const ClientError& error) {
  return error.kind == ClientError::Kind::kConnect || error.kind == ClientError::Kind::kClosed;
}

bool is_s3(const ServiceModel& model) { return model.signing_name == "s3"; }

// What is signed as the path: S3's as it is sent, every other service's encoded once more.
std::string signed_path(const ServiceModel& model, const std::string& path) {
  return is_s3(model) ? path : percent_encode(path, "/");
}

std::string sts_of(const AwsCallerOptions& options) {
  const auto found = options.urls.find("STS");
  if (found != options.urls.end()) return found->second;
  const auto any = options.urls.find("");
  return any == options.urls.end() ? "" : any->second;
}

}  // namespace

std::string variable_part(const std::string& service_id) {
  std::string part = service_id;
  for (char& c : part) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == ' ' || c == '-') c = '_';
  }
  return part;
}

struct AwsCaller::Going {
  Call call;
  ServiceEndpoint endpoint;
  bool is_configured = false;  // no prefixes before the host
  OperationRequest request;
  std::optional<TraceContext> trace;
  std::optional<AwsCredentials> credentials;
  Done done;
  int attempts = 0;
  const std::shared_ptr<Flight> flight = std::make_shared<Flight>();
};

AwsCaller::AwsCaller(HttpClient& http,
                     Clock& clock,
                     Executor& executor,
                     ServiceModels& models,
                     AwsCallerOptions options)
    : http_(http),
      clock_(clock),
      executor_(executor),
      models_(models),
      options_(std::move(options)),
      roles_(http, clock, {options_.region, sts_of(options_)}),
      roles_at_aws_(http, clock, {options_.region, sts_of_aws(options_.region)}) {}

std::optional<ServiceEndpoint> AwsCaller::endpoint(const ServiceModel& model,
                                                   const std::string& operation) const {
  const std::string part = variable_part(model.service_id);
  const auto at = [this](std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return ServiceEndpoint{std::move(url), options_.region, ""};
  };
  if (const auto own = options_.urls.find(part); own != options_.urls.end()) return at(own->second);
  if (const auto* here = local(model, operation)) return at(here->url());
  if (const auto any = options_.urls.find(""); any != options_.urls.end()) return at(any->second);
  if (!options_.reaches_aws || !credentials_of_environment()) return std::nullopt;
  return models_.endpoints().find(model.endpoint_prefix, options_.region);
}

// Null when this server does not have the operation itself, or is not asked for it.
const AwsCallerOptions::Local* AwsCaller::local(const ServiceModel& model,
                                                const std::string& operation) const {
  const std::string part = variable_part(model.service_id);
  const auto found = options_.local.find(part);
  if (found == options_.local.end() || options_.urls.contains(part)) return nullptr;
  return found->second.takes(operation) ? &found->second : nullptr;
}

Cancel AwsCaller::call(const TaskCall& task, Call call, Done done) {
  auto going = std::make_shared<Going>();
  going->endpoint = *endpoint(*call.model, call.operation->name);
  going->is_configured = !is_of_aws(going->endpoint.url);
  // [pawl] A token that SDKs make up is made of the work, so that a call sent again after a crash
  // is the same call: docs/decisions/0016-calls-sent-again.md
  call.parameters = with_idempotency_tokens(
      *call.operation, std::move(call.parameters), uuid_of(task.idempotency_token()));
  going->request = operation_request(*call.model, *call.operation, call.parameters);
  const bool is_local = local(*call.model, call.operation->name) != nullptr;
  going->trace = trace_of(task);
  going->call = std::move(call);
  going->done = std::move(done);
  const Cancel cancel = cancel_of(going->flight);
  if (is_local && options_.local_credentials) {
    going->credentials = options_.local_credentials;
    send(going);
    return cancel;
  }
  const bool has_sts = !sts_of(options_).empty();
  RoleCredentials& roles = going->is_configured || has_sts ? roles_ : roles_at_aws_;
  roles.find(task, [this, going](const asl::Result<std::optional<AwsCredentials>>& found) {
    if (going->flight->is_cancelled()) return;
    if (!found) return going->done(found.error());
    going->credentials = *found;
    send(going);
  });
  return cancel;
}

ClientRequest AwsCaller::request_of(const Going& going) const {
  const ServiceModel& model = *going.call.model;
  std::string base = going.endpoint.url;
  const std::size_t scheme = base.find("://");
  if (!going.is_configured && !going.request.host_prefix.empty())
    base.insert(scheme + 3, going.request.host_prefix);
  ClientRequest request;
  request.method = going.request.method;
  request.headers = going.request.headers;
  request.body = going.request.body;
  const std::string& query = going.request.query;
  request.url = base + going.request.path + (query.empty() ? "" : "?" + query);
  const auto url = parse_url(base);
  if (!url) return request;  // the client says that it is none
  if (is_s3(model))
    request.headers.set("x-amz-content-sha256", to_hex(digest(DigestKind::kSha256, request.body)));
  if (going.credentials && !going.call.operation->unsigned_call) {
    const std::string base_path = url->target == "/" ? "" : url->target;
    const std::string& name =
        going.endpoint.signing_name.empty() ? model.signing_name : going.endpoint.signing_name;
    sign_request(*going.credentials,
                 {going.endpoint.signing_region, name, clock_.now()},
                 {request.method,
                  url->authority(),
                  signed_path(model, base_path + going.request.path),
                  request.body,
                  query},
                 request.headers);
  }
  set_xray_header(going.trace, request.headers);
  return request;
}

void AwsCaller::send(const std::shared_ptr<Going>& going) {
  if (going->flight->is_cancelled()) return;
  ++going->attempts;
  going->flight->carries(http_.send(request_of(*going), [this, going](ClientResult result) {
    answered(going, std::move(result));
  }));
}

void AwsCaller::answered(const std::shared_ptr<Going>& going, ClientResult result) {
  if (going->flight->is_cancelled()) return;
  if (const auto* broken = std::get_if<ClientError>(&result)) {
    if (is_sent_again(*broken) && going->attempts < kAttemptsMax) return retry(going, false);
    return going->done(Unreachable{"Unable to execute HTTP request: " + broken->message});
  }
  auto& response = std::get<HttpResponse>(result);
  if (response.status < 300) return going->done(std::move(response));
  ServiceError refused = operation_error(*going->call.model, response);
  const bool throttled = is_throttled(refused);
  if ((throttled || is_transient(refused)) && going->attempts < kAttemptsMax)
    return retry(going, throttled);
  going->done(std::move(refused));
}

void AwsCaller::retry(const std::shared_ptr<Going>& going, bool throttled) {
  executor_.post_after(retry_delay(going->attempts, throttled), [this, going] { send(going); });
}

}  // namespace pawl::engine
