#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/task_reply.h"

namespace pawl::engine::actions {

Action send_task_failure(Api& api) {
  return {"SendTaskFailure",
          Scope::kRun,
          shapes::structure({shapes::required("taskToken", shapes::task_token()),
                             shapes::optional("error", shapes::error_name()),
                             shapes::optional("cause", shapes::cause())}),
          [&api](const asl::Json& request, const ActionReply& reply) {
            asl::StateError error;
            error.name = text_member(request, "error");
            error.cause = text_member(request, "cause");
            api.engine.task_failed(text_of(request, "taskToken"), error, answer_token(reply));
          }};
}

}  // namespace pawl::engine::actions
