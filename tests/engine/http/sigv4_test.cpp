#include "engine/http/sigv4.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

// The vector get-vanilla of AWS's signing test suite.
TEST(SigV4, SignsAsTheTestSuiteOfAws) {
  const AwsCredentials credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  const SigningScope scope{"us-east-1", "service", {1'440'938'160'000}};
  Headers headers;
  sign_request(credentials, scope, {"GET", "example.amazonaws.com", "/", ""}, headers);
  EXPECT_EQ(headers.get("X-Amz-Date"), "20150830T123600Z");
  EXPECT_EQ(headers.get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

// The vector get-header-value-trim.
TEST(SigV4, SignsValuesWithoutTheirSpareBlanks) {
  const AwsCredentials credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  const SigningScope scope{"us-east-1", "service", {1'440'938'160'000}};
  Headers headers;
  headers.set("My-Header1", " value1");
  headers.set("My-Header2", " \"a   b   c\"");
  sign_request(credentials, scope, {"GET", "example.amazonaws.com", "/", ""}, headers);
  EXPECT_TRUE(headers.get("Authorization")
                  .ends_with("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"));
}

TEST(SigV4, ASessionTokenIsSentAndSigned) {
  Headers headers;
  sign_request({"a", "b", "token"}, {"r", "s", {0}}, {"POST", "h", "/", "{}"}, headers);
  EXPECT_EQ(headers.get("X-Amz-Security-Token"), "token");
  EXPECT_NE(headers.get("Authorization").find("host;x-amz-date;x-amz-security-token"),
            std::string_view::npos);
}

}  // namespace
}  // namespace pawl::engine
