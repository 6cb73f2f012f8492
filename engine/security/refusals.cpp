#include "engine/security/refusals.h"

#include <algorithm>
#include <array>

#include "asl/text.h"
#include "engine/http/aws_json.h"
#include "engine/http/xml_escape.h"

namespace pawl::engine {
namespace {

struct Words {
  Refusal why;
  std::string_view name;   // of the problem, and in the metrics
  std::string_view title;  // of the problem
  int status;              // of the problem
  std::string_view aws;    // the type in AWS's JSON and REST services
  std::string_view s3;     // the code in S3
  int s3_status;
  std::string_view message;  // of the AWS services; S3 has its own below
  std::string_view s3_message;
};

// [aws] https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
//       https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
constexpr std::string_view kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";
constexpr std::string_view kS3Mismatch =
    "The request signature we calculated does not match the signature you provided. Check your key "
    "and signing method.";

constexpr std::array<Words, 13> kWords = {{
    {Refusal::kNoCredentials,
     "no-credentials",
     "No credentials",
     401,
     "MissingAuthenticationTokenException",
     "AccessDenied",
     403,
     "Missing Authentication Token",
     "Access Denied"},
    {Refusal::kUnknownCredentials,
     "unknown-credentials",
     "Unknown credentials",
     401,
     "UnrecognizedClientException",
     "InvalidAccessKeyId",
     403,
     "The security token included in the request is invalid.",
     "The AWS Access Key Id you provided does not exist in our records."},
    {Refusal::kExpiredToken,
     "expired-token",
     "Expired token",
     401,
     "ExpiredTokenException",
     "ExpiredToken",
     400,
     "The security token included in the request is expired",
     "The provided token has expired."},
    {Refusal::kWrongSessionToken,
     "wrong-session-token",
     "Wrong session token",
     401,
     "UnrecognizedClientException",
     "InvalidToken",
     400,
     "The security token included in the request is invalid.",
     "The provided token is malformed or otherwise not valid."},
    {Refusal::kMalformedSignature,
     "malformed-signature",
     "Malformed signature",
     401,
     "IncompleteSignatureException",
     "AuthorizationHeaderMalformed",
     400,
     "Authorization header cannot be read.",
     "The authorization header that you provided is not valid."},
    {Refusal::kOtherSignature,
     "other-signature",
     "Other way to sign",
     401,
     "IncompleteSignatureException",
     "InvalidRequest",
     400,
     "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
     "The authorization mechanism you have provided is not supported. Please use "
     "AWS4-HMAC-SHA256."},
    {Refusal::kWrongSignature,
     "wrong-signature",
     "Wrong signature",
     401,
     "InvalidSignatureException",
     "SignatureDoesNotMatch",
     403,
     kMismatch,
     kS3Mismatch},
    {Refusal::kOutsideItsTime,
     "outside-its-time",
     "Signature outside its time",
     401,
     "InvalidSignatureException",
     "RequestTimeTooSkewed",
     403,
     "Signature expired",
     "The difference between the request time and the current time is too large."},
    {Refusal::kWrongScopeOfSignature,
     "wrong-scope-of-signature",
     "Signature for another region or service",
     401,
     "InvalidSignatureException",
     "AuthorizationHeaderMalformed",
     400,
     "Credential should be scoped to a valid region.",
     "The authorization header that you provided is not valid."},
    {Refusal::kWrongBody,
     "wrong-body",
     "Body is not the signed one",
     401,
     "InvalidSignatureException",
     "XAmzContentSHA256Mismatch",
     400,
     kMismatch,
     "The provided 'x-amz-content-sha256' header does not match what was computed."},
    {Refusal::kDenied,
     "access-denied",
     "Access denied",
     403,
     "AccessDeniedException",
     "AccessDenied",
     403,
     "User is not authorized to perform this action",
     "Access Denied"},
    {Refusal::kThrottled,
     "rate-exceeded",
     "Too many requests",
     429,
     "ThrottlingException",
     "SlowDown",
     503,
     "Rate exceeded",
     "Please reduce your request rate."},
    {Refusal::kForeign,
     "foreign-request",
     "Request of another site",
     403,
     "AccessDeniedException",
     "AccessDenied",
     403,
     "User is not authorized to perform this action",
     "Access Denied"},
}};

const Words& words_of(Refusal why) {
  return *std::find_if(
      kWords.begin(), kWords.end(), [why](const Words& words) { return words.why == why; });
}

// "1.1" of "application/x-amz-json-1.1".
std::string json_version(const HttpRequest& request) {
  const std::string_view type = request.headers.get("Content-Type");
  return type.find("x-amz-json-1.1") != std::string_view::npos ? "1.1" : "1.0";
}

HttpResponse in_aws_json(const HttpRequest& request,
                         const Words& words,
                         const std::string& message) {
  return json_error({std::string(words.aws), message, 400}, json_version(request));
}

HttpResponse in_aws_rest(const Words& words, const std::string& message) {
  HttpResponse response;
  response.status = words.why == Refusal::kThrottled ? 429 : 403;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("x-amzn-ErrorType", std::string(words.aws));
  response.headers.set("x-amzn-RequestId", new_uuid());
  response.body = asl::to_text({{"message", message}});
  return response;
}

HttpResponse in_s3(const Words& words, std::string_view message) {
  const std::string id = new_uuid();
  HttpResponse response;
  response.status = words.s3_status;
  response.headers.set("Content-Type", "application/xml");
  response.headers.set("x-amz-request-id", id);
  response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" +
                  std::string(words.s3) + "</Code><Message>" + xml_escape(message) +
                  "</Message><RequestId>" + id + "</RequestId></Error>";
  return response;
}

// [spec] https://www.rfc-editor.org/rfc/rfc6750#section-3
std::string challenge(Refusal why, Scope wanted) {
  std::string text = "Bearer realm=\"pawl\"";
  if (why == Refusal::kUnknownCredentials || why == Refusal::kExpiredToken)
    text += ", error=\"invalid_token\"";
  if (why == Refusal::kDenied) {
    text += ", error=\"insufficient_scope\", scope=\"" + std::string(to_string(wanted)) + "\"";
  }
  return text;
}

std::string explanation(Refusal why, const Access& access) {
  switch (why) {
    case Refusal::kNoCredentials:
      return "This server wants a token (Authorization: Bearer pawl_...) or a signature";
    case Refusal::kUnknownCredentials:
      return "The token or the access key is not one of this server's";
    case Refusal::kExpiredToken:
      return "The token has expired";
    case Refusal::kDenied:
      return access.action + " needs the scope " + std::string(to_string(access.scope));
    default:
      return std::string(words_of(why).message);
  }
}

HttpResponse in_problem(const HttpRequest& request,
                        const Access& access,
                        const Words& words,
                        const std::string& detail) {
  const std::string id = new_uuid();
  HttpResponse response;
  response.status = words.status;
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("X-Request-Id", id);
  if (words.status == 401 || words.why == Refusal::kDenied)
    response.headers.set("WWW-Authenticate", challenge(words.why, access.scope));
  response.body =
      asl::to_text({{"type", "/docs/problems/" + std::string(words.name)},
                    {"title", words.title},
                    {"status", words.status},
                    {"detail", detail.empty() ? explanation(words.why, access) : detail},
                    {"instance", request.path},
                    {"requestId", id}});
  return response;
}

}  // namespace

std::string_view name_of(Refusal why) { return words_of(why).name; }

HttpResponse refusal_response(const HttpRequest& request,
                              const Access& access,
                              const Refused& refused) {
  const Words& words = words_of(refused.why);
  const std::string message = refused.detail.empty() ? std::string(words.message) : refused.detail;
  switch (access.dialect) {
    case Dialect::kAwsJson:
      return in_aws_json(request, words, message);
    case Dialect::kAwsRest:
      return in_aws_rest(words, message);
    case Dialect::kS3:
      return in_s3(words, words.s3_message);
    case Dialect::kProblem:
      break;
  }
  return in_problem(request, access, words, refused.detail);
}

}  // namespace pawl::engine
