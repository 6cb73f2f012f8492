// Model packages: versions of a group, and those on their own.
#include "engine/ml/documents.h"
#include "engine/ml/errors.h"
#include "engine/ml/listing.h"
#include "engine/ml/model_registry.h"
#include "engine/ml/registry_records.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kSpecificationsMax = 15;  // [aws] additional ones
constexpr std::size_t kMetadataMax = 50;        // [aws] CustomerMetadataMap

bool is_version(const Json& package) { return package.contains("ModelPackageVersion"); }

void require_one_name(const Json& request) {
  const bool named = request.contains("ModelPackageName");
  const bool grouped = request.contains("ModelPackageGroupName");
  // [seen] both
  if (named && grouped) {
    throw validation_error(
        "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot "
        "determine which one to use.");
  }
  if (!named && !grouped) throw validation_error("Missing ARN.");
}

void require_known(const Json& request) {
  for (const char* member : {"ValidationSpecification", "SourceAlgorithmSpecification"}) {
    if (request.contains(member)) {
      throw validation_error(std::string(member) + " is not supported by this server.");
    }
  }
}

void require_fitting(const Json& request) {
  if (request.contains("ModelPackageGroupName")) {
    if (!request.value("Tags", Json::array()).empty()) {
      throw validation_error(
          "Tags cannot be specified for a version of a model package group: it uses the tags of "
          "the group.");
    }
    return;
  }
  if (!request.contains("InferenceSpecification")) {
    throw validation_error("InferenceSpecification must be specified.");
  }
  for (const Json& container : request.at("InferenceSpecification").at("Containers")) {
    if (container.contains("Environment")) {
      // [seen]
      throw validation_error(
          "1 validation errors detected:Environment variable map cannot be specified when using "
          "non-versioned ModelPackages");
    }
  }
}

// Of what was asked, without what each attempt may have another one of.
Json asked(Json request) {
  request.erase("ClientToken");
  return request;
}

Json package_document(const Json& request, const ModelRegistry::Extra& extra, std::int64_t now) {
  Json document = Json::object();
  copy_members(request,
               document,
               {"ModelPackageName",
                "ModelPackageDescription",
                "ModelPackageRegistrationType",
                "InferenceSpecification",
                "MetadataProperties",
                "ModelMetrics",
                "Domain",
                "Task",
                "SamplePayloadUrl",
                "CustomerMetadataProperties",
                "DriftCheckBaselines",
                "AdditionalInferenceSpecifications",
                "SkipModelValidation",
                "SourceUri",
                "SecurityConfig",
                "ModelCard",
                "ModelLifeCycle",
                "ManagedStorageType"});
  document["CreationTime"] = now;
  document["CreatedBy"] = Json::object();
  // Nothing is left to be done: there is no validation.
  document["ModelPackageStatus"] = "Completed";
  document["ModelPackageStatusDetails"] = {{"ValidationStatuses", Json::array()},
                                           {"ImageScanStatuses", Json::array()}};
  document["CertifyForMarketplace"] = request.value("CertifyForMarketplace", false);
  if (!extra.metrics.empty()) document["_Metrics"] = extra.metrics;
  if (request.contains("ClientToken")) document["_Asked"] = asked(request);
  return document;
}

// What the token has made, where it asks for the same again.
Json made_before(const Record& record, const Json& request) {
  if (record.document.contains("_Asked") && record.document.at("_Asked") != asked(request)) {
    throw service_error(
        "ConflictException",
        "The ClientToken " + text_of(request, "ClientToken") +
            " was used for another model package: " + text_of(record.document, "ModelPackageArn"));
  }
  return {{"ModelPackageArn", text_of(record.document, "ModelPackageArn")}};
}

void change_metadata(Json& document, const Json& update) {
  Json metadata = document.value("CustomerMetadataProperties", Json::object());
  metadata.update(update.value("CustomerMetadataProperties", Json::object()));
  for (const Json& key : update.value("CustomerMetadataPropertiesToRemove", Json::array())) {
    metadata.erase(key.get<std::string>());
  }
  if (metadata.size() > kMetadataMax) {
    throw validation_error("A model package can have no more than 50 CustomerMetadataProperties.");
  }
  document.erase("CustomerMetadataProperties");
  if (!metadata.empty()) document["CustomerMetadataProperties"] = std::move(metadata);
}

