// Models: what endpoints serve. Made and removed by SageMaker's actions.
#include "engine/api/rest/ml.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

void list_models(const RestCall& call) {
  MlQuery query;
  query.what = MlResource::kModel;
  answer_ml_page(call, std::move(query));
}

void create_model(const RestCall& call) {
  const Json body = body_of(call);
  call_ml_action(
      call, MlService::kSageMaker, "CreateModel", body, [body](const RestCall& c, const Json&) {
        const std::string name = body.at("ModelName").get<std::string>();
        Headers headers;
        headers.set("Location", "/api/v1/models/" + percent_encode(name));
        answer_json(c, 201, find_ml(c, MlResource::kModel, name), std::move(headers));
      });
}

void get_model(const RestCall& call) {
  answer_json(call, 200, find_ml(call, MlResource::kModel, call.arguments.front()));
}

void delete_model(const RestCall& call) {
  const std::string& name = call.arguments.front();
  find_ml(call, MlResource::kModel, name);
  call_ml_action(call,
                 MlService::kSageMaker,
                 "DeleteModel",
                 {{"ModelName", name}},
                 [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace pawl::engine::rest
