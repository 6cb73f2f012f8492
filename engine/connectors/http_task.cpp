#include "engine/connectors/http_task.h"

#include <utility>

#include "asl/errors.h"
#include "asl/state/http_request.h"
#include "engine/connections/endpoint_rule.h"
#include "engine/connectors/http_exchange.h"

namespace pawl::engine {

bool HttpTaskConnector::matches(const std::string& resource) {
  const IntegrationArn arn = parse_integration(resource);
  return arn.service == "http" && arn.action == "invoke" && arn.pattern.empty();
}

Cancel HttpTaskConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  asl::Result<HttpTask> task = read_http_task(call.task.parameters.json());
  if (!task) {
    reply->failed(std::move(task).error());
    return {};
  }
  if (!may_be_called(task->endpoint, options_.plain_http_hosts)) {
    reply->failed({asl::errors::kRuntime, asl::invalid_http_field_message("ApiEndpoint")});
    return {};
  }
  const auto going = std::make_shared<const Going>(
      Going{*std::move(task), call.task.resource, reply, call.watch, trace_of(call)});
  connections_.authorize(going->task.connection_arn,
                         [this, going](const asl::Result<CallCredentials>& credentials) {
                           if (going->flight->is_cancelled()) return;
                           if (!credentials) return going->reply->failed(credentials.error());
                           send(going, *credentials);
                         });
  return cancel_of(going->flight);
}

void HttpTaskConnector::send(const std::shared_ptr<const Going>& going,
                             const CallCredentials& credentials) {
  asl::Result<ClientRequest> request = http_request(going->task, credentials, options_.caller);
  if (!request) return going->reply->failed(std::move(request).error());
  request->timeout = options_.timeout;
  const auto sent = going->watch ? std::make_shared<const ClientRequest>(*request) : nullptr;
  // [aws] Of the body, when nobody else says what it is; a trace does not show it.
  if (!request->body.empty() && !request->headers.has("Content-Type")) {
    request->headers.add("Content-Type", "application/json; charset=UTF-8");
  }
  set_traceparent(going->trace, request->headers);
  going->flight->carries(http_.send(
      *std::move(request),
      [this, going, sent, version = credentials.version](const ClientResult& result) {
        if (going->flight->is_cancelled()) return;
        const auto* response = std::get_if<HttpResponse>(&result);
        if (response != nullptr && (response->status == 401 || response->status == 407)) {
          connections_.refused(going->task.connection_arn, version);
        }
        if (sent) tell(*going, *sent, result);
        asl::Result<Payload> end = http_task_result(result, going->resource);
        if (!end) return going->reply->failed(std::move(end).error());
        going->reply->succeeded(*std::move(end));
      }));
}

// [aws] What the connection added is secret; the definition and the response are not.
void HttpTaskConnector::tell(const Going& going,
                             const ClientRequest& sent,
                             const ClientResult& result) const {
  asl::Json exchange = asl::Json::object();
  if (going.watch->reveals_secrets) {
    exchange["request"] = shown_request(sent);
  } else if (const auto bare = http_request(going.task, {}, options_.caller)) {
    exchange["request"] = shown_request(*bare);
  }
  if (const auto* response = std::get_if<HttpResponse>(&result)) {
    exchange["response"] = shown_response(sent, *response);
  }
  going.watch->tell(std::move(exchange));
}

}  // namespace pawl::engine
