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
  if (text_of(container, "Image").empty()) {
    throw validation_error(
        "Container image must be specified: models made from a model package are not supported by "
        "this server.");
  }
}

}  // namespace

Json Models::create(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "ModelName");
  const std::string arn = sagemaker_arn(context_, "model", name);
  const bool one = request.contains("PrimaryContainer");
  const bool many = request.contains("Containers") && !request.at("Containers").empty();
  if (one == many) {
    throw validation_error(one ? "Only one of PrimaryContainer and Containers can be specified."
                               : "Either PrimaryContainer or Containers must be specified.");
  }
  if (one) check_container(request.at("PrimaryContainer"));
  if (many) {
    for (const Json& container : request.at("Containers")) check_container(container);
  }
  Json document = {{"ModelName", name}};
  copy_members(request,
               document,
               {"PrimaryContainer",
                "Containers",
                "InferenceExecutionConfig",
                "ExecutionRoleArn",
                "VpcConfig"});
  document["CreationTime"] = context_.now().ms;
  document["ModelArn"] = arn;
  document["EnableNetworkIsolation"] = request.value("EnableNetworkIsolation", false);
  if (request.contains("Tags")) document["_Tags"] = request.at("Tags");
  insert_or_attach(
      context_, new_record(context_, kModel, name, std::move(document), owner), "model", arn);
  return {{"ModelArn", arn}};
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
