// Models and endpoints for people.
#include "engine/server/invocation_times.h"
#include "engine/server/recent_invocations.h"
#include "tests/engine/server/ml_rest_fixture.h"

namespace pawl::engine {
namespace {

class Serving : public MlRest {
 protected:
  Json model(const std::string& name) {
    return {{"ModelName", name},
            {"PrimaryContainer", {{"Image", "test/serve:1"}}},
            {"ExecutionRoleArn", kRole}};
  }
  std::string etag_of(const std::string& endpoint) {
    return std::string(rest("GET", "/endpoints/" + endpoint).headers.get("ETag"));
  }
  HttpResponse patch(const std::string& endpoint, const Json& change, Headers headers = {}) {
    return rest("PATCH", "/endpoints/" + endpoint, asl::to_text(change), std::move(headers));
  }
  void await_status(const std::string& endpoint, const std::string& status) {
    EXPECT_TRUE(eventually([&] { return get("/endpoints/" + endpoint).at("status") == status; }));
  }
  static Json weights(const std::string& variant, const char* member, const Json& value) {
    return {{"DesiredWeightsAndCapacities",
             Json::array({{{"VariantName", variant}, {member, value}}})}};
  }
};

TEST_F(Serving, ModelsAreMadeShownListedAndRemoved) {
  const HttpResponse made = rest("POST", "/models", asl::to_text(model("m1")));
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/models/m1");
  post("/models", model("m2"), 201);
  const Json shown = get("/models/m1");
  EXPECT_EQ(shown.at("images"), Json::array({"test/serve:1"}));
  EXPECT_EQ(shown.at("arn"), "arn:aws:sagemaker:us-east-1:123456789012:model/m1");
  EXPECT_EQ(shown.at("document").at("ExecutionRoleArn"), kRole);
  const Json page = get("/models?pageSize=1");
  EXPECT_EQ(page.at("items").at(0).at("name"), "m2");
  const Json next =
      get("/models?pageToken=" + percent_encode(page.at("nextPageToken").get<std::string>()));
  EXPECT_EQ(next.at("items").at(0).at("name"), "m1");
  EXPECT_FALSE(next.contains("nextPageToken"));
  EXPECT_EQ(rest("DELETE", "/models/m1").status, 204);
  get("/models/m1", 404);
  EXPECT_EQ(rest("DELETE", "/models/m1").status, 404);
}

TEST_F(Serving, AModelThatTheServiceDoesNotTakeIsRefusedInItsWords) {
  post("/models", model("m"), 201);
  EXPECT_EQ(post("/models", model("m"), 400).at("awsErrorCode"), "ValidationException");
  const Json nameless = post("/models", Json::object(), 400);
  EXPECT_NE(nameless.at("detail").get<std::string>().find("modelName"), std::string::npos);
  EXPECT_EQ(pointer_of(post("/models", {{"Name", "m"}}, 400)), "/Name");
}

TEST_F(Serving, AnEndpointIsMadeAskedAndRemoved) {
  make_config("e", "test/serve:1");
  const Json wanted = {{"EndpointName", "e"}, {"EndpointConfigName", "e"}};
  const HttpResponse made = rest("POST", "/endpoints", asl::to_text(wanted));
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/endpoints/e");
  EXPECT_EQ(Json::parse(made.body).at("status"), "Creating");
  EXPECT_FALSE(made.headers.get("ETag").empty());
  await_status("e", "InService");
  EXPECT_EQ(get("/endpoints?status=InService").at("items").size(), 1U);
  EXPECT_EQ(get("/endpoints?status=Failed").at("items").size(), 0U);
  EXPECT_EQ(pointer_of(get("/endpoints?status=Fine", 400)), "?status");
  // What is no JSON goes to the model as it is, and comes back so.
  const HttpResponse answer =
      rest("POST", "/endpoints/e/invocations", "no json", header("Content-Type", "text/csv"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, "NO JSON");
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(answer.headers.get("x-Amzn-Invoked-Production-Variant"), "all");
  const HttpResponse failed = rest("POST", "/endpoints/e/invocations", "boom");
  EXPECT_EQ(failed.status, 424);
  EXPECT_EQ(Json::parse(failed.body).at("awsErrorCode"), "ModelError");
  EXPECT_EQ(failed.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(rest("POST", "/endpoints/none/invocations", "x").status, 404);
  EXPECT_EQ(rest("DELETE", "/endpoints/e").status, 204);
  EXPECT_TRUE(eventually([&] { return rest("GET", "/endpoints/e").status == 404; }));
  EXPECT_EQ(rest("DELETE", "/endpoints/e").status, 404);
}

TEST_F(Serving, AnEndpointIsNotChangedOverSomebodyElsesChange) {
  deploy("e", "test/serve:1");
  const std::string before = etag_of("e");
  EXPECT_EQ(rest("GET", "/endpoints/e", "", header("If-None-Match", before)).status, 304);
  EXPECT_EQ(patch("e", weights("all", "DesiredWeight", 3), header("If-Match", "\"other\"")).status,
            412);
  const HttpResponse changed =
      patch("e", weights("all", "DesiredWeight", 3), header("If-Match", before));
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.headers.get("ETag"), etag_of("e"));
  EXPECT_NE(etag_of("e"), before);
  EXPECT_EQ(patch("e", weights("all", "DesiredWeight", 4), header("If-Match", before)).status, 412);
  EXPECT_EQ(rest("DELETE", "/endpoints/e", "", header("If-Match", before)).status, 412);
  EXPECT_EQ(get("/endpoints/e").at("variants").at(0).at("weight"), 3.0);
}

TEST_F(Serving, APatchGivesAnEndpointAnotherConfigurationOrOtherNumbersOfServers) {
  deploy("e", "test/serve:1");
  make_config("second", "test/second:1");
  EXPECT_EQ(patch("e", {{"EndpointConfigName", "second"}}).status, 200);
  await_status("e", "InService");
  EXPECT_EQ(get("/endpoints/e").at("endpointConfig"), "second");
  EXPECT_EQ(rest("POST", "/endpoints/e/invocations", "x").body, "second");
  const HttpResponse scaled = patch("e", weights("all", "DesiredInstanceCount", 2));
  EXPECT_EQ(Json::parse(scaled.body).at("status"), "Updating") << scaled.body;
  EXPECT_EQ(Json::parse(scaled.body).at("variants").at(0).at("desiredInstances"), 2);
  await_status("e", "InService");
  EXPECT_EQ(get("/endpoints/e").at("variants").at(0).at("instances"), 2);
  EXPECT_TRUE(eventually([&] { return running("e") == 2; }));
  EXPECT_EQ(pointer_of(Json::parse(patch("e", Json::object()).body)), "/EndpointConfigName");
  EXPECT_EQ(patch("e", weights("none", "DesiredWeight", 1)).status, 400);
  EXPECT_EQ(patch("none", weights("all", "DesiredWeight", 1)).status, 404);
}

TEST_F(Serving, WhatEndpointsTakeToAnswerIsAMetric) {
  deploy("e", "test/serve:1");
  rest("POST", "/endpoints/e/invocations", "x");
  rest("POST", "/endpoints/e/invocations", "boom");
  const std::string text = desk_.metrics_text();
  const std::string name = "pawl_endpoint_request_duration_seconds";
  EXPECT_NE(text.find("# TYPE " + name + " histogram\n"), std::string::npos) << text;
  EXPECT_NE(text.find(name + "_count{endpoint=\"e\",code=\"200\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find(name + "_count{endpoint=\"e\",code=\"424\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find(name + "_bucket{endpoint=\"e\",code=\"200\",le=\"+Inf\"} 1\n"),
            std::string::npos);
}

TEST_F(Serving, TheLastInvocationsOfAnEndpointAreShownNewestFirst) {
  deploy("e", "test/serve:1");
  EXPECT_EQ(get("/endpoints/e/invocations").at("items"), Json::array());
  rest("POST", "/endpoints/e/invocations", "four", header("Content-Type", "text/csv"));
  rest("POST", "/endpoints/e/invocations", "boom");
  const Json shown = get("/endpoints/e/invocations");
  ASSERT_EQ(shown.at("items").size(), 2U) << shown;
  EXPECT_EQ(shown.at("errors"), 1);
  EXPECT_EQ(shown.at("items").at(0).at("status"), 424);
  const Json& first = shown.at("items").at(1);
  EXPECT_EQ(first.at("status"), 200);
  EXPECT_EQ(first.at("variant"), "all");
  EXPECT_EQ(first.at("contentType"), "text/csv");
  EXPECT_EQ(first.at("requestBytes"), 4);
  EXPECT_EQ(first.at("responseBytes"), 4);
  EXPECT_GT(shown.at("p99Ms").get<double>(), 0);
  get("/endpoints/none/invocations", 404);
}

TEST(RecentInvocations, AreTheLastHundredOfTheEndpointsThatWereAskedLast) {
  RecentInvocations recent;
  for (int i = 1; i <= 150; ++i) {
    Invocation invocation;
    invocation.status = 200;
    invocation.duration_ms = i;
    recent.add("first", std::move(invocation));
  }
  const Json shown = recent.of("first");
  EXPECT_EQ(shown.at("items").size(), RecentInvocations::kKeptMax);
  EXPECT_EQ(shown.at("items").at(0).at("durationMs"), 150);
  EXPECT_EQ(shown.at("p50Ms"), 100);
  EXPECT_EQ(shown.at("p99Ms"), 149);
  for (std::size_t i = 0; i < RecentInvocations::kEndpointsMax; ++i) {
    recent.add("e" + std::to_string(i), {});
  }
  EXPECT_EQ(recent.of("first").at("items"), Json::array());
  EXPECT_EQ(recent.of("e0").at("items").size(), 1U);
}

TEST(InvocationTimes, DoNotGrowWithTheNamesThatClientsAskFor) {
  InvocationTimes times;
  EXPECT_EQ(times.text(), "");
  times.observe("nobody", 400, std::chrono::milliseconds(1));
  for (int i = 0; i < 1000; ++i) {
    times.observe("e" + std::to_string(i), 200, std::chrono::milliseconds(1));
  }
  const std::string text = times.text();
  EXPECT_EQ(text.find("nobody"), std::string::npos);
  EXPECT_NE(text.find("_count{endpoint=\"e0\",code=\"200\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("_count{endpoint=\"other\",code=\"400\"} 1\n"), std::string::npos);
  std::size_t labels = 0;
  for (std::size_t at = 0; (at = text.find("_count{", at)) != std::string::npos; ++at) ++labels;
  EXPECT_LE(labels, InvocationTimes::kEndpointsMax + 2);
}

}  // namespace
}  // namespace pawl::engine
