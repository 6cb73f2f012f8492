// Groups of model packages, and how they and packages are named.
#include "engine/ml/documents.h"
#include "engine/ml/errors.h"
#include "engine/ml/listing.h"
#include "engine/ml/model_registry.h"
#include "engine/ml/registry_records.h"

namespace pawl::engine {

using asl::Json;

// The name of the record: what stands in the ARN behind the type.
std::string ModelRegistry::key_of(const std::string& type, const std::string& name) {
  const std::string head = sagemaker_arn(context_, type, "");
  if (!name.starts_with("arn:")) return sagemaker_arn(context_, type, name).substr(head.size());
  const std::string region = ":sagemaker:" + context_.region + ":";
  if (name.find(region) == std::string::npos) {
    // [seen]
    throw validation_error("ARN should be scoped to correct region: " + context_.region);
  }
  if (!name.starts_with(head)) return "";
  return sagemaker_arn(context_, type, name.substr(head.size())).substr(head.size());
}

Record ModelRegistry::group_of(const std::string& name) {
  auto record = find_group(name);
  if (record) return *std::move(record);
  const std::string arn =
      name.starts_with("arn:") ? name : sagemaker_arn(context_, kPackageGroupRecord, name);
  // [seen]
  throw validation_error("ModelPackageGroup " + arn + " does not exist.");
}

std::optional<Record> ModelRegistry::find_group(const std::string& group) {
  return context_.records.find(kPackageGroupRecord, key_of(kPackageGroupRecord, group));
}

Json ModelRegistry::create_group(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "ModelPackageGroupName");
  const std::string arn = sagemaker_arn(context_, kPackageGroupRecord, name);
  if (!owner.empty() && context_.records.find_by_owner(kPackageGroupRecord, owner)) {
    return {{"ModelPackageGroupArn", arn}};
  }
  Json document = {{"ModelPackageGroupName", name}, {"ModelPackageGroupArn", arn}};
  copy_members(request, document, {"ModelPackageGroupDescription", "ManagedConfiguration"});
  const asl::Timestamp now = context_.now();
  document["CreationTime"] = now.ms;
  document["CreatedBy"] = Json::object();
  document["ModelPackageGroupStatus"] = "Completed";
  document["_Tags"] = request.value("Tags", Json::array());
  const Record record = {kPackageGroupRecord,
                         key_of(kPackageGroupRecord, name),
                         std::move(document),
                         owner,
                         now,
                         now,
                         1};
  if (!context_.records.insert(record)) {
    // [seen] its beginning
    throw validation_error("Model Package Group already exists: " + arn);
  }
  return {{"ModelPackageGroupArn", arn}};
}

Json ModelRegistry::describe_group(const std::string& name) {
  return public_part(group_of(name).document);
}

Json ModelRegistry::list_groups(const Json& request) {
  return list_page(context_.records,
                   {kPackageGroupRecord,
                    "",
                    "ModelPackageGroupName",
                    "",
                    "CreationTime",
                    "ModelPackageGroupSummaryList",
                    {"ModelPackageGroupName",
                     "ModelPackageGroupArn",
                     "ModelPackageGroupDescription",
                     "CreationTime",
                     "ModelPackageGroupStatus",
                     "ManagedConfiguration"}},
                   request);
}

void ModelRegistry::remove_group(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const Record group = group_of(name);
  if (!list_versions(name, 0, 1).empty()) {
    throw service_error("ConflictException",
                        "ModelPackageGroup " + text_of(group.document, "ModelPackageGroupArn") +
                            " cannot be deleted: it has model packages.");
  }
  context_.records.remove(kPackageGroupRecord, group.name);
}

}  // namespace pawl::engine
