#include "engine/ml/models.h"

#include <set>

#include "engine/ml/documents.h"
#include "engine/ml/errors.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr const char* kModel = "model";
constexpr const char* kEndpointConfig = "endpoint-config";

// A second insert by the same owner answers with what the first one made; by anybody else, with
// AWS's refusal.
void insert_or_attach(MlContext& context,
                      Record record,
                      const std::string& what,
                      const std::string& arn) {
  if (!record.owner.empty() && context.records.find_by_owner(record.kind, record.owner)) return;
  if (!context.records.insert(record)) {
    throw validation_error("Cannot create already existing " + what + " \"" + arn + "\".");
  }
}

Record new_record(MlContext& context,
                  const char* kind,
                  const std::string& name,
                  Json document,
                  const std::string& owner) {
  Record record;
  record.kind = kind;
  record.name = name;
  record.document = std::move(document);
  record.owner = owner;
  record.created_at = context.now();
  record.updated_at = record.created_at;
  return record;
}

void check_container(const Json& container) {
  if (text_of(container, "Mode", "SingleModel") != "SingleModel") {
    throw validation_error("Container mode 'MultiModel' is not supported by this server.");
  }
  const bool names_package = container.contains("ModelPackageName");
  if (names_package ? container.contains("Image") || container.contains("ModelDataUrl")
                    : text_of(container, "Image").empty()) {
    // [seen]
    throw validation_error(
        "Specify one of either Image and Model Data URL or ModelPackageName in container "
        "definition.");
  }
  if (container.contains("InferenceSpecificationName") && !names_package) {
    throw validation_error("InferenceSpecificationName is of a ModelPackageName.");
  }
}

std::vector<std::string> data_uris(const Json& document) {
  std::vector<std::string> uris;
  for (const Json& container : Models::containers_of(document)) {
    const std::string uri = text_of(container, "ModelDataUrl");
    if (!uri.empty()) uris.push_back(uri);
  }
  return uris;
}

}  // namespace

// The container as it is, or the package's in its place: what the container says of the environment
// counts more than the package.
void Models::add_served(Json& served, Json& container) {
  check_container(container);
  if (!container.contains("ModelPackageName")) {
    served.push_back(container);
    return;
  }
  const ModelRegistry::Deployable package = registry_.deployable(
      text_of(container, "ModelPackageName"), text_of(container, "InferenceSpecificationName"));
  container["ModelPackageName"] = package.arn;
  for (Json each : package.containers) {
    if (container.contains("Environment")) {
      Json environment = each.value("Environment", Json::object());
      environment.update(container.at("Environment"));
      each["Environment"] = std::move(environment);
    }
    served.push_back(std::move(each));
  }
}

Json Models::containers_of(const Json& document) {
  if (document.contains("_Containers")) return document.at("_Containers");
  return document.contains("PrimaryContainer") ? Json::array({document.at("PrimaryContainer")})
                                               : document.value("Containers", Json::array());
}

Json Models::create(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "ModelName");
  const std::string arn = sagemaker_arn(context_, "model", name);
  // Before its package is read, which may be another by now.
  if (!owner.empty() && context_.records.find_by_owner(kModel, owner)) return {{"ModelArn", arn}};
  const bool one = request.contains("PrimaryContainer");
  const bool many = request.contains("Containers") && !request.at("Containers").empty();
  if (one == many) {
    throw validation_error(one ? "Only one of PrimaryContainer and Containers can be specified."
                               : "Either PrimaryContainer or Containers must be specified.");
  }
  Json document = {{"ModelName", name}};
  copy_members(request,
               document,
               {"PrimaryContainer",
                "Containers",
                "InferenceExecutionConfig",
                "ExecutionRoleArn",
                "VpcConfig"});
  Json served = Json::array();
  if (one) add_served(served, document.at("PrimaryContainer"));
  if (many) {
    for (Json& container : document.at("Containers")) add_served(served, container);
  }
  document["_Containers"] = std::move(served);
  document["CreationTime"] = context_.now().ms;
  document["ModelArn"] = arn;
  document["EnableNetworkIsolation"] = request.value("EnableNetworkIsolation", false);
  if (request.contains("Tags")) document["_Tags"] = request.at("Tags");
  insert_or_attach(
      context_, new_record(context_, kModel, name, std::move(document), owner), "model", arn);
  if (const auto made = context_.records.find(kModel, name)) note(*made);
  return {{"ModelArn", arn}};
}

