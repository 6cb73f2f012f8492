// /endpoints/{name}/invocations: a request to the model and its answer, as they are, and what came
// last.
#include "asl/text.h"
#include "engine/api/rest/ml.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

// What SageMaker's runtime answers to a request that has failed: {"Message": ...}.
Problem problem_in(const HttpResponse& response) {
  ServiceError error{std::string(response.headers.get("x-amzn-ErrorType")), "", response.status};
  const auto body = asl::parse_text(response.body);
  if (const auto* json = std::get_if<Json>(&body); json != nullptr && json->is_object()) {
    error.message = json->value("Message", "");
  }
  return problem_of(error);
}

}  // namespace

void invoke_endpoint(const RestCall& call) {
  const std::string& name = call.arguments.front();
  if (!ml_of(call).find(MlResource::kEndpoint, name)) {
    throw not_found("There is no endpoint " + name);
  }
  ml_of(call).invoke(name, *call.request, [call](HttpResponse response) {
    answering(call, [&] {
      if (response.status >= 400) throw problem_in(response);
      response.headers.set("X-Request-Id", new_uuid());
      call.respond(std::move(response));
    });
  });
}

void list_invocations(const RestCall& call) {
  const std::string& name = call.arguments.front();
  find_ml(call, MlResource::kEndpoint, name);
  answer_json(call, 200, ml_of(call).invocations(name));
}

}  // namespace pawl::engine::rest
