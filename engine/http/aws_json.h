// The AWS JSON protocol (1.0 and 1.1), for any service: X-Amz-Target names the action, the body is
// its request; errors are {"__type", "message"}.
// [aws] https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
#pragma once

#include <atomic>
#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "asl/timestamp.h"
#include "engine/http/access.h"
#include "engine/http/aws_shape.h"
#include "engine/http/message.h"
#include "engine/http/service_error.h"

namespace pawl::engine {

using ActionResult = std::variant<asl::Json, ServiceError>;
// Answers one action, once, from any thread. Copyable.
class ActionReply {
 public:
  using ClientGone = std::shared_ptr<const std::atomic<bool>>;

  template <class Send>
  requires(!std::same_as<Send, ActionReply> && std::invocable<const Send&, ActionResult>)
      ActionReply(Send send, ClientGone client_gone = nullptr)  // NOLINT: implicit by design
      : send_(std::move(send)), client_gone_(std::move(client_gone)) {}

  void operator()(ActionResult result) const { send_(std::move(result)); }
  // Whether nobody waits for the answer any more, as far as is known.
  bool is_client_gone() const { return client_gone_ && client_gone_->load(); }

 private:
  std::function<void(ActionResult)> send_;
  ClientGone client_gone_;
};
// `request` satisfies the action's shape. Replies now or later, or throws ServiceError instead of
// replying.
using ActionHandler = std::function<void(asl::Json request, ActionReply reply)>;

// A header that is not in ASCII, or too long for its member, counts for nothing.
struct HeaderMember {
  const char* header;
  const char* member;
  // The member's value; nullopt: none. Null: the header as it is.
  std::optional<std::string> (*read)(std::string_view header);
  bool counts_more;  // than what the body says
};

struct Action {
  std::string name;  // "StartExecution"
  Scope scope;       // of those who may call it
  Shape request;     // a structure
  ActionHandler handler;
  // Whether this request, which satisfies the shape, is answered without waiting for the disk or
  // anybody else. Unset: none is.
  std::function<bool(const asl::Json& request)> is_quick = nullptr;
  // Members that headers stand for. A later one counts more than an earlier one.
  std::vector<HeaderMember> header_members = {};
};

// Has the job done on a thread that may wait; false: there is no room, and it was not taken.
using Elsewhere = std::function<bool(std::function<void()> job)>;

// The handler of an action that is answered at once: returns its result or throws ServiceError.
ActionHandler direct(std::function<asl::Json(const asl::Json& request)> action);

struct JsonServiceOptions {
  std::string target_prefix;    // "AWSStepFunctions."
  std::string version = "1.0";  // of the protocol: "1.0" or "1.1"
  std::string message_member = "message";
  // Actions the service has on AWS and this one has not: refused by name.
  std::vector<std::string> unavailable;
  // What is answered for an exception that is no ServiceError. Unset: InternalFailure, 500.
  std::function<ServiceError(const std::exception&)> failure = nullptr;
  // The type of the error for a request that violates a constraint of its shape.
  std::string constraint_error = "ValidationException";
};

// Thread-safe. Handlers run on the caller's thread.
class JsonService {
 public:
  JsonService(JsonServiceOptions options, std::vector<Action> actions);

  // Whether the request's X-Amz-Target is this service's.
  bool serves(const HttpRequest& request) const;
  // What the action it names wants; of an action that is none, Scope::kRead.
  Access access(const HttpRequest& request) const;
  // With `elsewhere`, the handler runs there unless the request is a quick one.
  void handle(HttpRequest request, Responder respond, const Elsewhere& elsewhere = nullptr) const;
  // Whether the action's request has a member of this name; of an action that is none, true.
  bool has_member(std::string_view action, std::string_view member) const;
  // Without HTTP; for other front ends of the same actions.
  void call(std::string_view action, asl::Json request, ActionReply reply) const;
  // The same checks, and then another handler than the action's own.
  void call(std::string_view action,
            asl::Json request,
            const ActionReply& reply,
            const ActionHandler& handler) const;

 private:
  // REQUIRES: with `elsewhere`, the handler outlives the job.
  void dispatch(const Action& action,
                const ActionHandler& handler,
                asl::Json request,
                const ActionReply& reply,
                const Elsewhere& elsewhere) const;
  // Replies with what `run` throws.
  void guard(const ActionReply& reply, const std::function<void()>& run) const;
  ServiceError unknown(std::string_view action) const;

  JsonServiceOptions options_;
  std::map<std::string, Action, std::less<>> actions_;
};

// [aws] Timestamps are numbers: seconds since 1970 with a fraction.
asl::Json epoch_seconds(asl::Timestamp time);
// A new random UUID (version 4), as for x-amzn-requestid.
std::string new_uuid();
// Where there is no room for another request.
ServiceError too_busy();
// A 503 asks to try again in a second.
HttpResponse json_error(const ServiceError& error,
                        std::string_view version = "1.0",
                        std::string_view message_member = "message");

}  // namespace pawl::engine
