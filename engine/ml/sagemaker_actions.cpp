// The SageMaker actions of this server: shapes and handlers, sorted by name.
// [aws]
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html
#include <algorithm>
#include <iterator>

#include "engine/ml/documents.h"
#include "engine/ml/listing.h"
#include "engine/ml/registry_actions.h"
#include "engine/ml/sagemaker_shapes.h"
#include "engine/ml/services.h"
#include "engine/ml/tags.h"

namespace pawl::engine {

namespace {

using asl::Json;
using namespace shapes;            // NOLINT: the tables below read as sentences
using namespace sagemaker_shapes;  // NOLINT

constexpr const char* kRolePattern = R"(arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+)";
constexpr const char* kChannelPattern = R"([A-Za-z0-9\.\-_]+)";

Shape role() { return text().length(20, 2048).matching(kRolePattern); }

Shape algorithm() {
  return structure({optional("TrainingImage", text().length(0, 255).matching(".*")),
                    optional("AlgorithmName", text().length(1, 170)),
                    required("TrainingInputMode", text().one_of({"Pipe", "File", "FastFile"})),
                    optional("MetricDefinitions",
                             list(structure({required("Name", text().length(1, 255)),
                                             required("Regex", text().length(1, 500))}))
                                 .length(0, 40)),
                    optional("ContainerEntrypoint", list(text().length(0, 256)).length(1, 100)),
                    optional("ContainerArguments", list(text().length(0, 256)).length(1, 100))});
}

Shape channel() {
  const Shape s3 = structure(
      {required("S3DataType", text().one_of({"ManifestFile", "S3Prefix", "AugmentedManifestFile"})),
       required("S3Uri", s3_uri()),
       optional("S3DataDistributionType", text().one_of({"FullyReplicated", "ShardedByS3Key"}))});
  return structure(
      {required("ChannelName", text().length(1, 64).matching(kChannelPattern)),
       required("DataSource",
                structure({optional("S3DataSource", s3), optional("FileSystemDataSource", any())})),
       optional("ContentType", text().length(0, 256)),
       optional("CompressionType", text().one_of({"None", "Gzip"})),
       optional("RecordWrapperType", text().one_of({"None", "RecordIO"})),
       optional("InputMode", text().one_of({"Pipe", "File", "FastFile"}))});
}

Shape create_training_job() {
  return structure(
      {required("TrainingJobName", name()),
       optional("HyperParameters", map(text().length(0, 2500)).length(0, 100)),
       required("AlgorithmSpecification", algorithm()),
       required("RoleArn", role()),
       optional("InputDataConfig", list(channel()).length(1, 20)),
       required("OutputDataConfig",
                structure({required("S3OutputPath", s3_uri()),
                           optional("KmsKeyId", text()),
                           optional("CompressionType", text().one_of({"GZIP", "NONE"}))})),
       optional("ResourceConfig",
                structure({optional("InstanceType", text()),
                           optional("InstanceCount", integer().at_least(0)),
                           optional("VolumeSizeInGB", integer().at_least(0))})),
       optional("StoppingCondition",
                structure({optional("MaxRuntimeInSeconds", integer().at_least(1)),
                           optional("MaxWaitTimeInSeconds", integer().at_least(1)),
                           optional("MaxPendingTimeInSeconds", integer().length(7200, 2419200))})),
       optional("Tags", tags()),
       optional("EnableNetworkIsolation", boolean()),
       optional("EnableInterContainerTrafficEncryption", boolean()),
       optional("EnableManagedSpotTraining", boolean()),
       optional(
           "CheckpointConfig",
           structure({required("S3Uri", s3_uri()), optional("LocalPath", text().length(0, 4096))})),
       optional("Environment", map(text().length(0, 512)).length(0, 100))});
}

Shape container() {
  return structure({optional("ContainerHostname", text().length(0, 63)),
                    optional("Image", text().length(0, 255)),
                    optional("Mode", text().one_of({"SingleModel", "MultiModel"})),
                    optional("ModelDataUrl", s3_uri()),
                    optional("ModelPackageName", versioned_arn_or_name()),
                    optional("InferenceSpecificationName", name()),
                    optional("Environment", map(text().length(0, 1024)).length(0, 100))});
}

Shape create_model() {
  return structure({required("ModelName", name()),
                    optional("PrimaryContainer", container()),
                    optional("Containers", list(container()).length(0, 15)),
                    optional("ExecutionRoleArn", role()),
                    optional("EnableNetworkIsolation", boolean()),
                    optional("Tags", tags())});
}

Shape create_endpoint_config() {
  const Shape variant = structure({required("VariantName", name()),
                                   optional("ModelName", name()),
                                   optional("InitialInstanceCount", integer().at_least(1)),
                                   optional("InstanceType", text()),
                                   optional("InitialVariantWeight", number().at_least(0))});
  return structure({required("EndpointConfigName", name()),
                    required("ProductionVariants", list(variant).length(1, 10)),
                    optional("Tags", tags())});
}

Shape update_capacities() {
  const Shape change = structure({required("VariantName", name()),
                                  optional("DesiredWeight", number().at_least(0)),
                                  optional("DesiredInstanceCount", integer().at_least(0))});
  return structure({required("EndpointName", name()),
                    required("DesiredWeightsAndCapacities", list(change).at_least(1))});
}

MlAction by_name(std::string action,
                 Scope scope,
                 const char* member,
                 std::function<Json(const std::string&)> run) {
  return {std::move(action),
          scope,
          structure({required(member, name())}),
          [member, run = std::move(run)](const Json& request, const std::string&) {
            return run(text_of(request, member));
          }};
}

MlAction on_tags(MlServices& services,
                 std::string action,
                 Scope scope,
                 std::vector<Member> members,
                 Json (*run)(MlContext&, const Json&)) {
  members.push_back(required("ResourceArn", text().length(0, 256)));
  return {std::move(action),
          scope,
          structure(std::move(members)),
          [&services, run](const Json& request, const std::string&) {
            return run(services.context, request);
          }};
}

MlAction listing(MlServices& services, std::string action, Shape request, ListingRules rules) {
  return {std::move(action),
          Scope::kRead,
          std::move(request),
          [&services, rules = std::move(rules)](const Json& body, const std::string&) {
            return list_page(services.context.records, rules, body);
          }};
}

}  // namespace

std::vector<MlAction> sagemaker_actions(MlServices& services) {
  MlServices& s = services;
  std::vector<MlAction> actions = {
      on_tags(s, "AddTags", Scope::kAdmin, {required("Tags", tags())}, add_tags),
      {"CreateEndpoint",
       Scope::kAdmin,
       structure({required("EndpointName", name()),
                  required("EndpointConfigName", name()),
                  optional("Tags", tags())}),
       [&s](const Json& request, const std::string& owner) {
         return s.endpoints.create(request, owner);
       }},
      {"CreateEndpointConfig",
       Scope::kAdmin,
       create_endpoint_config(),
       [&s](const Json& request, const std::string& owner) {
         return s.endpoint_configs.create(request, owner);
       }},
      {"CreateModel",
       Scope::kAdmin,
       create_model(),
       [&s](const Json& request, const std::string& owner) {
         return s.models.create(request, owner);
       }},
      {"CreateTrainingJob",
       Scope::kAdmin,
       create_training_job(),
       [&s](const Json& request, const std::string& owner) {
         return s.training_jobs.create(request, owner);
       }},
      by_name("DeleteEndpoint",
              Scope::kAdmin,
              "EndpointName",
              [&s](const std::string& n) { return s.endpoints.remove(n), Json::object(); }),
      by_name("DeleteEndpointConfig",
              Scope::kAdmin,
              "EndpointConfigName",
              [&s](const std::string& n) { return s.endpoint_configs.remove(n), Json::object(); }),
      by_name("DeleteModel",
              Scope::kAdmin,
              "ModelName",
              [&s](const std::string& n) { return s.models.remove(n), Json::object(); }),
      on_tags(s,
              "DeleteTags",
              Scope::kAdmin,
              {required("TagKeys", list(text().length(1, 128)).length(1, 50))},
              delete_tags),
      by_name("DescribeEndpoint",
              Scope::kRead,
              "EndpointName",
              [&s](const std::string& n) { return s.endpoints.describe(n); }),
      by_name("DescribeEndpointConfig",
              Scope::kRead,
              "EndpointConfigName",
              [&s](const std::string& n) { return s.endpoint_configs.describe(n); }),
      by_name("DescribeModel",
              Scope::kRead,
              "ModelName",
              [&s](const std::string& n) { return s.models.describe(n); }),
      by_name("DescribeTrainingJob",
              Scope::kRead,
              "TrainingJobName",
              [&s](const std::string& n) { return s.training_jobs.describe(n); }),
      listing(s,
              "ListEndpointConfigs",
              list_request({"Name", "CreationTime"}, {}),
              {"endpoint-config",
               "",
               "EndpointConfigName",
               "",
               "CreationTime",
               "EndpointConfigs",
               {"EndpointConfigName", "EndpointConfigArn", "CreationTime"}}),
      listing(
          s,
          "ListEndpoints",
          list_request({"Name", "CreationTime", "Status"},
                       {"OutOfService",
                        "Creating",
                        "Updating",
                        "SystemUpdating",
                        "RollingBack",
                        "InService",
                        "Deleting",
                        "Failed",
                        "UpdateRollbackFailed"}),
          {"endpoint",
           "",
           "EndpointName",
           "EndpointStatus",
           "CreationTime",
           "Endpoints",
           {"EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus"}}),
      listing(s,
              "ListModels",
              list_request({"Name", "CreationTime"}, {}),
              {"model",
               "",
               "ModelName",
               "",
               "CreationTime",
               "Models",
               {"ModelName", "ModelArn", "CreationTime"}}),
      on_tags(s,
              "ListTags",
              Scope::kRead,
              {optional("NextToken", text().length(0, 8192)),
               optional("MaxResults", integer().at_least(50))},
              list_tags),
      listing(s,
              "ListTrainingJobs",
              list_request({"Name", "CreationTime", "Status"},
                           {"InProgress", "Completed", "Failed", "Stopping", "Stopped"}),
              {"training-job",
               "",
               "TrainingJobName",
               "TrainingJobStatus",
               "CreationTime",
               "TrainingJobSummaries",
               {"TrainingJobName",
                "TrainingJobArn",
                "CreationTime",
                "TrainingEndTime",
                "LastModifiedTime",
                "TrainingJobStatus",
                "SecondaryStatus"}}),
      by_name("StopTrainingJob",
              Scope::kRun,
              "TrainingJobName",
              [&s](const std::string& n) { return s.training_jobs.stop(n), Json::object(); }),
      {"UpdateEndpoint",
       Scope::kAdmin,
       structure({required("EndpointName", name()), required("EndpointConfigName", name())}),
       [&s](const Json& request, const std::string& owner) {
         return s.endpoints.update(request, owner);
       }},
      {"UpdateEndpointWeightsAndCapacities",
       Scope::kAdmin,
       update_capacities(),
       [&s](const Json& request, const std::string& owner) {
         return s.endpoints.update_capacities(request, owner);
       }},
  };
  std::vector<MlAction> of_registry = registry_actions(services.registry);
  std::move(of_registry.begin(), of_registry.end(), std::back_inserter(actions));
  std::sort(actions.begin(), actions.end(), [](const MlAction& a, const MlAction& b) {
    return a.name < b.name;
  });
  return actions;
}

}  // namespace pawl::engine
