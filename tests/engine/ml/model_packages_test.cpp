// Groups of model packages, their versions, and packages on their own.
#include <set>
#include <thread>

#include "tests/engine/ml/registry_fixture.h"

namespace pawl::engine {
namespace {

class ModelPackages : public RegistryTest {};

TEST_F(ModelPackages, AGroupIsDescribedByItsNameOrArnAndHasItsNameOnce) {
  const Json made = call(
      "CreateModelPackageGroup",
      {{"ModelPackageGroupName", "Digits"}, {"ModelPackageGroupDescription", "what they are"}});
  const std::string arn = std::string(kArnHead) + "model-package-group/digits";
  EXPECT_EQ(made, Json({{"ModelPackageGroupArn", arn}}));
  const Json group = call("DescribeModelPackageGroup", {{"ModelPackageGroupName", arn}});
  EXPECT_EQ(group.at("ModelPackageGroupName"), "Digits");
  EXPECT_EQ(group.at("ModelPackageGroupDescription"), "what they are");
  EXPECT_EQ(group.at("ModelPackageGroupStatus"), "Completed");
  EXPECT_EQ(group.at("CreatedBy"), Json::object());
  EXPECT_NEAR(group.at("CreationTime").get<double>(), static_cast<double>(now().ms) / 1000.0, 60.0);
  EXPECT_EQ(call("DescribeModelPackageGroup", {{"ModelPackageGroupName", "Digits"}}), group);
  EXPECT_EQ(refusal("CreateModelPackageGroup", {{"ModelPackageGroupName", "digits"}}),
            "ValidationException: Model Package Group already exists: " + arn);
  EXPECT_EQ(refusal("DescribeModelPackageGroup", {{"ModelPackageGroupName", "none"}}),
            "ValidationException: ModelPackageGroup " + std::string(kArnHead) +
                "model-package-group/none does not exist.");
  EXPECT_EQ(refusal("DescribeModelPackageGroup",
                    {{"ModelPackageGroupName",
                      "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/digits"}}),
            "ValidationException: ARN should be scoped to correct region: us-east-1");
}

TEST_F(ModelPackages, VersionsOfAGroupAreNumberedAndDescribedByTheirArn) {
  make_group("Digits");
  EXPECT_EQ(add_version("Digits"), package_arn("digits/1"));
  EXPECT_EQ(add_version("Digits", "Approved"), package_arn("digits/2"));
  const Json first = call("DescribeModelPackage", {{"ModelPackageName", package_arn("digits/1")}});
  EXPECT_EQ(first.at("ModelPackageGroupName"), "Digits");
  EXPECT_EQ(first.at("ModelPackageVersion"), 1);
  EXPECT_EQ(first.at("ModelPackageStatus"), "Completed");
  EXPECT_EQ(first.at("ModelApprovalStatus"), "PendingManualApproval");
  EXPECT_EQ(first.at("ModelPackageStatusDetails"),
            Json({{"ValidationStatuses", Json::array()}, {"ImageScanStatuses", Json::array()}}));
  EXPECT_EQ(first.at("InferenceSpecification"), specification("test/serve:1"));
  EXPECT_FALSE(first.contains("ModelPackageName"));
  for (const auto& [member, value] : first.items()) EXPECT_NE(member.front(), '_') << member;
  EXPECT_EQ(
      call("DescribeModelPackage", {{"ModelPackageName", "digits/2"}}).at("ModelApprovalStatus"),
      "Approved");
  EXPECT_EQ(refusal("DescribeModelPackage", {{"ModelPackageName", package_arn("digits/3")}}),
            "ValidationException: ModelPackage " + package_arn("digits/3") + " does not exist.");
  EXPECT_EQ(refusal("CreateModelPackage", version_request("none")),
            "ValidationException: ModelPackageGroup " + std::string(kArnHead) +
                "model-package-group/none does not exist.");
}

TEST_F(ModelPackages, AVersionsNumberIsNotGivenAgain) {
  make_group("g");
  add_version("g");
  add_version("g");
  call("DeleteModelPackage", {{"ModelPackageName", package_arn("g/2")}});
  EXPECT_EQ(refusal("DescribeModelPackage", {{"ModelPackageName", "g/2"}}),
            "ValidationException: ModelPackage " + package_arn("g/2") + " does not exist.");
  EXPECT_EQ(add_version("g"), package_arn("g/3"));
}

// The package is written first, the group's count behind it.
TEST_F(ModelPackages, ANumberIsNotGivenAgainWhenTheServerDiedBeforeItWasCounted) {
  make_group("g");
  add_version("g");
  const auto uncount = [this] {
    modify(store_->records(), "model-package-group", "g", now(), [](Json& document) {
      document["_LastVersion"] = 0;
      return true;
    });
  };
  uncount();
  EXPECT_EQ(add_version("g"), package_arn("g/2"));
  uncount();
  call("DeleteModelPackage", {{"ModelPackageName", "g/2"}});
  EXPECT_EQ(add_version("g"), package_arn("g/3"));
}

TEST_F(ModelPackages, MadeAtTheSameTimeGetDifferentNumbersWithoutAGap) {
  make_group("g");
  constexpr int kThreads = 4;
  constexpr int kEach = 15;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::set<std::string> arns;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) {
        const Json made = services_->registry.create_package(version_request("g"), "", {});
        const std::lock_guard lock(mutex);
        arns.insert(text_of(made, "ModelPackageArn"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> expected;
  for (int n = 1; n <= kThreads * kEach; ++n)
    expected.insert(package_arn("g/" + std::to_string(n)));
  EXPECT_EQ(arns, expected);
}

TEST_F(ModelPackages, AClientTokenMakesOneVersionAndNoOtherOne) {
  make_group("g");
  Json request = version_request("g");
  request["ClientToken"] = "once";
  EXPECT_EQ(text_of(call("CreateModelPackage", request), "ModelPackageArn"), package_arn("g/1"));
  EXPECT_EQ(text_of(call("CreateModelPackage", request), "ModelPackageArn"), package_arn("g/1"));
  request["ModelPackageDescription"] = "another";
  EXPECT_EQ(call("CreateModelPackage", request).at("error"), "ConflictException");
  EXPECT_EQ(add_version("g"), package_arn("g/2"));
}

TEST_F(ModelPackages, ATaskThatIsRunAgainGetsTheVersionThatItHasMade) {
  make_group("g");
  const std::string owner = "arn:aws:states:us-east-1:123456789012:execution:M:e#7";
  const Json made = services_->registry.create_package(version_request("g"), owner, {});
  EXPECT_EQ(services_->registry.create_package(version_request("g"), owner, {}), made);
  EXPECT_EQ(add_version("g"), package_arn("g/2"));
  const Json group = {{"ModelPackageGroupName", "h"}};
  EXPECT_EQ(services_->registry.create_group(group, owner),
            services_->registry.create_group(group, owner));
}

TEST_F(ModelPackages, AreListedByGroupApprovalAndTypeAPageAtATime) {
  make_group("g");
  make_group("h");
  add_version("g", "Approved");
  add_version("h", "Approved");
  add_version("g");
  add_version("g", "Approved");
  call("CreateModelPackage",
       {{"ModelPackageName", "Alone"}, {"InferenceSpecification", specification("i")}});
  const auto arns = [&](Json request) {
    std::vector<std::string> all;
    for (;;) {
      const Json page = call("ListModelPackages", request);
      for (const Json& each : page.at("ModelPackageSummaryList")) {
        all.push_back(text_of(each, "ModelPackageArn"));
      }
      if (!page.contains("NextToken")) return all;
      request["NextToken"] = page.at("NextToken");
    }
  };
  using Arns = std::vector<std::string>;
  EXPECT_EQ(arns({{"ModelPackageGroupName", "g"}, {"MaxResults", 1}}),
            (Arns{package_arn("g/3"), package_arn("g/2"), package_arn("g/1")}));
  EXPECT_EQ(arns({{"ModelPackageGroupName", "G"},
                  {"ModelApprovalStatus", "Approved"},
                  {"SortOrder", "Ascending"}}),
            (Arns{package_arn("g/1"), package_arn("g/3")}));
  EXPECT_EQ(arns(Json::object()), (Arns{package_arn("alone")}));
  EXPECT_EQ(arns({{"ModelPackageType", "Versioned"}, {"NameContains", "h"}}),
            (Arns{package_arn("h/1")}));
  EXPECT_EQ(arns({{"ModelPackageType", "Both"}, {"MaxResults", 2}}).size(), 5U);
  EXPECT_EQ(call("ListModelPackages", {{"ModelPackageGroupName", "none"}}).at("error"),
            "ValidationException");
  const Json groups =
      call("ListModelPackageGroups", {{"SortBy", "Name"}, {"SortOrder", "Ascending"}});
  EXPECT_EQ(groups.at("ModelPackageGroupSummaryList").at(0).at("ModelPackageGroupName"), "g");
  EXPECT_EQ(groups.at("ModelPackageGroupSummaryList").size(), 2U);
}

TEST_F(ModelPackages, AVersionIsApprovedAndItsMetadataChanged) {
  make_group("g");
  Json request = version_request("g");
  request["CustomerMetadataProperties"] = {{"a", "1"}, {"b", "2"}};
  call("CreateModelPackage", request);
  const Json update = {
      {"ModelPackageArn", package_arn("g/1")},
      {"ModelApprovalStatus", "Approved"},
      {"ApprovalDescription", "good"},
      {"CustomerMetadataProperties", {{"c", "3"}}},
      {"CustomerMetadataPropertiesToRemove", {"a"}},
      {"AdditionalInferenceSpecificationsToAdd",
       Json::array({{{"Name", "small"}, {"Containers", Json::array({{{"Image", "i"}}})}}})}};
  EXPECT_EQ(call("UpdateModelPackage", update), Json({{"ModelPackageArn", package_arn("g/1")}}));
  const Json package = call("DescribeModelPackage", {{"ModelPackageName", "g/1"}});
  EXPECT_EQ(package.at("ModelApprovalStatus"), "Approved");
  EXPECT_EQ(package.at("ApprovalDescription"), "good");
  EXPECT_EQ(package.at("CustomerMetadataProperties"), Json({{"b", "2"}, {"c", "3"}}));
  EXPECT_TRUE(package.at("LastModifiedTime").is_number_float());
  EXPECT_EQ(package.at("AdditionalInferenceSpecifications").size(), 1U);
  EXPECT_EQ(call("UpdateModelPackage", update).at("error"), "ValidationException");
  EXPECT_EQ(refusal("UpdateModelPackage", {{"ModelPackageArn", package_arn("g/9")}}),
            "ValidationException: ModelPackage " + package_arn("g/9") + " does not exist.");
}

TEST_F(ModelPackages, OnTheirOwnHaveNamesAndNoApproval) {
  const Json request = {{"ModelPackageName", "Alone"},
                        {"InferenceSpecification", specification("i")}};
  EXPECT_EQ(text_of(call("CreateModelPackage", request), "ModelPackageArn"), package_arn("alone"));
  const Json package = call("DescribeModelPackage", {{"ModelPackageName", "Alone"}});
  EXPECT_EQ(package.at("ModelPackageName"), "Alone");
  EXPECT_FALSE(package.contains("ModelApprovalStatus"));
  EXPECT_FALSE(package.contains("ModelPackageVersion"));
  EXPECT_EQ(refusal("CreateModelPackage", request),
            "ValidationException: Model Package already exists: " + package_arn("alone"));
  EXPECT_EQ(call("DeleteModelPackage", {{"ModelPackageName", "Alone"}}), Json::object());
  EXPECT_EQ(call("CreateModelPackage", request).size(), 1U);
}

TEST_F(ModelPackages, WhoseRequestsSayTooMuchOrTooLittleAreRefused) {
  make_group("g");
  Json both = version_request("g");
  both["ModelPackageName"] = "p";
  EXPECT_EQ(refusal("CreateModelPackage", both),
            "ValidationException: Both ModelPackageName and ModelPackageGroupName are provided in "
            "the input. Cannot determine which one to use.");
  EXPECT_EQ(refusal("CreateModelPackage", Json::object()), "ValidationException: Missing ARN.");
  Json tagged = version_request("g");
  tagged["Tags"] = Json::array({{{"Key", "k"}, {"Value", "v"}}});
  EXPECT_EQ(call("CreateModelPackage", tagged).at("error"), "ValidationException");
  Json validated = version_request("g");
  validated["ValidationSpecification"] = {{"ValidationRole", kRole}};
  EXPECT_EQ(refusal("CreateModelPackage", validated),
            "ValidationException: ValidationSpecification is not supported by this server.");
  Json environment = {{"ModelPackageName", "p"}, {"InferenceSpecification", specification("i")}};
  environment["InferenceSpecification"]["Containers"][0]["Environment"] = {{"A", "b"}};
  EXPECT_EQ(refusal("CreateModelPackage", environment),
            "ValidationException: 1 validation errors detected:Environment variable map cannot be "
            "specified when using non-versioned ModelPackages");
  Json approved = version_request("g");
  approved["ModelApprovalStatus"] = "Fine";
  EXPECT_EQ(call("CreateModelPackage", approved).at("error"), "ValidationException");
  EXPECT_EQ(services_->registry.list_versions("g", 0, 9).size(), 0U);
}

TEST_F(ModelPackages, AGroupGoesWhenItHasNone) {
  make_group("g");
  add_version("g");
  EXPECT_EQ(call("DeleteModelPackageGroup", {{"ModelPackageGroupName", "g"}}).at("error"),
            "ConflictException");
  call("DeleteModelPackage", {{"ModelPackageName", "g/1"}});
  EXPECT_EQ(call("DeleteModelPackageGroup", {{"ModelPackageGroupName", "g"}}), Json::object());
  EXPECT_EQ(call("DescribeModelPackageGroup", {{"ModelPackageGroupName", "g"}}).at("error"),
            "ValidationException");
}

TEST_F(ModelPackages, VersionsHaveTheTagsOfTheirGroup) {
  const Json tags = Json::array({{{"Key", "team"}, {"Value", "vision"}}});
  call("CreateModelPackageGroup", {{"ModelPackageGroupName", "G"}, {"Tags", tags}});
  add_version("G");
  const Json group = {{"ResourceArn", std::string(kArnHead) + "model-package-group/g"}};
  const Json version = {{"ResourceArn", package_arn("g/1")}};
  EXPECT_EQ(call("ListTags", group).at("Tags"), tags);
  EXPECT_EQ(call("ListTags", version).at("Tags"), tags);
  Json more = version;
  more["Tags"] = tags;
  EXPECT_EQ(call("AddTags", more).at("error"), "ValidationException");
}

TEST_F(ModelPackages, AreDescribedManyAtATimeWithWhatIsMissing) {
  make_group("g");
  add_version("g");
  const Json answer = call("BatchDescribeModelPackage",
                           {{"ModelPackageArnList", {package_arn("g/1"), package_arn("g/2")}}});
  EXPECT_EQ(answer.at("ModelPackageSummaries").at(package_arn("g/1")).at("ModelPackageVersion"), 1);
  EXPECT_EQ(
      answer.at("BatchDescribeModelPackageErrorMap").at(package_arn("g/2")).at("ErrorResponse"),
      "ModelPackage " + package_arn("g/2") + " does not exist.");
}

}  // namespace
}  // namespace pawl::engine
