#include "engine/connectors/api_gateway.h"

#include <gtest/gtest.h>

#include "tests/engine/connectors/service_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class ApiTask : public ServiceTask {
 protected:
  void SetUp() override {}  // no models
  std::string host() const { return service_.url("").substr(std::string("http://").size()); }
  Report call(Json parameters, const std::string& pattern = "") {
    parameters["ApiEndpoint"] = host();
    const auto reports = std::make_shared<Reports>();
    connector_.call(
        task_call("arn:aws:states:::apigateway:invoke" + pattern, std::move(parameters)), reports);
    return reports->at(0);
  }
  ApiGatewayConnector connector_{http_, clock_, {"eu-west-1", ""}};
};

TEST_F(ApiTask, CallsTheStagesPathWithHeadersQueryAndBody) {
  service_.answer_with([](const HttpRequest&, const Responder& respond) {
    HttpResponse response = FarSide::json({{"id", 1}}, 201);
    response.headers.set("x-colour", "blue");
    respond(std::move(response));
  });
  const Json output = call({{"Method", "POST"},
                            {"Stage", "prod"},
                            {"Path", "/pets/a b"},
                            {"Headers", {{"X-Kind", {"cat", "dog"}}}},
                            {"QueryParameters", {{"z", {"1", "2"}}, {"a", {"x y"}}}},
                            {"RequestBody", {{"name", "m"}, {"age", nullptr}}}})
                          .json();
  EXPECT_EQ(service_.last().method, "POST");
  EXPECT_EQ(service_.last().target, "/prod/pets/a%20b?a=x%20y&z=1&z=2");
  EXPECT_EQ(service_.last().headers.get("X-Kind"), "cat,dog");
  EXPECT_EQ(service_.last().headers.get("Content-Type"), "application/json");
  EXPECT_EQ(service_.last().body, R"({"name":"m"})");
  EXPECT_FALSE(service_.last().headers.has("Authorization"));
  EXPECT_EQ(output.at("ResponseBody"), (Json{{"id", 1}}));
  EXPECT_EQ(output.at("Headers").at("x-colour"), (Json{"blue"}));
  EXPECT_EQ(output.at("StatusCode"), 201);
  EXPECT_EQ(output.at("StatusText"), "Created");
}

TEST_F(ApiTask, OfARoleIsSignedForTheApi) {
  call({{"Method", "GET"}, {"AuthType", "IAM_ROLE"}});
  EXPECT_EQ(service_.last().headers.get("Authorization").substr(0, 76),
            "AWS4-HMAC-SHA256 Credential=key/20231114/eu-west-1/execute-api/aws4_request,");
}

TEST_F(ApiTask, FailsByTheStatus) {
  service_.answer_with(answer(403, R"({"message":"Missing Authentication Token"})"));
  const Report refused = call({{"Method", "GET"}});
  EXPECT_EQ(refused.what, "ApiGateway.403");
  EXPECT_EQ(refused.text, R"({"message":"Missing Authentication Token"})");
}

TEST_F(ApiTask, WithATokenIsSubmitted) {
  service_.answer_with(answer(200, "taken"));
  const Report submitted = call({{"Method", "GET"}}, ".waitForTaskToken");
  EXPECT_EQ(submitted.what, "submitted");
  EXPECT_EQ(submitted.json().at("ResponseBody"), "taken");
}

TEST_F(ApiTask, ThatCannotBeSentNamesWhy) {
  const Report refused = call({{"Method", "FETCH"},
                               {"AuthType", "NONE"},
                               {"Headers", {{"Authorization", {"x"}}}},
                               {"QueryParameters", "?a=b"},
                               {"Colour", 1}});
  EXPECT_EQ(refused.what, "States.Runtime");
  for (const char* fault : {"The field \"Colour\" is not supported by Step Functions",
                            "The value of the field 'Method' has an invalid format",
                            "The value of the field 'AuthType' has an invalid format",
                            "The value of the field 'QueryParameters' has an invalid format",
                            "The header 'Authorization' is not supported"}) {
    EXPECT_NE(refused.text.find(fault), std::string::npos) << fault;
  }
  EXPECT_TRUE(service_.requests().empty());
}

}  // namespace
}  // namespace pawl::engine
