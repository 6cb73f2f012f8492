// What a task that waits for its token is told.
#include "asl/text.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

void tell_task(const RestCall& call, const char* action, Json request) {
  request["taskToken"] = call.arguments.front();
  call_action(
      call, action, std::move(request), [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace

void succeed_task(const RestCall& call) {
  const Json body = body_of(call);
  tell_task(call, "SendTaskSuccess", {{"output", asl::to_text(body.at("output"))}});
}

void fail_task(const RestCall& call) { tell_task(call, "SendTaskFailure", body_of(call)); }

void heartbeat_of_task(const RestCall& call) {
  tell_task(call, "SendTaskHeartbeat", Json::object());
}

}  // namespace pawl::engine::rest
