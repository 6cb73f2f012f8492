#include "engine/api/rest/ml.h"

#include <algorithm>

#include "engine/api/rest/openapi/operation.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

const char* word_of(MlResource what) {
  switch (what) {
    case MlResource::kJob:
      return "job";
    case MlResource::kModel:
      return "model";
    case MlResource::kEndpoint:
      break;
  }
  return "endpoint";
}

}  // namespace

std::string chosen_in_query(const RestCall& call, const char* parameter, const char* schema) {
  const auto value = call.request->query_value(parameter);
  if (!value) return "";
  const Json& known = rest_schemas().at(schema).at("enum");
  if (std::find(known.begin(), known.end(), *value) != known.end()) return *value;
  std::string words;
  for (const Json& each : known) {
    words += (words.empty() ? "" : ", ") + each.get<std::string>();
  }
  throw bad_field(std::string("?") + parameter, "One of " + words + " is expected");
}

MlDesk& ml_of(const RestCall& call) {
  if (call.api.ml != nullptr) return *call.api.ml;
  throw Problem{.status = 503,
                .name = "no-machine-learning",
                .title = "No machine learning",
                .detail = "This server has no jobs, models and endpoints"};
}

// Owners that are no ARNs are no tasks.
std::string owner_of(const RestCall& call) { return call.once ? "key:" + call.once->seed : ""; }

ActionReply ml_reply(const RestCall& call, std::function<void(const RestCall&, const Json&)> done) {
  const auto answer = [call, done = std::move(done)](const ActionResult& result) {
    answering(call, [&] {
      if (const auto* error = std::get_if<ServiceError>(&result)) throw ServiceError(*error);
      done(call, std::get<Json>(result));
    });
  };
  return {answer, call.request->client_gone};
}

void call_ml_action(const RestCall& call,
                    MlService service,
                    const char* action,
                    Json request,
                    std::function<void(const RestCall&, const Json&)> done) {
  ml_of(call).call(
      service, action, std::move(request), owner_of(call), ml_reply(call, std::move(done)));
}

void answer_ml_page(const RestCall& call, MlQuery query) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string scope = std::string("rest/") + word_of(query.what) + "s " + query.kind + " " +
                            query.status + " " + query.execution_arn;
  query.limit = page.size;
  if (page.token) query.after = call.api.tokens.open(scope, *page.token, now);
  MlPage found = ml_of(call).list(query);
  std::optional<std::string> next;
  if (!found.next.is_null()) next = call.api.tokens.make(scope, found.next, now);
  answer_page(call, std::move(found.items), next);
}

Json find_ml(const RestCall& call, MlResource what, const std::string& name) {
  auto found = ml_of(call).find(what, name);
  if (!found) throw not_found(std::string("There is no ") + word_of(what) + " " + name);
  return *std::move(found);
}

}  // namespace pawl::engine::rest
