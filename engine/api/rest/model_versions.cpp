// Versions of registered models. Each is one of SageMaker's model packages, of the group that goes
// by the model's name.
#include <array>

#include "asl/text.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/registry.h"
#include "engine/api/rest/resources.h"
#include "engine/api/versions.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

Problem no_such_model_version(const RestCall& call) {
  return not_found("The model " + call.arguments[0] + " has no version " + call.arguments[1]);
}

std::string model_version_tag(const Json& version) { return etag_of_body(asl::to_text(version)); }

// What the request registers: containers, and where they come from.
struct Source {
  Json containers = Json::array();
  std::string uri;  // the ARN of what it was made by
  Json metrics = Json::object();
};

Json container_of(const std::string& image, const std::string& model_data) {
  Json container = {{"Image", image}};
  if (!model_data.empty()) container["ModelDataUrl"] = model_data;
  return container;
}

// A training job's model, to be served by the image that has trained it unless the body names one.
Source trained(const RestCall& call, const Json& body) {
  const std::string name = body.at("from").get<std::string>();
  const auto job = ml_of(call).find(MlResource::kJob, "training/" + name);
  if (!job) throw bad_field("/from", "There is no training job " + name);
  const Json& document = job->at("document");
  const Json artifacts = document.value("ModelArtifacts", Json::object());
  const std::string status = job->at("status").get<std::string>();
  if (status != "Completed" || !artifacts.contains("S3ModelArtifacts")) {
    throw bad_field("/from", "The training job " + name + " has left no model: it is " + status);
  }
  const Json algorithm = document.value("AlgorithmSpecification", Json::object());
  const std::string image = body_text(body, "image").value_or(algorithm.value("TrainingImage", ""));
  if (image.empty()) throw bad_field("/image", "It is required: the training job names no image");
  Source source;
  source.containers = {container_of(image, artifacts.at("S3ModelArtifacts").get<std::string>())};
  source.uri = document.value("TrainingJobArn", "");
  for (const Json& metric : document.value("FinalMetricDataList", Json::array())) {
    source.metrics[metric.at("MetricName").get<std::string>()] = metric.at("Value");
  }
  return source;
}

Source of_sagemaker_model(const RestCall& call, const std::string& name) {
  const auto containers = ml_of(call).registry().containers_of(name);
  if (!containers) throw bad_field("/model", "There is no model " + name);
  const auto model = ml_of(call).find(MlResource::kModel, name);
  Source source;
  if (model) source.uri = model->at("arn").get<std::string>();
  for (const Json& each : *containers) {
    Json container = Json::object();
    for (const char* member : {"ContainerHostname", "Image", "ModelDataUrl", "Environment"}) {
      if (each.contains(member)) container[member] = each.at(member);
    }
    source.containers.push_back(std::move(container));
  }
  return source;
}

// One of three: a training job (with an image, or its own), a model, or an image with its data.
Source source_of(const RestCall& call, const Json& body) {
  const bool trains = body.contains("from");
  const bool copies = body.contains("model");
  const auto refuse_beside = [&](const char* member, const char* other) {
    if (body.contains(member)) {
      throw bad_field(std::string("/") + member, std::string("It is not taken beside ") + other);
    }
  };
  if (trains) {
    refuse_beside("model", "from");
    refuse_beside("modelDataUrl", "from");
    return trained(call, body);
  }
  if (copies) {
    refuse_beside("image", "model");
    refuse_beside("modelDataUrl", "model");
    return of_sagemaker_model(call, body.at("model").get<std::string>());
  }
  const auto image = body_text(body, "image");
  if (!image) throw bad_field("/image", "It is required without from and model");
  Source source;
  source.containers = {container_of(*image, body_text(body, "modelDataUrl").value_or(""))};
  return source;
}

NewModelVersion version_of_body(const RestCall& call, const Json& body) {
  Source source = source_of(call, body);
  NewModelVersion made;
  made.model = call.arguments.front();
  made.metrics = body.value("metrics", std::move(source.metrics));
  if (body.contains("environment")) {
    for (Json& container : source.containers) {
      Json environment = container.value("Environment", Json::object());
      environment.update(body.at("environment"));
      container["Environment"] = std::move(environment);
    }
  }
  made.request["InferenceSpecification"] = {{"Containers", std::move(source.containers)}};
  if (!source.uri.empty()) made.request["SourceUri"] = source.uri;
  if (body.contains("description")) {
    made.request["ModelPackageDescription"] = body.at("description");
  }
  if (body.contains("approval")) made.request["ModelApprovalStatus"] = body.at("approval");
  if (!body.value("metadata", Json::object()).empty()) {
    made.request["CustomerMetadataProperties"] = body.at("metadata");
  }
  return made;
}

