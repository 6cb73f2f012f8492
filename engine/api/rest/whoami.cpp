#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

void get_caller(const RestCall& call) {
  const Caller& caller = call.request->caller;
  const std::size_t colon = caller.name.find(':');
  asl::Json body = {{"caller", caller.name}, {"scope", to_string(caller.scope)}};
  if (colon != std::string::npos) {
    body["kind"] = caller.name.substr(0, colon);
    body["name"] = caller.name.substr(colon + 1);
  } else {
    body["kind"] = "anonymous";
  }
  answer_json(call, 200, body);
}

}  // namespace pawl::engine::rest