void Models::note(const Record& record) {
  if (context_.lineage == nullptr) return;
  const LineageNode node =
      made_node(NodeKind::kModel, record.name, record.created_at, record.owner);
  const std::vector<std::string> uris = data_uris(record.document);
  if (!uris.empty() && !context_.lineage->knows(node)) context_.lineage->model_made(node, uris);
}

void Models::recover() {
  Records::Query query{kModel, "", false, std::nullopt, 500};
  for (;;) {
    const std::vector<Record> page = context_.records.list(query);
    for (const Record& record : page) note(record);
    if (page.size() < query.limit) return;
    query.after = page.back().name;
  }
}

Json Models::describe(const std::string& name) {
  const std::optional<Record> record = context_.records.find(kModel, name);
  if (!record) {
    throw validation_error("Could not find model \"" + sagemaker_arn(context_, "model", name) +
                           "\".");
  }
  return public_part(record->document);
}

void Models::remove(const std::string& name) {
  if (!context_.records.remove(kModel, name)) {
    throw validation_error("Could not find model \"" + sagemaker_arn(context_, "model", name) +
                           "\".");
  }
}

Json EndpointConfigs::create(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "EndpointConfigName");
  const std::string arn = sagemaker_arn(context_, "endpoint-config", name);
  std::set<std::string> names;
  Json variants = Json::array();
  for (Json variant : request.at("ProductionVariants")) {
    const std::string model = text_of(variant, "ModelName");
    if (!names.insert(text_of(variant, "VariantName")).second) {
      throw validation_error("Variant names must be unique within an endpoint configuration.");
    }
    if (!context_.records.find(kModel, model)) {
      throw validation_error("Could not find model \"" + sagemaker_arn(context_, "model", model) +
                             "\".");
    }
    if (!variant.contains("InitialVariantWeight")) variant["InitialVariantWeight"] = 1.0;
    variants.push_back(std::move(variant));
  }
  Json document = {
      {"EndpointConfigName", name}, {"EndpointConfigArn", arn}, {"ProductionVariants", variants}};
  copy_members(request,
               document,
               {"DataCaptureConfig",
                "KmsKeyId",
                "AsyncInferenceConfig",
                "ExplainerConfig",
                "ShadowProductionVariants",
                "ExecutionRoleArn",
                "VpcConfig"});
  document["CreationTime"] = context_.now().ms;
  document["EnableNetworkIsolation"] = request.value("EnableNetworkIsolation", false);
  if (request.contains("Tags")) document["_Tags"] = request.at("Tags");
  insert_or_attach(context_,
                   new_record(context_, kEndpointConfig, name, std::move(document), owner),
                   "endpoint configuration",
                   arn);
  return {{"EndpointConfigArn", arn}};
}

Json EndpointConfigs::describe(const std::string& name) {
  const std::optional<Record> record = context_.records.find(kEndpointConfig, name);
  if (!record) {
    throw validation_error("Could not find endpoint configuration \"" +
                           sagemaker_arn(context_, "endpoint-config", name) + "\".");
  }
  return public_part(record->document);
}

void EndpointConfigs::remove(const std::string& name) {
  if (!context_.records.remove(kEndpointConfig, name)) {
    throw validation_error("Could not find endpoint configuration \"" +
                           sagemaker_arn(context_, "endpoint-config", name) + "\".");
  }
}

}  // namespace pawl::engine
