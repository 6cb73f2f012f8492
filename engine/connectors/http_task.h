// arn:aws:states:::http:invoke: a call of an HTTPS API with an EventBridge connection.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/connections/connections.h"
#include "engine/connectors/connector.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/http_request.h"
#include "engine/connectors/trace.h"

namespace pawl::engine {

struct HttpTaskOptions {
  HttpCaller caller;
  std::vector<std::string> plain_http_hosts = {};  // engine/connections/endpoint_rule.h
  std::chrono::milliseconds timeout{60'000};       // [aws] for the whole call
};

// [pawl] A redirect is not followed: the credentials are for the endpoint that was named. A call
// that a crash interrupts is made again.
class HttpTaskConnector : public Connector {
 public:
  // REQUIRES: both outlive it.
  HttpTaskConnector(HttpClient& http, Connections& connections, HttpTaskOptions options)
      : http_(http), connections_(connections), options_(std::move(options)) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  // One call on its way.
  struct Going {
    HttpTask task;
    std::string resource;
    std::shared_ptr<TaskReply> reply;
    std::optional<ExchangeWatch> watch;
    std::optional<TraceContext> trace;
    std::shared_ptr<Flight> flight = std::make_shared<Flight>();
  };
  void send(const std::shared_ptr<const Going>& going, const CallCredentials& credentials);
  void tell(const Going& going, const ClientRequest& sent, const ClientResult& result) const;

  HttpClient& http_;
  Connections& connections_;
  const HttpTaskOptions options_;
};

}  // namespace pawl::engine
