// Registered models for people: versions, approval, aliases, and models made of them.
#include <algorithm>

#include "tests/engine/server/ml_rest_fixture.h"

namespace pawl::engine {
namespace {

class Registry : public MlRest {
 protected:
  static Json image(const std::string& approval = "") {
    Json body = {{"image", "test/serve:1"}};
    if (!approval.empty()) body["approval"] = approval;
    return body;
  }
  Json add(const std::string& model, const std::string& approval = "") {
    return post("/models/" + model + "/versions", image(approval), 201);
  }
  Json put_alias(const std::string& model,
                 const std::string& alias,
                 std::int64_t version,
                 int status,
                 Headers headers = {}) {
    const HttpResponse answer = rest("PUT",
                                     "/models/" + model + "/aliases/" + alias,
                                     asl::to_text({{"version", version}}),
                                     std::move(headers));
    EXPECT_EQ(answer.status, status) << answer.body;
    return Json::parse(answer.body);
  }
  int status_of(const std::string& method, const std::string& target, const Json& body = nullptr) {
    return rest(method, target, body.is_null() ? "" : asl::to_text(body)).status;
  }
};

TEST_F(Registry, AModelIsRegisteredWithItsFirstVersion) {
  const HttpResponse made =
      rest("POST",
           "/models/Digits/versions",
           R"({"image": "test/serve:1", "modelDataUrl": "s3://bucket/m.tar.gz",
               "environment": {"A": "b"}, "description": "first", "approval": "Approved",
               "metrics": {"accuracy": 0.97}, "metadata": {"commit": "abc"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/models/Digits/versions/1");
  const Json version = get("/models/digits/versions/1");
  EXPECT_EQ(Json::parse(made.body), version);
  EXPECT_EQ(version.at("name"), "Digits");
  EXPECT_EQ(version.at("version"), 1);
  EXPECT_EQ(version.at("approval"), "Approved");
  EXPECT_EQ(version.at("metrics"), Json({{"accuracy", 0.97}}));
  EXPECT_EQ(version.at("metadata"), Json({{"commit", "abc"}}));
  EXPECT_EQ(version.at("modelDataUrls"), Json::array({"s3://bucket/m.tar.gz"}));
  EXPECT_EQ(
      version.at("document").at("InferenceSpecification").at("Containers").at(0).at("Environment"),
      Json({{"A", "b"}}));
  const Json model = get("/models/Digits");
  EXPECT_EQ(model.at("kind"), "registered");
  EXPECT_EQ(model.at("latestVersion"), 1);
}

TEST_F(Registry, AVersionIsMadeOfATrainingJobWithItsImageAndItsMetrics) {
  services_->training_jobs.create(training_request("t", "test/good:1"), "");
  end_of("t");
  const Json version = post("/models/m/versions", {{"from", "t"}}, 201);
  EXPECT_EQ(version.at("images"), Json::array({"test/good:1"}));
  EXPECT_EQ(version.at("modelDataUrls"), Json::array({"s3://bucket/out/t/output/model.tar.gz"}));
  EXPECT_EQ(version.at("metrics"), Json({{"accuracy", 0.75}}));
  EXPECT_EQ(version.at("sourceUri"), "arn:aws:sagemaker:us-east-1:123456789012:training-job/t");
  const Json served = post("/models/m/versions",
                           {{"from", "t"}, {"image", "test/serve:1"}, {"metrics", {{"f1", 1}}}},
                           201);
  EXPECT_EQ(served.at("images"), Json::array({"test/serve:1"}));
  EXPECT_EQ(served.at("metrics"), Json({{"f1", 1}}));
  services_->training_jobs.create(training_request("b", "test/bad:1"), "");
  end_of("b");
  EXPECT_EQ(pointer_of(post("/models/m/versions", {{"from", "b"}}, 400)), "/from");
  EXPECT_EQ(pointer_of(post("/models/m/versions", {{"from", "none"}}, 400)), "/from");
}

TEST_F(Registry, AVersionIsMadeOfAModel) {
  services_->models.create(
      {{"ModelName", "s"},
       {"PrimaryContainer", {{"Image", "test/serve:1"}, {"Environment", {{"A", "b"}}}}}},
      "");
  const Json version = post("/models/m/versions", {{"model", "s"}}, 201);
  EXPECT_EQ(version.at("images"), Json::array({"test/serve:1"}));
  EXPECT_EQ(version.at("sourceUri"), "arn:aws:sagemaker:us-east-1:123456789012:model/s");
  EXPECT_EQ(pointer_of(post("/models/m/versions", {{"model", "none"}}, 400)), "/model");
}

TEST_F(Registry, AVersionIsRefusedThatIsMadeOfNothingOrOfTwoThings) {
  const auto refused = [this](const Json& body) {
    return pointer_of(post("/models/m/versions", body, 400));
  };
  EXPECT_EQ(refused(Json::object()), "/image");
  EXPECT_EQ(refused({{"from", "t"}, {"model", "s"}}), "/model");
  EXPECT_EQ(refused({{"model", "s"}, {"image", "i"}}), "/image");
  EXPECT_EQ(refused({{"image", "i"}, {"approve", true}}), "/approve");
  EXPECT_EQ(refused({{"image", "i"}, {"metrics", {{"accuracy", "high"}}}}), "/metrics/accuracy");
  EXPECT_EQ(post("/models/not_a_name/versions", image(), 400).at("awsErrorCode"),
            "ValidationException");
  get("/models/m", 404);
}

TEST_F(Registry, UnderAnIdempotencyKeyOneVersionIsMade) {
  const Headers key = header("Idempotency-Key", "once");
  const std::string body = asl::to_text(image());
  const HttpResponse first = rest("POST", "/models/m/versions", body, key);
  const HttpResponse again = rest("POST", "/models/m/versions", body, key);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(get("/models/m/versions").at("items").size(), 1U);
}

TEST_F(Registry, VersionsAreListedNewestFirstAPageAtATime) {
  for (int i = 0; i < 3; ++i) add("m");
  add("other");
  const Json page = get("/models/m/versions?pageSize=2");
  ASSERT_EQ(page.at("items").size(), 2U);
  EXPECT_EQ(page.at("items").at(0).at("version"), 3);
  const Json next = get("/models/m/versions?pageToken=" +
                        percent_encode(page.at("nextPageToken").get<std::string>()));
  ASSERT_EQ(next.at("items").size(), 1U);
  EXPECT_EQ(next.at("items").at(0).at("version"), 1);
  EXPECT_FALSE(next.contains("nextPageToken"));
  get("/models/none/versions", 404);
}

TEST_F(Registry, AVersionIsApprovedUnlessItHasChangedMeanwhile) {
  add("m");
  const std::string path = "/models/m/versions/1";
  const std::string tag(rest("GET", path).headers.get("ETag"));
  EXPECT_EQ(rest("GET", path, "", header("If-None-Match", tag)).status, 304);
  const std::string change = R"({"approval": "Approved", "approvalDescription": "good",
                                 "metadata": {"a": "1", "b": "2"}})";
  const HttpResponse done = rest("PATCH", path, change, header("If-Match", tag));
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(Json::parse(done.body), get(path));
  EXPECT_EQ(Json::parse(done.body).at("approvalDescription"), "good");
  EXPECT_EQ(rest("PATCH", path, change, header("If-Match", tag)).status, 412);
  rest("PATCH", path, R"({"metadata": {"a": null}})");
  EXPECT_EQ(get(path).at("metadata"), Json({{"b", "2"}}));
  EXPECT_EQ(status_of("PATCH", path, {{"approval", "Fine"}}), 400);
  EXPECT_EQ(status_of("PATCH", "/models/m/versions/9", {{"approval", "Approved"}}), 404);
  EXPECT_EQ(status_of("PATCH", "/models/none/versions/1", {{"approval", "Approved"}}), 404);
}

TEST_F(Registry, AnAliasNamesAVersionAndIsMoved) {
  add("m");
  add("m");
  const Json made = put_alias("m", "champion", 1, 201);
  EXPECT_EQ(made.at("version"), 1);
  EXPECT_EQ(made.at("versionArn"), "arn:aws:sagemaker:us-east-1:123456789012:model-package/m/1");
  EXPECT_EQ(get("/models/m/versions/champion").at("version"), 1);
  EXPECT_EQ(get("/models/m/versions/1").at("aliases"), Json::array({"champion"}));
  const std::string tag(rest("GET", "/models/m/aliases/champion").headers.get("ETag"));
  put_alias("m", "champion", 2, 412, header("If-Match", "\"other\""));
  put_alias("m", "champion", 2, 200, header("If-Match", tag));
  put_alias("m", "champion", 1, 412, header("If-Match", tag));
  put_alias("m", "champion", 1, 412, header("If-None-Match", "*"));
  EXPECT_EQ(get("/models/m/versions/champion").at("version"), 2);
  EXPECT_EQ(get("/models/m").at("aliases"), Json({{"champion", 2}}));
  put_alias("m", "a", 1, 201);
  const Json page = get("/models/m/aliases?pageSize=1");
  EXPECT_EQ(page.at("items").at(0).at("name"), "a");
  EXPECT_EQ(get("/models/m/aliases?pageToken=" +
                percent_encode(page.at("nextPageToken").get<std::string>()))
                .at("items")
                .at(0)
                .at("name"),
            "champion");
}

TEST_F(Registry, AnAliasIsNoNumberAndNamesAVersionThatIsThere) {
  add("m");
  put_alias("m", "7", 1, 400);
  put_alias("m", "a%20b", 1, 400);
  EXPECT_EQ(pointer_of(put_alias("m", "champion", 2, 400)), "/version");
  put_alias("none", "champion", 1, 404);
  get("/models/m/aliases/champion", 404);
  get("/models/m/versions/champion", 404);
}

TEST_F(Registry, AVersionThatAnAliasNamesStays) {
  add("m");
  put_alias("m", "champion", 1, 201);
  const HttpResponse kept = rest("DELETE", "/models/m/versions/1");
  EXPECT_EQ(kept.status, 409);
  EXPECT_EQ(Json::parse(kept.body).at("type"), "/docs/problems/conflict-exception");
  EXPECT_EQ(rest("DELETE", "/models/m/aliases/champion", "", header("If-Match", "\"x\"")).status,
            412);
  EXPECT_EQ(status_of("DELETE", "/models/m/aliases/champion"), 204);
  EXPECT_EQ(status_of("DELETE", "/models/m/aliases/champion"), 404);
  EXPECT_EQ(rest("DELETE", "/models/m/versions/1", "", header("If-Match", "\"x\"")).status, 412);
  EXPECT_EQ(status_of("DELETE", "/models/m/versions/1"), 204);
  EXPECT_EQ(status_of("DELETE", "/models/m/versions/1"), 404);
  EXPECT_EQ(add("m").at("version"), 2);
}

TEST_F(Registry, BothKindsOfModelsAreListedAndFoundUnderOneName) {
  services_->models.create({{"ModelName", "m"}, {"PrimaryContainer", {{"Image", "i"}}}}, "");
  add("m");
  add("only");
  std::vector<std::string> shown;
  const Json listed = get("/models");
  for (const Json& item : listed.at("items")) {
    shown.push_back(item.at("kind").get<std::string>() + " " + item.at("name").get<std::string>());
  }
  std::sort(shown.begin(), shown.end());
  EXPECT_EQ(shown, (std::vector<std::string>{"model m", "registered m", "registered only"}));
  EXPECT_EQ(get("/models?kind=registered").at("items").size(), 2U);
  EXPECT_EQ(get("/models?kind=model").at("items").size(), 1U);
  EXPECT_EQ(pointer_of(get("/models?kind=other", 400)), "?kind");
  EXPECT_EQ(get("/models/m").at("kind"), "model");
  EXPECT_EQ(get("/models/m?kind=registered").at("kind"), "registered");
  EXPECT_EQ(get("/models/only").at("kind"), "registered");
  get("/models/only?kind=model", 404);
  EXPECT_EQ(status_of("DELETE", "/models/only?kind=model"), 404);
  EXPECT_EQ(status_of("DELETE", "/models/only"), 409);  // it has a version
  EXPECT_EQ(status_of("DELETE", "/models/m"), 204);
  EXPECT_EQ(get("/models/m").at("kind"), "registered");
  rest("DELETE", "/models/only/versions/1");
  EXPECT_EQ(status_of("DELETE", "/models/only?kind=registered"), 204);
  get("/models/only", 404);
}

TEST_F(Registry, AnEndpointServesWhatAnAliasNames) {
  add("digits", "Approved");
  put_alias("digits", "champion", 1, 201);
  const Json made = post("/models",
                         {{"ModelName", "live"},
                          {"registeredModel", "digits"},
                          {"version", "champion"},
                          {"ExecutionRoleArn", kRole}},
                         201);
  EXPECT_EQ(made.at("modelPackages"),
            Json::array({"arn:aws:sagemaker:us-east-1:123456789012:model-package/digits/1"}));
  EXPECT_EQ(made.at("images"), Json::array({"test/serve:1"}));
  // Its own name, and a number.
  post("/models", {{"ModelName", "digits"}, {"version", 1}}, 201);
  services_->endpoint_configs.create(
      {{"EndpointConfigName", "e"},
       {"ProductionVariants",
        Json::array(
            {{{"VariantName", "all"}, {"ModelName", "live"}, {"InitialInstanceCount", 1}}})}},
      "");
  services_->endpoints.create({{"EndpointName", "e"}, {"EndpointConfigName", "e"}}, "");
  EXPECT_EQ(settled("e").at("EndpointStatus"), "InService");
  EXPECT_EQ(rest("POST", "/endpoints/e/invocations", "hello").body, "HELLO");
}

TEST_F(Registry, WhatIsNotApprovedOrNotThereIsNotServed) {
  add("m");
  const Json refused = post("/models", {{"ModelName", "m"}, {"version", 1}}, 400);
  EXPECT_EQ(refused.at("awsErrorCode"), "ValidationException");
  EXPECT_NE(refused.at("detail").get<std::string>().find("PendingManualApproval"),
            std::string::npos);
  EXPECT_EQ(pointer_of(post("/models", {{"ModelName", "m"}, {"version", "none"}}, 400)),
            "/version");
  EXPECT_EQ(pointer_of(post("/models", {{"ModelName", "m"}, {"registeredModel", "m"}}, 400)),
            "/version");
  const Json both = {{"ModelName", "m"}, {"version", 1}, {"PrimaryContainer", {{"Image", "i"}}}};
  EXPECT_EQ(pointer_of(post("/models", both, 400)), "/PrimaryContainer");
}

}  // namespace
}  // namespace pawl::engine
