// The HTTP API for people, under /api/v1: resources over the same actions as AWS's protocol.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/api/api.h"
#include "engine/api/worker_pool.h"
#include "engine/http/aws_json.h"
#include "engine/http/message.h"

namespace pawl::engine {

class IdempotencyKeys;  // engine/api/rest/idempotency.h

// Of a request with an idempotency key.
struct Once {
  std::string seed;           // what the request names by itself is named after this
  asl::Timestamp begun_at{};  // on the server's clock; whatever the request does is done later
  bool is_resumed = false;    // it was begun before, and may have done what it does
};

// One request on its way through a resource. Copyable; its copies answer the same client.
struct RestCall {
  Api& api;
  const JsonService& actions;
  WorkerPool& workers;
  std::shared_ptr<const HttpRequest> request;
  std::vector<std::string> arguments;  // what the {} of the route matched, decoded
  Responder respond;
  std::shared_ptr<const asl::Json> body = {};  // as its schema wants it; null: it takes none
  std::optional<Once> once = {};
};

// Answers the call now or later, or throws Problem or ServiceError.
using RestHandler = void (*)(const RestCall& call);

struct RestRoute {
  const char* method;
  const char* pattern;  // "/executions/{}/steps"; "{}:stop" leaves the verb out of the argument
  Scope scope;          // of those who may call it
  RestHandler handler;
  std::vector<std::string> query;  // the parameters it takes; others are refused
};

class Rest {
 public:
  // REQUIRES: all of them outlive it, and every answer that is still due.
  Rest(Api& api, const JsonService& actions, WorkerPool& workers);
  ~Rest();

  static bool serves(const HttpRequest& request);  // its path is under /api/v1/
  // Whether the body, which may be large, should go to a file. By its head alone.
  static bool spools(const HttpRequest& request);
  // What its route wants; of a request without one, Scope::kRead.
  static Access access(const HttpRequest& request);
  void handle(HttpRequest request, Responder respond);

 private:
  Api& api_;
  const JsonService& actions_;
  WorkerPool& workers_;
  const std::unique_ptr<IdempotencyKeys> keys_;
};

// Every resource's routes.
const std::vector<RestRoute>& rest_routes();

// What handlers share.

// Runs what may throw Problem or ServiceError (or anything of std) and answers with it.
template <class Body>
void answering(const RestCall& call, const Body& body);
void answer_failure(const RestCall& call);  // REQUIRES: an exception is being handled

void answer_json(const RestCall& call, int status, const asl::Json& body, Headers headers = {});
void answer_nothing(const RestCall& call);  // 204
// Calls an action; `done` gets its result, a ServiceError is answered.
void call_action(const RestCall& call,
                 const char* action,
                 asl::Json request,
                 std::function<void(const RestCall&, const asl::Json&)> done);

// The body, which satisfies the schema of the operation (openapi/operation.h). Empty counts as {}.
asl::Json body_of(const RestCall& call);
// Throws the problem of a caller who lacks `scope`; for what a route asks of some bodies only.
void require_scope(const RestCall& call, Scope scope, const std::string& what_for);
// Members of a body; throw Problem with the pointer when the type is wrong.
std::optional<std::string> body_text(const asl::Json& body, const std::string& name);

struct PageRequest {
  std::size_t size = 50;
  std::optional<std::string> token;
};
PageRequest page_of(const RestCall& call);
// {items, nextPageToken?} with a Link header; `body` has what stands beside the items.
void answer_page(const RestCall& call,
                 asl::Json items,
                 const std::optional<std::string>& next,
                 asl::Json body = asl::Json::object());

// The execution that {name} or {machine:name} or {arn} of the path means.
ExecutionRow execution_of(const RestCall& call);
ExecutionRow execution_named(Api& api, const std::string& id);
std::string state_machine_arn_of(const RestCall& call);
// The state machine that the path names, without version or alias.
MachineRow plain_machine_of(const RestCall& call);

asl::Json time_json(asl::Timestamp time);  // RFC 3339 with milliseconds

template <class Body>
void answering(const RestCall& call, const Body& body) {
  try {
    body();
  } catch (...) {
    answer_failure(call);
  }
}

}  // namespace pawl::engine
