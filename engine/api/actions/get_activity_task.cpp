#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

void poll(Api& api, const Json& request, const ActionReply& reply) {
  const ActivityRow row = require_activity(api, text_of(request, "activityArn"));
  const bool waits = api.activities.poll(
      row.arn,
      {text_member(request, "workerName"), [reply] { return reply.is_client_gone(); }},
      api.config.activity_poll,
      [reply](std::optional<ActivityTask> task) {
        if (!task) {
          // [documented] "the polling returns a taskToken with a null string"
          reply(Json{{"taskToken", nullptr}});
          return;
        }
        reply(Json{{"taskToken", task->token}, {"input", task->input.text()}});
      });
  if (!waits) {  // [documented] the words
    throw ServiceError{"ActivityWorkerLimitExceeded",
                       "The maximum number of workers concurrently polling for activity tasks has "
                       "been reached."};
  }
}

}  // namespace

Action get_activity_task(Api& api) {
  return {"GetActivityTask",
          Scope::kRun,
          shapes::structure({shapes::required("activityArn", shapes::arn()),
                             shapes::optional("workerName", shapes::name())}),
          [&api](const Json& request, const ActionReply& reply) { poll(api, request, reply); }};
}

}  // namespace pawl::engine::actions
