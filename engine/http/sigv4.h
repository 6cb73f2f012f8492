// AWS Signature Version 4: what services want as the Authorization of a request.
// [aws] https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <optional>
#include <string>

#include "asl/timestamp.h"
#include "engine/http/message.h"

namespace pawl::engine {

struct AwsCredentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // empty: none
};
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
std::optional<AwsCredentials> credentials_of_environment();

// What is signed for whom.
struct SigningScope {
  std::string region;
  std::string service;  // "sqs"
  asl::Timestamp at{};
};
struct SignedParts {
  std::string method = "POST";
  std::string host;        // as the Host header has it
  std::string path = "/";  // percent-encoded
  std::string body;
  std::string query{};  // parameters percent-encoded and in order of name
};
// "20150830T123600Z"
std::string basic_time(asl::Timestamp at);

// For whom, when and where a signature is.
struct CredentialScope {
  std::string day;  // "20150830"
  std::string region;
  std::string service;
  std::string text() const;  // "20150830/us-east-1/iam/aws4_request"
};
// [aws] The signature, in hexadecimal digits, of a canonical request.
std::string signature_of(const std::string& secret,
                         const CredentialScope& scope,
                         const std::string& time,
                         const std::string& canonical_request);

// Adds X-Amz-Date, X-Amz-Security-Token and Authorization to `headers`; those that are there
// already are signed too.
void sign_request(const AwsCredentials& credentials,
                  const SigningScope& scope,
                  const SignedParts& parts,
                  Headers& headers);

}  // namespace pawl::engine
