// InvokeEndpoint: requests on their way through an endpoint's containers.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
#include <array>
#include <utility>

#include "engine/http/aws_json.h"
#include "engine/ml/documents.h"
#include "engine/ml/endpoints.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kPayloadBytesMax = 6U << 20;  // [aws] 6 MB
constexpr auto kModelTimeout =
    std::chrono::seconds(60);  // [aws] "A model container must respond within 60 seconds"
// [aws] The request headers that reach the container; all others stay behind.
constexpr std::array<const char*, 5> kForwarded = {"Content-Type",
                                                   "Accept",
                                                   "X-Amzn-SageMaker-Custom-Attributes",
                                                   "X-Amzn-SageMaker-Target-Model",
                                                   "X-Amzn-SageMaker-Inference-Id"};

HttpResponse runtime_error(int status, const std::string& type, Json body) {
  HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("x-amzn-ErrorType", type);
  response.headers.set("x-amzn-RequestId", new_uuid());
  response.body = body.dump();
  return response;
}

HttpResponse model_error(const std::string& endpoint, const HttpResponse& answer) {
  const bool client = answer.status >= 400 && answer.status < 500;
  const std::string original = answer.body.substr(0, 2048);
  return runtime_error(
      424,
      "ModelError",
      {{"ErrorCode", client ? "CLIENT_ERROR_FROM_MODEL" : "INTERNAL_FAILURE_FROM_MODEL"},
       {"Message",
        "Received " + std::string(client ? "client" : "server") + " error (" +
            std::to_string(answer.status) + ") from primary with message \"" + original +
            "\". See the log of endpoint " + endpoint + " for more information."},
       {"OriginalMessage", original},
       {"OriginalStatusCode", answer.status}});
}

HttpResponse unreachable(const std::string& endpoint, const ClientError& error) {
  if (error.kind == ClientError::Kind::kTimeout) {
    return runtime_error(
        424,
        "ModelError",
        {{"ErrorCode", "INVOCATION_TIMEOUT_FROM_MODEL"},
         {"Message",
          "Received server error (0) from primary with message \"Your invocation timed out "
          "while waiting for a response from container primary. Review the latency metrics "
          "for each container in the log of endpoint " +
              endpoint + ".\""},
         {"OriginalMessage", error.message},
         {"OriginalStatusCode", 0}});
  }
  return runtime_error(
      503,
      "ServiceUnavailable",
      {{"Message", "The server of endpoint " + endpoint + " does not answer: " + error.message}});
}

std::optional<std::string> wanted_variant(const HttpRequest& request) {
  const std::string_view name = request.headers.get("X-Amzn-SageMaker-Target-Variant");
  return name.empty() ? std::nullopt : std::optional<std::string>(name);
}

}  // namespace

void Endpoints::invoke(const std::string& name, HttpRequest request, Responder respond) {
  const auto record = context_.records.find("endpoint", name);
  const std::string status = record ? text_of(record->document, "EndpointStatus") : "";
  if (status != "InService" && status != "Updating") {
    respond(runtime_error(
        400,
        "ValidationError",
        {{"Message", "Endpoint " + name + " of account " + context_.account + " not found."}}));
    return;
  }
  if (request.body.size() > kPayloadBytesMax) {
    respond(runtime_error(
        400,
        "ValidationError",
        {{"Message",
          "1 validation error detected: Value at 'body' failed to satisfy constraint: "
          "Member must have length less than or equal to 6291456"}}));
    return;
  }
  const std::shared_ptr<VariantRouter> routes = router(name);
  const std::optional<std::string> target = wanted_variant(request);
  const std::optional<VariantRouter::Choice> choice = routes->acquire(target);
  if (!choice) {
    respond(runtime_error(400,
                          "ValidationError",
                          {{"Message",
                            target ? "Variant " + *target + " not found for endpoint " + name + "."
                                   : "Endpoint " + name + " has no variant that takes traffic."}}));
    return;
  }
  request.path = name;  // for the messages of errors on the way
  forward(routes, *choice, std::move(request), std::move(respond), 0);
}

// [aws] In a serial inference pipeline "the output of one container is the input of the next".
void Endpoints::forward(std::shared_ptr<VariantRouter> routes,
                        const VariantRouter::Choice& choice,
                        HttpRequest request,
                        Responder respond,
                        std::size_t stage) {
  ClientRequest call;
  call.method = "POST";
  call.url = "http://127.0.0.1:" + std::to_string(choice.pipeline[stage]) + "/invocations";
  for (const char* header : kForwarded) {
    if (request.headers.has(header))
      call.headers.set(header, std::string(request.headers.get(header)));
  }
  call.body = request.body;
  call.timeout = kModelTimeout;
  auto done =
      [this, routes, choice, request = std::move(request), respond = std::move(respond), stage](
          ClientResult result) mutable {
        HttpResponse* answer = std::get_if<HttpResponse>(&result);
        const bool good = answer != nullptr && answer->status >= 200 && answer->status < 300;
        if (good && stage + 1 < choice.pipeline.size()) {
          request.body = std::move(answer->body);
          request.headers.set("Content-Type", std::string(answer->headers.get("Content-Type")));
          forward(std::move(routes), choice, std::move(request), std::move(respond), stage + 1);
          return;
        }
        routes->release(choice);
        if (answer == nullptr) {
          respond(unreachable(request.path, std::get<ClientError>(result)));
        } else if (!good) {
          respond(model_error(request.path, *answer));
        } else {
          HttpResponse response;
          response.headers.set("Content-Type", std::string(answer->headers.get("Content-Type")));
          response.headers.set("x-Amzn-Invoked-Production-Variant", choice.variant);
          if (answer->headers.has("X-Amzn-SageMaker-Custom-Attributes")) {
            response.headers.set(
                "X-Amzn-SageMaker-Custom-Attributes",
                std::string(answer->headers.get("X-Amzn-SageMaker-Custom-Attributes")));
          }
          response.headers.set("x-amzn-RequestId", new_uuid());
          response.body = std::move(answer->body);
          respond(std::move(response));
        }
      };
  context_.http.send(std::move(call), std::move(done));
}

}  // namespace pawl::engine