void add_specifications(Json& document, const Json& update) {
  const Json more = update.value("AdditionalInferenceSpecificationsToAdd", Json::array());
  if (more.empty()) return;
  Json all = document.value("AdditionalInferenceSpecifications", Json::array());
  for (const Json& each : more) {
    for (const Json& other : all) {
      if (text_of(other, "Name") == text_of(each, "Name")) {
        throw validation_error("Additional inference specification names must be unique: " +
                               text_of(each, "Name"));
      }
    }
    all.push_back(each);
  }
  if (all.size() > kSpecificationsMax) {
    throw validation_error(
        "Total number of additional inference specifications can not exceed 15.");
  }
  document["AdditionalInferenceSpecifications"] = std::move(all);
}

void apply(Json& document, const Json& update, std::int64_t now) {
  if (update.contains("ModelApprovalStatus") && !is_version(document)) {
    throw validation_error("ModelApprovalStatus does not apply to unversioned model packages.");
  }
  copy_members(update,
               document,
               {"ModelApprovalStatus",
                "ModelPackageRegistrationType",
                "ApprovalDescription",
                "InferenceSpecification",
                "SourceUri",
                "ModelCard",
                "ModelLifeCycle"});
  change_metadata(document, update);
  add_specifications(document, update);
  document["LastModifiedTime"] = now;
  document["LastModifiedBy"] = Json::object();
}

bool is_listed(const Json& document, const Json& request, const std::string& group_key) {
  // [aws] Those without a version, unless a group or another type is asked for.
  const std::string type =
      text_of(request,
              "ModelPackageType",
              request.contains("ModelPackageGroupName") ? "Both" : "Unversioned");
  if (type != "Both" && is_version(document) != (type == "Versioned")) return false;
  if (request.contains("ModelPackageGroupName") && text_of(document, "_Group") != group_key) {
    return false;
  }
  const std::string approval = text_of(request, "ModelApprovalStatus");
  return approval.empty() || text_of(document, "ModelApprovalStatus") == approval;
}

// A container of a package as CreateModel has them.
Json served_container(const Json& packaged, const std::string& arn) {
  Json container = Json::object();
  copy_members(packaged, container, {"ContainerHostname", "Image", "ModelDataUrl", "Environment"});
  if (packaged.contains("ModelDataSource")) {
    const Json source = packaged.at("ModelDataSource").value("S3DataSource", Json::object());
    if (text_of(source, "S3DataType") != "S3Object" ||
        text_of(source, "CompressionType") != "Gzip") {
      throw validation_error("The ModelDataSource of model package \"" + arn +
                             "\" is not supported by this server: it is no S3Object in Gzip.");
    }
    container["ModelDataUrl"] = text_of(source, "S3Uri");
  }
  if (text_of(container, "Image").empty()) {
    throw validation_error("A container of model package \"" + arn + "\" has no Image.");
  }
  return container;
}

Json containers_in(const Json& package, const std::string& specification) {
  if (specification.empty()) {
    return package.value("InferenceSpecification", Json::object())
        .value("Containers", Json::array());
  }
  for (const Json& each : package.value("AdditionalInferenceSpecifications", Json::array())) {
    if (text_of(each, "Name") == specification) return each.at("Containers");
  }
  return Json::array();
}

}  // namespace

Record ModelRegistry::package_of(const std::string& name) {
  auto record = context_.records.find(kPackageRecord, key_of(kPackageRecord, name));
  if (record) return *std::move(record);
  const std::string arn =
      name.starts_with("arn:") ? name : sagemaker_arn(context_, kPackageRecord, name);
  // [seen]
  throw validation_error("ModelPackage " + arn + " does not exist.");
}

