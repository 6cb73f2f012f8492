#include "engine/api/task_reply.h"

namespace pawl::engine {

Engine::TokenDone answer_token(ActionReply reply) {
  return [reply = std::move(reply)](std::optional<EngineError> error) {
    if (!error) {
      reply(asl::Json::object());
    } else if (*error == EngineError::kInvalidToken) {
      reply(ServiceError{"InvalidToken", "Invalid Token: 'Invalid token'"});  // [seen]
    } else if (*error == EngineError::kUnavailable) {
      reply(unavailable());
    } else {
      reply(ServiceError{"TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"});
    }
  };
}

}  // namespace pawl::engine
