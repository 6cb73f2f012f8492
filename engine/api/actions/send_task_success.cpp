#include "asl/text.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/task_reply.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

void send(Api& api, const Json& request, const ActionReply& reply) {
  // [seen] A token that never was is noticed before an output that is no JSON.
  if (!api.engine.has_issued(text_of(request, "taskToken"))) throw invalid_token();
  auto output = asl::parse_payload(text_of(request, "output"));
  if (const auto* fault = std::get_if<asl::TextError>(&output)) {
    throw ServiceError{"InvalidOutput", "Invalid Output: '" + fault->message + "'"};
  }
  api.engine.task_succeeded(text_of(request, "taskToken"),
                            std::get<asl::Payload>(std::move(output)),
                            answer_token(reply));
}

}  // namespace

Action send_task_success(Api& api) {
  return {"SendTaskSuccess",
          Scope::kRun,
          shapes::structure({shapes::required("taskToken", shapes::task_token()),
                             shapes::required("output", shapes::payload(api))}),
          [&api](const Json& request, const ActionReply& reply) { send(api, request, reply); }};
}

}  // namespace pawl::engine::actions
