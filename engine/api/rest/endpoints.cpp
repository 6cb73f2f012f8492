// Endpoints: made, changed and removed by SageMaker's actions, unless somebody else was faster.
#include "asl/text.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/ml.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

Json endpoint_named(const RestCall& call, const std::string& name) {
  return find_ml(call, MlResource::kEndpoint, name);
}

void answer_endpoint(const RestCall& call, int status, const std::string& name) {
  const Json endpoint = endpoint_named(call, name);
  Headers headers;
  headers.set("ETag", etag_of_body(asl::to_text(endpoint)));
  if (status == 201) headers.set("Location", "/api/v1/endpoints/" + percent_encode(name));
  answer_json(call, status, endpoint, std::move(headers));
}

// Throws Problem: there is none, or it is another than the request wants.
void require_endpoint(const RestCall& call, const std::string& name) {
  require_conditions(call, etag_of_body(asl::to_text(endpoint_named(call, name))));
}

const char* action_of(const Json& change) {
  const bool has_config = change.contains("EndpointConfigName");
  const bool has_weights = change.contains("DesiredWeightsAndCapacities");
  if (has_config == has_weights) {
    throw bad_field(has_config ? "/DesiredWeightsAndCapacities" : "/EndpointConfigName",
                    "EndpointConfigName or DesiredWeightsAndCapacities is expected, one of them");
  }
  return has_config ? "UpdateEndpoint" : "UpdateEndpointWeightsAndCapacities";
}

}  // namespace

void list_endpoints(const RestCall& call) {
  MlQuery query;
  query.what = MlResource::kEndpoint;
  query.status = chosen_in_query(call, "status", "EndpointStatus");
  answer_ml_page(call, std::move(query));
}

void create_endpoint(const RestCall& call) {
  const Json body = body_of(call);
  call_ml_action(
      call, MlService::kSageMaker, "CreateEndpoint", body, [body](const RestCall& c, const Json&) {
        answer_endpoint(c, 201, body.at("EndpointName").get<std::string>());
      });
}

void get_endpoint(const RestCall& call) {
  answer_tagged(call, endpoint_named(call, call.arguments.front()));
}

void patch_endpoint(const RestCall& call) {
  const std::string& name = call.arguments.front();
  Json change = body_of(call);
  const char* const action = action_of(change);
  change["EndpointName"] = name;
  const std::lock_guard lock(call.api.catalog_writes);
  require_endpoint(call, name);
  call_ml_action(call,
                 MlService::kSageMaker,
                 action,
                 std::move(change),
                 [name](const RestCall& c, const Json&) { answer_endpoint(c, 200, name); });
}

void delete_endpoint(const RestCall& call) {
  const std::string& name = call.arguments.front();
  const std::lock_guard lock(call.api.catalog_writes);
  require_endpoint(call, name);
  call_ml_action(call,
                 MlService::kSageMaker,
                 "DeleteEndpoint",
                 {{"EndpointName", name}},
                 [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace pawl::engine::rest