// {"metadata": {"a": null}} takes a away, as RFC 7396 has it.
Json update_of_body(const Json& body) {
  Json update = Json::object();
  if (body.contains("approval")) update["ModelApprovalStatus"] = body.at("approval");
  if (body.contains("approvalDescription")) {
    update["ApprovalDescription"] = body.at("approvalDescription");
  }
  const Json metadata = body.value("metadata", Json::object());
  for (const auto& [key, value] : metadata.items()) {
    if (value.is_null()) {
      update["CustomerMetadataPropertiesToRemove"].push_back(key);
    } else {
      update["CustomerMetadataProperties"][key] = value;
    }
  }
  return update;
}

// Of a version that the path names by its number.
std::int64_t number_of_path(const RestCall& call) {
  const auto number = version_number(call.arguments[1]);
  if (!number) throw no_such_model_version(call);
  return *number;
}

}  // namespace

std::optional<std::int64_t> model_version_named(const RestCall& call,
                                                const std::string& model,
                                                const std::string& name) {
  ModelDesk& registry = ml_of(call).registry();
  if (const auto number = version_number(name)) {
    if (registry.find_version(model, *number)) return number;
    return std::nullopt;
  }
  const auto alias = registry.find_alias(model, name);
  if (!alias) return std::nullopt;
  return alias->at("version").get<std::int64_t>();
}

void list_model_versions(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string& model = registered_model_of(call);
  const std::string scope = "rest/model versions " + model;
  std::int64_t after = 0;
  if (page.token) after = call.api.tokens.open(scope, *page.token, now).get<std::int64_t>();
  Json items = ml_of(call).registry().list_versions(model, after, page.size + 1);
  std::optional<std::string> next;
  if (items.size() > page.size) {
    items.erase(page.size);
    next = call.api.tokens.make(scope, items.back().at("version"), now);
  }
  answer_page(call, std::move(items), next);
}

void register_model_version(const RestCall& call) {
  NewModelVersion version = version_of_body(call, body_of(call));
  ml_of(call).registry().register_version(
      std::move(version), owner_of(call), ml_reply(call, [](const RestCall& c, const Json& made) {
        const std::string arn = made.at("ModelPackageArn").get<std::string>();
        const std::string number = arn.substr(arn.rfind('/') + 1);
        const std::string& model = c.arguments.front();
        const auto shown =
            ml_of(c).registry().find_version(model, version_number(number).value_or(0));
        if (!shown) throw not_found("The version is gone again");
        Headers headers;
        headers.set("ETag", model_version_tag(*shown));
        headers.set("Location", "/api/v1/models/" + percent_encode(model) + "/versions/" + number);
        answer_json(c, 201, *shown, std::move(headers));
      }));
}

// By its number, or by an alias that names it.
void get_model_version(const RestCall& call) {
  const std::string& model = registered_model_of(call);
  const auto number = model_version_named(call, model, call.arguments[1]);
  const auto version =
      number ? ml_of(call).registry().find_version(model, *number) : std::optional<Json>();
  if (!version) throw no_such_model_version(call);
  answer_tagged(call, *version);
}

void patch_model_version(const RestCall& call) {
  const Json update = update_of_body(body_of(call));
  const Json changed = ml_of(call).registry().change_version(
      registered_model_of(call), number_of_path(call), update, [&](const Json& present) {
        require_conditions(call, model_version_tag(present));
      });
  if (changed.is_null()) throw no_such_model_version(call);
  Headers headers;
  headers.set("ETag", model_version_tag(changed));
  answer_json(call, 200, changed, std::move(headers));
}

void delete_model_version(const RestCall& call) {
  const bool was_there = ml_of(call).registry().remove_version(
      registered_model_of(call), number_of_path(call), [&](const Json& present) {
        require_conditions(call, model_version_tag(present));
      });
  if (!was_there) throw no_such_model_version(call);
  answer_nothing(call);
}

}  // namespace pawl::engine::rest
