// [aws]
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html and the
// others of its family
#include "engine/ml/registry_actions.h"

#include "engine/ml/documents.h"
#include "engine/ml/sagemaker_shapes.h"

namespace pawl::engine {

namespace {

using asl::Json;
using namespace shapes;            // NOLINT: the tables below read as sentences
using namespace sagemaker_shapes;  // NOLINT

constexpr const char* kArnOrName =
    R"((arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:[a-z\-]*\/)?([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-))";
constexpr const char* kVersionedArnOrName =
    R"((arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:[a-z\-]*\/)?([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)(\/[0-9]{1,9})?)";
constexpr const char* kPackageArn =
    R"(arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]{9,16}:[0-9]{12}:model-package/[\S]{1,2048})";

Shape arn_or_name() { return text().length(1, 170).matching(kArnOrName); }
Shape package_arn() { return text().length(1, 2048).matching(kPackageArn); }
Shape entity_description() { return text().length(0, 1024); }
Shape approval() { return text().one_of({"Approved", "Rejected", "PendingManualApproval"}); }
Shape registration_type() { return text().one_of({"Logged", "Registered"}); }
Shape metadata() { return map(text().length(1, 256)).length(1, 50); }
Shape client_token() { return text().length(1, 36).matching("[a-zA-Z0-9-]+"); }
Shape source_uri() { return text().length(0, 1024); }

std::vector<Member> specification_members() {
  const Shape packaged = structure(
      {optional("ContainerHostname", name().length(0, 63)),
       optional("Image", text().length(0, 255).matching(R"([\S]+)")),
       optional("ImageDigest", text().length(0, 72).matching("[Ss][Hh][Aa]256:[0-9a-fA-F]{64}")),
       optional("ModelDataUrl", s3_uri()),
       optional("ModelDataSource", any()),
       optional("ProductId", text().length(0, 256)),
       optional("Environment", map(text().length(0, 1024)).length(0, 100)),
       optional("ModelInput", any()),
       optional("Framework", text()),
       optional("FrameworkVersion", text().length(3, 10).matching(R"([0-9]\.[A-Za-z0-9.-]+)")),
       optional("NearestModelName", text()),
       optional("AdditionalS3DataSource", any()),
       optional("AdditionalModelDataSources", any()),
       optional("ModelDataETag", text()),
       optional("IsCheckpoint", boolean()),
       optional("BaseModel", any())});
  return {required("Containers", list(packaged).length(1, 15)),
          optional("SupportedTransformInstanceTypes", list(text()).at_least(1)),
          optional("SupportedRealtimeInferenceInstanceTypes", list(text())),
          optional("SupportedContentTypes", list(text().length(0, 256))),
          optional("SupportedResponseMIMETypes", list(text().length(0, 1024)))};
}

Shape additional_specifications() {
  std::vector<Member> members = {required("Name", name()),
                                 optional("Description", entity_description())};
  for (Member& member : specification_members()) members.push_back(std::move(member));
  return list(structure(std::move(members))).length(1, 15);
}

Shape life_cycle() {
  return structure({required("Stage", name()),
                    required("StageStatus", name()),
                    optional("StageDescription", text().length(0, 1024))});
}

Shape create_package() {
  const Shape property = text().length(0, 1024);
  return structure({optional("ModelPackageName", name()),
                    optional("ModelPackageGroupName", arn_or_name()),
                    optional("ModelPackageDescription", entity_description()),
                    optional("ModelPackageRegistrationType", registration_type()),
                    optional("InferenceSpecification", structure(specification_members())),
                    optional("ValidationSpecification", any()),
                    optional("SourceAlgorithmSpecification", any()),
                    optional("CertifyForMarketplace", boolean()),
                    optional("Tags", tags()),
                    optional("ModelApprovalStatus", approval()),
                    optional("MetadataProperties",
                             structure({optional("CommitId", property),
                                        optional("Repository", property),
                                        optional("GeneratedBy", property),
                                        optional("ProjectId", property)})),
                    optional("ModelMetrics", any()),
                    optional("ClientToken", client_token()),
                    optional("Domain", text()),
                    optional("Task", text()),
                    optional("SamplePayloadUrl", s3_uri()),
                    optional("CustomerMetadataProperties", metadata()),
                    optional("DriftCheckBaselines", any()),
                    optional("AdditionalInferenceSpecifications", additional_specifications()),
                    optional("SkipModelValidation", text().one_of({"All", "None"})),
                    optional("SourceUri", source_uri()),
                    optional("SecurityConfig", any()),
                    optional("ModelCard", any()),
                    optional("ModelLifeCycle", life_cycle()),
                    optional("ManagedStorageType", text().one_of({"Restricted"}))});
}

Shape update_package() {
  return structure({required("ModelPackageArn", package_arn()),
                    optional("ModelApprovalStatus", approval()),
                    optional("ModelPackageRegistrationType", registration_type()),
                    optional("ApprovalDescription", text().length(0, 1024)),
                    optional("CustomerMetadataProperties", metadata()),
                    optional("CustomerMetadataPropertiesToRemove", list(text().length(1, 128))),
                    optional("AdditionalInferenceSpecificationsToAdd", additional_specifications()),
                    optional("InferenceSpecification", structure(specification_members())),
                    optional("SourceUri", source_uri()),
                    optional("ModelCard", any()),
                    optional("ModelLifeCycle", life_cycle()),
                    optional("ClientToken", client_token())});
}

Shape create_group() {
  return structure(
      {required("ModelPackageGroupName", name()),
       optional("ModelPackageGroupDescription", entity_description()),
       optional("Tags", tags()),
       optional("ManagedConfiguration",
                structure({optional("ManagedStorageType", text().one_of({"Restricted"}))}))});
}

Shape list_packages() {
  return list_request(
      {"Name", "CreationTime"},
      {},
      {optional("ModelApprovalStatus", approval()),
       optional("ModelPackageGroupName", arn_or_name()),
       optional("ModelPackageType", text().one_of({"Versioned", "Unversioned", "Both"}))});
}

// An action that looks at, or removes, what one member names.
MlAction of_one(std::string action,
                Scope scope,
                const char* member,
                Shape shape,
                std::function<Json(const std::string&)> run) {
  return {std::move(action),
          scope,
          structure({required(member, std::move(shape))}),
          [member, run = std::move(run)](const Json& request, const std::string&) {
            return run(text_of(request, member));
          }};
}

}  // namespace

Shape versioned_arn_or_name() { return text().length(1, 176).matching(kVersionedArnOrName); }

std::vector<MlAction> registry_actions(ModelRegistry& registry) {
  ModelRegistry& r = registry;
  return {
      {"BatchDescribeModelPackage",
       Scope::kRead,
       structure({required("ModelPackageArnList", list(package_arn()).length(1, 100))}),
       [&r](const Json& request, const std::string&) { return r.describe_packages(request); }},
      {"CreateModelPackage",
       Scope::kAdmin,
       create_package(),
       [&r](const Json& request, const std::string& owner) {
         return r.create_package(request, owner, {});
       }},
      {"CreateModelPackageGroup",
       Scope::kAdmin,
       create_group(),
       [&r](const Json& request, const std::string& owner) {
         return r.create_group(request, owner);
       }},
      of_one("DeleteModelPackage",
             Scope::kAdmin,
             "ModelPackageName",
             versioned_arn_or_name(),
             [&r](const std::string& n) { return r.remove_package(n), Json::object(); }),
      of_one("DeleteModelPackageGroup",
             Scope::kAdmin,
             "ModelPackageGroupName",
             arn_or_name(),
             [&r](const std::string& n) { return r.remove_group(n), Json::object(); }),
      of_one("DescribeModelPackage",
             Scope::kRead,
             "ModelPackageName",
             versioned_arn_or_name(),
             [&r](const std::string& n) { return r.describe_package(n); }),
      of_one("DescribeModelPackageGroup",
             Scope::kRead,
             "ModelPackageGroupName",
             arn_or_name(),
             [&r](const std::string& n) { return r.describe_group(n); }),
      {"ListModelPackageGroups",
       Scope::kRead,
       list_request(
           {"Name", "CreationTime"},
           {},
           {optional("CrossAccountFilterOption", text().one_of({"SameAccount", "CrossAccount"}))}),
       [&r](const Json& request, const std::string&) { return r.list_groups(request); }},
      {"ListModelPackages",
       Scope::kRead,
       list_packages(),
       [&r](const Json& request, const std::string&) { return r.list_packages(request); }},
      {"UpdateModelPackage",
       Scope::kAdmin,
       update_package(),
       [&r](const Json& request, const std::string&) { return r.update_package(request); }},
  };
}

}  // namespace pawl::engine
