// Models that are made of model packages, and the endpoints that serve them.
#include "tests/engine/ml/registry_fixture.h"

namespace pawl::engine {
namespace {

class PackagedModels : public RegistryTest {
 protected:
  Json make_model(const std::string& name, const Json& container) {
    return call(
        "CreateModel",
        {{"ModelName", name}, {"PrimaryContainer", container}, {"ExecutionRoleArn", kRole}});
  }
};

TEST_F(PackagedModels, AnEndpointServesTheVersionThatItsModelNames) {
  make_group("g");
  const std::string arn = add_version("g", "Approved");
  EXPECT_EQ(make_model("m", {{"ModelPackageName", arn}}).size(), 1U);
  EXPECT_EQ(call("DescribeModel", {{"ModelName", "m"}}).at("PrimaryContainer"),
            Json({{"ModelPackageName", arn}}));
  // What the model was made of is its own by now.
  call("DeleteModelPackage", {{"ModelPackageName", arn}});
  const Json variant = {{"VariantName", "all"}, {"ModelName", "m"}, {"InitialInstanceCount", 1}};
  call("CreateEndpointConfig",
       {{"EndpointConfigName", "e"}, {"ProductionVariants", Json::array({variant})}});
  call("CreateEndpoint", {{"EndpointName", "e"}, {"EndpointConfigName", "e"}});
  EXPECT_EQ(text_of(settled("e"), "EndpointStatus"), "InService");
  EXPECT_EQ(invoke("e", "hello").body, "HELLO");
}

TEST_F(PackagedModels, AVersionIsServedOnlyWhenItIsApproved) {
  make_group("g");
  const std::string arn = add_version("g");
  for (const char* status : {"PendingManualApproval", "Rejected"}) {
    call("UpdateModelPackage", {{"ModelPackageArn", arn}, {"ModelApprovalStatus", status}});
    const Json refused = make_model("m", {{"ModelPackageName", arn}});
    EXPECT_EQ(refused.at("error"), "ValidationException");
    EXPECT_NE(text_of(refused, "message").find(status), std::string::npos) << refused;
  }
  call("UpdateModelPackage", {{"ModelPackageArn", arn}, {"ModelApprovalStatus", "Approved"}});
  EXPECT_FALSE(make_model("m", {{"ModelPackageName", "g/1"}}).contains("error"));
}

TEST_F(PackagedModels, APackageOnItsOwnAndAnAdditionalSpecificationAreServed) {
  Json small = specification("test/second:1", "s3://bucket/small.tar.gz");
  small["Name"] = "small";
  Json packaged = specification("test/serve:1");
  packaged["Containers"][0]["ModelDataSource"] = {{"S3DataSource",
                                                   {{"S3Uri", "s3://bucket/m.tar.gz"},
                                                    {"S3DataType", "S3Object"},
                                                    {"CompressionType", "Gzip"}}}};
  call("CreateModelPackage",
       {{"ModelPackageName", "p"},
        {"InferenceSpecification", packaged},
        {"AdditionalInferenceSpecifications", Json::array({small})}});
  make_model("m", {{"ModelPackageName", "p"}, {"Environment", {{"A", "b"}}}});
  make_model("s", {{"ModelPackageName", "p"}, {"InferenceSpecificationName", "small"}});
  const auto served = [this](const std::string& model) {
    return Models::containers_of(store_->records().find("model", model)->document);
  };
  EXPECT_EQ(served("m"),
            Json::array({{{"Image", "test/serve:1"},
                          {"ModelDataUrl", "s3://bucket/m.tar.gz"},
                          {"Environment", {{"A", "b"}}}}}));
  EXPECT_EQ(
      served("s"),
      Json::array({{{"Image", "test/second:1"}, {"ModelDataUrl", "s3://bucket/small.tar.gz"}}}));
  EXPECT_EQ(make_model("x", {{"ModelPackageName", "p"}, {"InferenceSpecificationName", "large"}})
                .at("error"),
            "ValidationException");
}

TEST_F(PackagedModels, AContainerNamesAnImageOrAPackage) {
  const std::string refused =
      "ValidationException: Specify one of either Image and Model Data URL or ModelPackageName in "
      "container definition.";
  for (const Json& container : {Json({{"ModelPackageName", "p"}, {"Image", "i"}}),
                                Json({{"ModelPackageName", "p"}, {"ModelDataUrl", "s3://b/k"}}),
                                Json({{"ContainerHostname", "h"}})}) {
    const Json request = {{"ModelName", "m"}, {"PrimaryContainer", container}};
    EXPECT_EQ(refusal("CreateModel", request), refused) << container;
  }
  EXPECT_EQ(refusal("CreateModel",
                    {{"ModelName", "m"}, {"PrimaryContainer", {{"ModelPackageName", "none"}}}}),
            "ValidationException: ModelPackage " + package_arn("none") + " does not exist.");
}

TEST_F(PackagedModels, ATaskThatIsRunAgainGetsTheModelThatItHasMade) {
  make_group("g");
  const std::string arn = add_version("g", "Approved");
  const Json request = {{"ModelName", "m"}, {"PrimaryContainer", {{"ModelPackageName", arn}}}};
  const Json made = services_->models.create(request, "arn:task#1");
  call("UpdateModelPackage", {{"ModelPackageArn", arn}, {"ModelApprovalStatus", "Rejected"}});
  EXPECT_EQ(services_->models.create(request, "arn:task#1"), made);
}

}  // namespace
}  // namespace pawl::engine
