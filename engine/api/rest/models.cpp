// Models, of two kinds: what endpoints serve ("model"), made and removed by SageMaker's actions;
// and what is registered ("registered"), which has versions. The kinds have their names apart.
#include "engine/api/rest/problem.h"
#include "engine/api/rest/registry.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::string kind_in_query(const RestCall& call) {
  return chosen_in_query(call, "kind", "ModelKind");
}

// Of the kind that the query names; without one, what endpoints serve comes first.
Json model_of_path(const RestCall& call) {
  const std::string kind = kind_in_query(call);
  const std::string& name = call.arguments.front();
  if (kind != "registered") {
    if (auto model = ml_of(call).find(MlResource::kModel, name)) return *std::move(model);
  }
  if (kind != "model") {
    if (auto model = ml_of(call).registry().find(name)) return *std::move(model);
  }
  throw not_found("There is no model " + name);
}

// [pawl] A version of a registered model, by number or alias, in place of containers:
// {"ModelName": "digits", "registeredModel": "digits", "version": "champion"}.
void resolve_version(const RestCall& call, Json& request) {
  if (!request.contains("version")) {
    if (request.contains("registeredModel")) {
      throw bad_field("/version", "It is required beside registeredModel");
    }
    return;
  }
  for (const char* member : {"PrimaryContainer", "Containers"}) {
    if (request.contains(member)) {
      throw bad_field(std::string("/") + member, "It is not taken beside version");
    }
  }
  const std::string model =
      body_text(request, "registeredModel")
          .value_or(request.contains("ModelName") && request.at("ModelName").is_string()
                        ? request.at("ModelName").get<std::string>()
                        : "");
  const Json& wanted = request.at("version");
  const std::string name = wanted.is_string() ? wanted.get<std::string>() : wanted.dump();
  const auto number = model_version_named(call, model, name);
  const auto version =
      number ? ml_of(call).registry().find_version(model, *number) : std::optional<Json>();
  if (!version) {
    throw bad_field("/version", "No model " + model + " is registered with version " + name);
  }
  request["PrimaryContainer"] = {{"ModelPackageName", version->at("arn")}};
  request.erase("version");
  request.erase("registeredModel");
}

}  // namespace

void list_models(const RestCall& call) {
  MlQuery query;
  query.what = MlResource::kModel;
  query.kind = kind_in_query(call);
  answer_ml_page(call, std::move(query));
}

void create_model(const RestCall& call) {
  Json body = body_of(call);
  resolve_version(call, body);
  call_ml_action(
      call, MlService::kSageMaker, "CreateModel", body, [body](const RestCall& c, const Json&) {
        const std::string name = body.at("ModelName").get<std::string>();
        Headers headers;
        headers.set("Location", "/api/v1/models/" + percent_encode(name));
        answer_json(c, 201, find_ml(c, MlResource::kModel, name), std::move(headers));
      });
}

void get_model(const RestCall& call) { answer_json(call, 200, model_of_path(call)); }

void delete_model(const RestCall& call) {
  const Json model = model_of_path(call);
  const bool is_registered = model.at("kind") == "registered";
  call_ml_action(call,
                 MlService::kSageMaker,
                 is_registered ? "DeleteModelPackageGroup" : "DeleteModel",
                 {{is_registered ? "ModelPackageGroupName" : "ModelName", call.arguments.front()}},
                 [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace pawl::engine::rest
