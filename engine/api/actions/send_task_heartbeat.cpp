#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/task_reply.h"

namespace pawl::engine::actions {

Action send_task_heartbeat(Api& api) {
  return {"SendTaskHeartbeat",
          Scope::kRun,
          shapes::structure({shapes::required("taskToken", shapes::task_token())}),
          [&api](const asl::Json& request, const ActionReply& reply) {
            api.engine.task_heartbeat(text_of(request, "taskToken"), answer_token(reply));
          }};
}

}  // namespace pawl::engine::actions
