// How SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat answer what the engine says.
#pragma once

#include "engine/api/api.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {

ServiceError invalid_token();
Engine::TokenDone answer_token(ActionReply reply);

}  // namespace pawl::engine
