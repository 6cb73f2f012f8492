// Fields of a Task's parameters that its action does not know.
#pragma once

#include <functional>
#include <string>

#include "engine/runtime/world.h"

namespace pawl::engine {

// How fields are spelt: as the SDK does ("StateMachineArn"), or, in an optimised integration, also
// with a small letter first, as the API does.
enum class FieldCase { kSdk, kSdkOrApi };

// Fails the task as Step Functions does [seen], with States.Runtime and the fields' names, when
// there are any; whether it has. `has_member` knows the API's names ("stateMachineArn").
bool refuse_unknown_fields(const TaskCall& call,
                           TaskReply& reply,
                           FieldCase spelt,
                           const std::function<bool(const std::string& member)>& has_member);

}  // namespace pawl::engine