Json ModelRegistry::create_package(const Json& request,
                                   const std::string& owner,
                                   const Extra& extra) {
  require_one_name(request);
  require_known(request);
  require_fitting(request);
  const std::string token = text_of(request, "ClientToken");
  const std::string marked = token.empty() ? owner : "token:" + token;
  const std::string group_name = text_of(request, "ModelPackageGroupName");
  const std::lock_guard lock(mutex_);
  if (const auto made = context_.records.find_by_owner(kPackageRecord, marked)) {
    return made_before(*made, request);
  }
  if (extra.makes_group && !find_group(group_name)) {
    create_group({{"ModelPackageGroupName", group_name}}, "");
  }
  const asl::Timestamp now = context_.now();
  Record record = {
      kPackageRecord, "", package_document(request, extra, now.ms), marked, now, now, 1};
  if (group_name.empty()) {
    record = insert_unversioned(std::move(record));
  } else {
    record.document["ModelApprovalStatus"] =
        text_of(request, "ModelApprovalStatus", "PendingManualApproval");
    record = insert_version(std::move(record), group_of(group_name));
  }
  return {{"ModelPackageArn", text_of(record.document, "ModelPackageArn")}};
}

Record ModelRegistry::insert_unversioned(Record record) {
  const std::string name = text_of(record.document, "ModelPackageName");
  const std::string arn = sagemaker_arn(context_, kPackageRecord, name);
  record.name = key_of(kPackageRecord, name);
  record.document["ModelPackageArn"] = arn;
  record.document["_Name"] = name;
  if (!context_.records.insert(record)) {
    throw validation_error("Model Package already exists: " + arn);
  }
  return record;
}

// The package is written before the group's count: a server that dies between leaves a number that
// is found taken. docs/decisions/0042-versions-are-numbered-by-what-is-there.md
Record ModelRegistry::insert_version(Record record, const Record& group) {
  record.document["ModelPackageGroupName"] = group.document.at("ModelPackageGroupName");
  record.document["_Name"] = group.document.at("ModelPackageGroupName");
  record.document["_Group"] = group.name;
  std::int64_t version = group.document.value(kLastVersion, std::int64_t{0});
  do {
    record.name = version_key(group.name, ++version);
    record.document["ModelPackageVersion"] = version;
    record.document["ModelPackageArn"] = sagemaker_arn(context_, kPackageRecord, record.name);
  } while (!context_.records.insert(record));
  modify(context_.records, kPackageGroupRecord, group.name, context_.now(), [&](Json& document) {
    document[kLastVersion] = version;
    return true;
  });
  return record;
}

Json ModelRegistry::describe_package(const std::string& name) {
  return public_part(package_of(name).document);
}

Json ModelRegistry::describe_packages(const Json& request) {
  Json found = Json::object();
  Json errors = Json::object();
  for (const Json& each : request.at("ModelPackageArnList")) {
    const std::string arn = each.get<std::string>();
    try {
      Json summary = Json::object();
      copy_members(package_of(arn).document,
                   summary,
                   {"ModelPackageGroupName",
                    "ModelPackageVersion",
                    "ModelPackageArn",
                    "ModelPackageDescription",
                    "CreationTime",
                    "InferenceSpecification",
                    "ModelPackageStatus",
                    "ModelApprovalStatus",
                    "ModelPackageRegistrationType"});
      found[arn] = std::move(summary);
    } catch (const ServiceError& error) {
      errors[arn] = {{"ErrorCode", error.type}, {"ErrorResponse", error.message}};
    }
  }
  return {{"ModelPackageSummaries", std::move(found)},
          {"BatchDescribeModelPackageErrorMap", std::move(errors)}};
}

Json ModelRegistry::list_packages(const Json& request) {
  const std::string group = text_of(request, "ModelPackageGroupName");
  const std::string group_key = group.empty() ? "" : group_of(group).name;
  ListingRules rules = {kPackageRecord,
                        group_key.empty() ? "" : group_key + "/",
                        "_Name",
                        "",
                        "CreationTime",
                        "ModelPackageSummaryList",
                        {"ModelPackageName",
                         "ModelPackageGroupName",
                         "ModelPackageVersion",
                         "ModelPackageArn",
                         "ModelPackageDescription",
                         "CreationTime",
                         "ModelPackageStatus",
                         "ModelApprovalStatus",
                         "ModelLifeCycle",
                         "ModelPackageRegistrationType"}};
  rules.also = [&group_key](const Json& document, const Json& wanted) {
    return is_listed(document, wanted, group_key);
  };
  return list_page(context_.records, rules, request);
}

