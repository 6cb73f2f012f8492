#include "engine/security/refusals.h"

#include <gtest/gtest.h>

#include "asl/text.h"

namespace pawl::engine {
namespace {

using asl::Json;

HttpRequest request() {
  HttpRequest request;
  request.path = "/p";
  return request;
}

HttpResponse refused(Refusal why, Dialect dialect, const std::string& detail = "") {
  return refusal_response(
      request(), {Scope::kRun, "states:StartExecution", "states", dialect}, {why, detail});
}

// "400 Type: message"
std::string aws(Refusal why, const std::string& detail = "") {
  const HttpResponse response = refused(why, Dialect::kAwsJson, detail);
  const Json body = Json::parse(response.body);
  EXPECT_EQ(response.headers.get("x-amzn-ErrorType"), body.at("__type").get<std::string>());
  return std::to_string(response.status) + " " + body.at("__type").get<std::string>() + ": " +
         body.at("message").get<std::string>();
}

std::string s3(Refusal why) {
  const HttpResponse response = refused(why, Dialect::kS3);
  const std::size_t from = response.body.find("<Code>") + 6;
  return std::to_string(response.status) + " " +
         response.body.substr(from, response.body.find("</Code>") - from);
}

TEST(Refusals, OfAwsServicesHaveAwsTypesAndWords) {
  EXPECT_EQ(aws(Refusal::kNoCredentials),
            "400 MissingAuthenticationTokenException: Missing Authentication Token");
  EXPECT_EQ(aws(Refusal::kUnknownCredentials),
            "400 UnrecognizedClientException: The security token included in the request is "
            "invalid.");
  EXPECT_EQ(aws(Refusal::kExpiredToken),
            "400 ExpiredTokenException: The security token included in the request is expired");
  EXPECT_EQ(aws(Refusal::kWrongSignature),
            "400 InvalidSignatureException: The request signature we calculated does not match the "
            "signature you provided. Check your AWS Secret Access Key and signing method. Consult "
            "the service documentation for details.");
  EXPECT_EQ(aws(Refusal::kWrongSessionToken),
            "400 UnrecognizedClientException: The security token included in the request is "
            "invalid.");
  EXPECT_EQ(aws(Refusal::kMalformedSignature, "What is missing"),
            "400 IncompleteSignatureException: What is missing");
  EXPECT_EQ(aws(Refusal::kThrottled), "400 ThrottlingException: Rate exceeded");
  EXPECT_EQ(aws(Refusal::kDenied, "User: x"), "400 AccessDeniedException: User: x");
}

TEST(Refusals, OfS3HaveItsCodes) {
  EXPECT_EQ(s3(Refusal::kNoCredentials), "403 AccessDenied");
  EXPECT_EQ(s3(Refusal::kUnknownCredentials), "403 InvalidAccessKeyId");
  EXPECT_EQ(s3(Refusal::kWrongSignature), "403 SignatureDoesNotMatch");
  EXPECT_EQ(s3(Refusal::kWrongSessionToken), "400 InvalidToken");
  EXPECT_EQ(s3(Refusal::kOtherSignature), "400 InvalidRequest");
  EXPECT_EQ(s3(Refusal::kOutsideItsTime), "403 RequestTimeTooSkewed");
  EXPECT_EQ(s3(Refusal::kWrongBody), "400 XAmzContentSHA256Mismatch");
  EXPECT_EQ(s3(Refusal::kThrottled), "503 SlowDown");
}

TEST(Refusals, OfAwsRestServicesHaveTheTypeInAHeader) {
  const HttpResponse response = refused(Refusal::kUnknownCredentials, Dialect::kAwsRest);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.get("x-amzn-ErrorType"), "UnrecognizedClientException");
  EXPECT_EQ(Json::parse(response.body).at("message"),
            "The security token included in the request is invalid.");
}

TEST(Refusals, OfPawlsOwnResourcesAreProblemsWithAChallenge) {
  const HttpResponse none = refused(Refusal::kNoCredentials, Dialect::kProblem);
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(none.headers.get("WWW-Authenticate"), "Bearer realm=\"pawl\"");
  const Json problem = Json::parse(none.body);
  EXPECT_EQ(problem.at("type"), "/docs/problems/no-credentials");
  EXPECT_EQ(problem.at("status"), 401);
  EXPECT_EQ(problem.at("instance"), "/p");
  EXPECT_EQ(problem.at("requestId"), std::string(none.headers.get("X-Request-Id")));
  const HttpResponse wrong = refused(Refusal::kUnknownCredentials, Dialect::kProblem);
  EXPECT_EQ(wrong.headers.get("WWW-Authenticate"),
            "Bearer realm=\"pawl\", error=\"invalid_token\"");
  const HttpResponse small = refused(Refusal::kDenied, Dialect::kProblem);
  EXPECT_EQ(small.status, 403);
  EXPECT_EQ(small.headers.get("WWW-Authenticate"),
            "Bearer realm=\"pawl\", error=\"insufficient_scope\", scope=\"run\"");
  EXPECT_EQ(refused(Refusal::kThrottled, Dialect::kProblem).status, 429);
}

}  // namespace
}  // namespace pawl::engine
