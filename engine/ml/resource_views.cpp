// Records as people see them: names in camel case, times of RFC 3339.
#include "engine/ml/documents.h"
#include "engine/ml/models.h"
#include "engine/ml/resources.h"

namespace pawl::engine {

namespace {

using asl::Json;

void add_time(const Json& document, const char* member, Json& view, const char* name) {
  const auto found = document.find(member);
  if (found != document.end() && found->is_number_integer()) {
    view[name] = asl::format_timestamp({found->get<std::int64_t>()});
  }
}

void add_text(const Json& document, const char* member, Json& view, const char* name) {
  const std::string text = text_of(document, member);
  if (!text.empty()) view[name] = text;
}

// "execution ARN#work": whose task asked for it.
void add_execution(const Record& record, Json& view) {
  if (!record.owner.starts_with("arn:")) return;
  const std::string arn = record.owner.substr(0, record.owner.rfind('#'));
  view["executionArn"] = arn;
  // [aws] arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME, or express:MACHINE:NAME:ID
  const std::size_t id = arn.find(":execution:");
  if (id != std::string::npos) view["execution"] = arn.substr(id + 11);
}

Json images_of(const Json& document) {
  Json images = Json::array();
  for (const Json& container : Models::containers_of(document)) {
    if (container.contains("Image")) images.push_back(container.at("Image"));
  }
  return images;
}

// The versions that the model was made of.
Json packages_of(const Json& document) {
  Json packages = Json::array();
  const auto add = [&](const Json& container) {
    if (container.contains("ModelPackageName")) packages.push_back(container["ModelPackageName"]);
  };
  if (document.contains("PrimaryContainer")) add(document.at("PrimaryContainer"));
  for (const Json& container : document.value("Containers", Json::array())) add(container);
  return packages;
}

Json variant_view(const Json& variant) {
  Json view = {{"name", text_of(variant, "VariantName")}};
  for (const auto& [member, name] : {std::pair{"CurrentWeight", "weight"},
                                     {"DesiredWeight", "desiredWeight"},
                                     {"CurrentInstanceCount", "instances"},
                                     {"DesiredInstanceCount", "desiredInstances"}}) {
    if (variant.contains(member)) view[name] = variant.at(member);
  }
  return view;
}

}  // namespace

Json job_view(const ResourceKind& kind, const Record& record) {
  const Json& document = record.document;
  const std::string name = text_of(document, kind.name_member);
  Json view = {{"id", std::string(kind.name) + "/" + name},
               {"kind", kind.name},
               {"name", name},
               {"status", text_of(document, kind.status_member)},
               {"createdAt", asl::format_timestamp(record.created_at)}};
  add_time(document, kind.start_member, view, "startedAt");
  add_time(document, kind.end_member, view, "endedAt");
  add_text(document, "JobName", view, "jobName");
  for (const char* reason : {"FailureReason", "ErrorMessage"}) {
    add_text(document, reason, view, "reason");
  }
  add_execution(record, view);
  return view;
}

Json model_view(const Record& record) {
  const Json& document = record.document;
  Json view = {{"kind", model_kind().name},
               {"name", text_of(document, "ModelName")},
               {"arn", text_of(document, "ModelArn")},
               {"createdAt", asl::format_timestamp(record.created_at)},
               {"images", images_of(document)}};
  Json packages = packages_of(document);
  if (!packages.empty()) view["modelPackages"] = std::move(packages);
  add_execution(record, view);
  return view;
}

Json registered_model_view(const Record& record) {
  const Json& document = record.document;
  Json view = {{"kind", registered_model_kind().name},
               {"name", text_of(document, "ModelPackageGroupName")},
               {"arn", text_of(document, "ModelPackageGroupArn")},
               {"createdAt", asl::format_timestamp(record.created_at)}};
  add_text(document, "ModelPackageGroupDescription", view, "description");
  add_execution(record, view);
  return view;
}

Json model_version_view(const Record& record) {
  const Json& document = record.document;
  Json view = {{"name", text_of(document, "ModelPackageGroupName")},
               {"version", document.at("ModelPackageVersion")},
               {"arn", text_of(document, "ModelPackageArn")},
               {"status", text_of(document, "ModelPackageStatus")},
               {"approval", text_of(document, "ModelApprovalStatus")},
               {"createdAt", asl::format_timestamp(record.created_at)}};
  add_time(document, "LastModifiedTime", view, "modifiedAt");
  add_text(document, "ModelPackageDescription", view, "description");
  add_text(document, "ApprovalDescription", view, "approvalDescription");
  add_text(document, "SourceUri", view, "sourceUri");
  const Json specification = document.value("InferenceSpecification", Json::object());
  view["images"] = Json::array();
  view["modelDataUrls"] = Json::array();
  for (const Json& container : specification.value("Containers", Json::array())) {
    view["images"].push_back(text_of(container, "Image"));
    if (container.contains("ModelDataUrl")) {
      view["modelDataUrls"].push_back(container.at("ModelDataUrl"));
    }
  }
  view["metrics"] = document.value("_Metrics", Json::object());
  view["metadata"] = document.value("CustomerMetadataProperties", Json::object());
  add_execution(record, view);
  return view;
}

Json model_alias_view(const Record& record) {
  const Json& document = record.document;
  Json view = {{"name", text_of(document, "Name")},
               {"version", document.at("Version")},
               {"versionArn", text_of(document, "VersionArn")},
               {"createdAt", asl::format_timestamp(record.created_at)},
               {"updatedAt", asl::format_timestamp(record.updated_at)}};
  add_text(document, "Description", view, "description");
  return view;
}

Json endpoint_view(const Record& record) {
  const Json& document = record.document;
  Json view = {{"name", text_of(document, "EndpointName")},
               {"arn", text_of(document, "EndpointArn")},
               {"status", text_of(document, "EndpointStatus")},
               {"endpointConfig", text_of(document, "EndpointConfigName")},
               {"createdAt", asl::format_timestamp(record.created_at)}};
  add_time(document, "LastModifiedTime", view, "modifiedAt");
  add_text(document, "FailureReason", view, "reason");
  view["variants"] = Json::array();
  for (const Json& variant : document.value("ProductionVariants", Json::array())) {
    view["variants"].push_back(variant_view(variant));
  }
  add_execution(record, view);
  return view;
}

}  // namespace pawl::engine