Json ModelRegistry::update_package(const Json& request) {
  const std::lock_guard lock(mutex_);
  const Record package = package_of(text_of(request, "ModelPackageArn"));
  const asl::Timestamp now = context_.now();
  modify(context_.records, kPackageRecord, package.name, now, [&](Json& document) {
    apply(document, request, now.ms);
    return true;
  });
  return {{"ModelPackageArn", text_of(package.document, "ModelPackageArn")}};
}

void ModelRegistry::remove_package(const std::string& name) {
  const std::lock_guard lock(mutex_);
  remove_locked(package_of(name));
}

// The group's count first: the number is not given again, whenever the server dies.
void ModelRegistry::remove_locked(const Record& package) {
  if (is_version(package.document)) {
    require_no_alias(package);
    const auto version = package.document.at("ModelPackageVersion").get<std::int64_t>();
    modify(context_.records,
           kPackageGroupRecord,
           text_of(package.document, "_Group"),
           context_.now(),
           [&](Json& document) {
             if (document.value(kLastVersion, std::int64_t{0}) >= version) return false;
             document[kLastVersion] = version;
             return true;
           });
  }
  context_.records.remove(kPackageRecord, package.name);
}

ModelRegistry::Deployable ModelRegistry::deployable(const std::string& name,
                                                    const std::string& specification) {
  const Json package = package_of(name).document;
  const std::string arn = text_of(package, "ModelPackageArn");
  // [aws] "For versioned models, the value of this parameter must be set to Approved to deploy the
  // model."
  const std::string approval = text_of(package, "ModelApprovalStatus");
  if (is_version(package) && approval != "Approved") {
    throw validation_error("Model package \"" + arn +
                           "\" cannot be deployed: its ModelApprovalStatus is " + approval +
                           ", not Approved.");
  }
  Deployable made = {arn, Json::array()};
  for (const Json& container : containers_in(package, specification)) {
    made.containers.push_back(served_container(container, arn));
  }
  if (made.containers.empty()) {
    throw validation_error("Model package \"" + arn + "\" has no inference specification" +
                           (specification.empty() ? "." : " \"" + specification + "\"."));
  }
  return made;
}

std::optional<Record> ModelRegistry::find_version(const std::string& group, std::int64_t version) {
  return context_.records.find(kPackageRecord,
                               version_key(key_of(kPackageGroupRecord, group), version));
}

std::vector<Record> ModelRegistry::list_versions(const std::string& group,
                                                 std::int64_t after,
                                                 std::size_t limit) {
  const std::string key = key_of(kPackageGroupRecord, group);
  Records::Query query{kPackageRecord, key + "/", true, std::nullopt, limit};
  if (after != 0) query.after = version_key(key, after);
  return context_.records.list(query);
}

Record ModelRegistry::change_version(const std::string& group,
                                     std::int64_t version,
                                     const Json& update,
                                     const Check& check) {
  const std::lock_guard lock(mutex_);
  const Record package = package_of(version_key(key_of(kPackageGroupRecord, group), version));
  check(&package);
  const asl::Timestamp now = context_.now();
  const auto changed =
      modify(context_.records, kPackageRecord, package.name, now, [&](Json& document) {
        apply(document, update, now.ms);
        return true;
      });
  return changed.value_or(package);
}

void ModelRegistry::remove_version(const std::string& group,
                                   std::int64_t version,
                                   const Check& check) {
  const std::lock_guard lock(mutex_);
  const Record package = package_of(version_key(key_of(kPackageGroupRecord, group), version));
  check(&package);
  remove_locked(package);
}

}  // namespace pawl::engine
