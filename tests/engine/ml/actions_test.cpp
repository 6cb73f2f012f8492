// What the services answer whoever calls their actions: shapes, tags and refusals.
#include "engine/ml/documents.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class MlActions : public MlTest {
 protected:
  // The result, or {"error", "message"}.
  Json call(const std::string& action, const Json& request) {
    auto answered = std::make_shared<std::promise<ActionResult>>();
    make_sagemaker_service(*services_)
        .call(action, request, ActionReply([answered](ActionResult r) { answered->set_value(r); }));
    return told(wait(answered->get_future()));
  }
  Json call_glue(const std::string& action, const Json& request) {
    auto answered = std::make_shared<std::promise<ActionResult>>();
    make_glue_service(*services_).call(action, request, ActionReply([answered](ActionResult r) {
                                         answered->set_value(r);
                                       }));
    return told(wait(answered->get_future()));
  }
  static Json told(const ActionResult& result) {
    if (const auto* error = std::get_if<ServiceError>(&result))
      return {{"error", error->type}, {"message", error->message}};
    return std::get<Json>(result);
  }
  void make_model(const std::string& name, const Json& tags = Json::array()) {
    call("CreateModel",
         {{"ModelName", name}, {"PrimaryContainer", {{"Image", "test/serve:1"}}}, {"Tags", tags}});
  }
  static Json tag(const std::string& key, const std::string& value) {
    return {{"Key", key}, {"Value", value}};
  }
  static constexpr const char* kModelArn = "arn:aws:sagemaker:us-east-1:123456789012:model/digits";
};

TEST_F(MlActions, TagsAreAddedReplacedAndDeletedByTheArnInLowerCase) {
  make_model("Digits", Json::array({tag("team", "vision")}));
  const Json added = {{"ResourceArn", kModelArn},
                      {"Tags", {tag("team", "sound"), tag("stage", "test")}}};
  EXPECT_EQ(call("AddTags", added), Json({{"Tags", {tag("team", "sound"), tag("stage", "test")}}}));
  EXPECT_EQ(call("DeleteTags", {{"ResourceArn", kModelArn}, {"TagKeys", {"team"}}}),
            Json::object());
  EXPECT_EQ(call("ListTags", {{"ResourceArn", kModelArn}}),
            Json({{"Tags", Json::array({tag("stage", "test")})}}));
}

TEST_F(MlActions, TagsOfWhatIsNotThereAreRefused) {
  EXPECT_EQ(call("ListTags", {{"ResourceArn", kModelArn}}).at("error"), "ResourceNotFound");
}

TEST_F(MlActions, AResourceHasAtMostFiftyTags) {
  make_model("digits", Json::array({tag("own", "1")}));
  Json tags = Json::array();
  for (int i = 0; i < 50; ++i) tags.push_back(tag("t" + std::to_string(i), ""));
  EXPECT_EQ(call("AddTags", {{"ResourceArn", kModelArn}, {"Tags", tags}}).at("error"),
            "ValidationException");
  EXPECT_EQ(call("ListTags", {{"ResourceArn", kModelArn}}).at("Tags").size(), 1U);
}

TEST_F(MlActions, TagsBeyondAPageComeWithTheNextOne) {
  Json tags = Json::array();
  for (int i = 0; i < 50; ++i) tags.push_back(tag("t" + std::to_string(i), ""));
  // Step Functions adds its own two to what the user gave.
  Json request = training_request("t", "test/good:1");
  for (int i = 0; i < 2; ++i) tags.push_back(tag("own" + std::to_string(i), ""));
  request["Tags"] = tags;
  services_->training_jobs.create(request, "");
  const Json arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/t";
  const Json first = call("ListTags", {{"ResourceArn", arn}});
  EXPECT_EQ(first.at("Tags").size(), 50U);
  const Json rest = call("ListTags", {{"ResourceArn", arn}, {"NextToken", first.at("NextToken")}});
  EXPECT_EQ(rest.at("Tags").size(), 2U);
  EXPECT_FALSE(rest.contains("NextToken"));
  EXPECT_EQ(call("ListTags", {{"ResourceArn", arn}, {"MaxResults", 100}}).at("Tags").size(), 52U);
  EXPECT_EQ(call("ListTags", {{"ResourceArn", arn}, {"NextToken", "x"}}).at("error"),
            "ValidationException");
  end_of("t");
}

TEST_F(MlActions, ThatAwsHasAndThisServerHasNotAreRefusedByName) {
  const Json tuning = call("CreateHyperParameterTuningJob", Json::object());
  EXPECT_EQ(tuning.at("error"), "UnknownOperationException");
  EXPECT_NE(text_of(tuning, "message").find("CreateHyperParameterTuningJob is not available"),
            std::string::npos);
  EXPECT_NE(text_of(call_glue("StartCrawler", Json::object()), "message")
                .find("StartCrawler is not available"),
            std::string::npos);
}

TEST_F(MlActions, WithoutARequiredMemberOrWithABadNameAreNamedInTheRefusal) {
  Json request = training_request("fine", "test/good:1");
  request.erase("RoleArn");
  const Json missing = call("CreateTrainingJob", request);
  EXPECT_EQ(missing.at("error"), "ValidationException");
  EXPECT_NE(text_of(missing, "message").find("oleArn"), std::string::npos) << missing;
  const Json bad = call("CreateTrainingJob", training_request("not_a_name", "test/good:1"));
  EXPECT_EQ(bad.at("error"), "ValidationException");
  EXPECT_NE(text_of(bad, "message").find("rainingJobName"), std::string::npos) << bad;
}

TEST_F(MlActions, AnswerTimesInSeconds) {
  make_model("digits");
  const double time = call("DescribeModel", {{"ModelName", "digits"}}).at("CreationTime");
  EXPECT_NEAR(time, static_cast<double>(now().ms) / 1000.0, 60.0);
}

}  // namespace
}  // namespace pawl::engine
