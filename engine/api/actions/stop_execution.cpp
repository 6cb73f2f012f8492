#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

void stop(Api& api, const Json& request, const ActionReply& reply) {
  const std::string arn = text_of(request, "executionArn");
  const ExecutionRow row = require_execution(api, arn);
  // [guess] Stopping what has ended succeeds and changes nothing.
  if (row.stopped_at) {
    reply(Json{{"stopDate", epoch_seconds(*row.stopped_at)}});
    return;
  }
  asl::StateError error;
  error.name = text_member(request, "error");
  error.cause = text_member(request, "cause");
  api.engine.stop(arn, error, [&api, arn, reply](std::variant<Timestamp, EngineError> result) {
    if (const auto* stopped = std::get_if<Timestamp>(&result)) {
      reply(Json{{"stopDate", epoch_seconds(*stopped)}});
      return;
    }
    switch (std::get<EngineError>(result)) {
      case EngineError::kNotRunning:  // it ended in between
        reply(Json{{"stopDate", epoch_seconds(api.clock.now())}});
        return;
      case EngineError::kDoesNotExist:
        reply(execution_does_not_exist(arn));
        return;
      default:
        reply(unavailable());
    }
  });
}

}  // namespace

Action stop_execution(Api& api) {
  return {"StopExecution",
          Scope::kRun,
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("error", shapes::error_name()),
                             shapes::optional("cause", shapes::cause())}),
          [&api](const Json& request, const ActionReply& reply) { stop(api, request, reply); }};
}

}  // namespace pawl::engine::actions
