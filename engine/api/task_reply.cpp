#include "engine/api/task_reply.h"

namespace pawl::engine {

ServiceError invalid_token() {
  return {"InvalidToken", "Invalid Token: 'Invalid token'"};  // [seen]
}

Engine::TokenDone answer_token(ActionReply reply) {
  return [reply = std::move(reply)](std::optional<EngineError> error) {
    if (!error) {
      reply(asl::Json::object());
    } else if (*error == EngineError::kInvalidToken) {
      reply(invalid_token());
    } else if (*error == EngineError::kUnavailable) {
      reply(unavailable());
    } else {
      reply(ServiceError{"TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"});
    }
  };
}

}  // namespace pawl::engine
