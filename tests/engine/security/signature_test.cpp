// AWS's published examples: the Signature Version 4 test suite, and those of the S3 documentation.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
#include "engine/security/signature.h"

#include <gtest/gtest.h>

#include "engine/http/hash.h"

namespace pawl::engine {
namespace {

constexpr const char* kTime = "20150830T123600Z";
constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr const char* kS3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Example {
  std::string name;
  std::string method;
  std::string target;
  Fields headers;  // besides Host and X-Amz-Date
  std::string body;
  std::string signed_headers;
  std::string signature;
};

HttpRequest request_of(const std::string& method, const std::string& target) {
  HttpRequest request;
  request.method = method;
  request.target = target;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = parse_query(target.substr(mark + 1));
  return request;
}

class SignatureSuite : public testing::TestWithParam<Example> {};

TEST_P(SignatureSuite, IsVerified) {
  const Example& example = GetParam();
  HttpRequest request = request_of(example.method, example.target);
  request.headers.add("Host", "example.amazonaws.com");
  request.headers.add("X-Amz-Date", kTime);
  for (const auto& [name, value] : example.headers) request.headers.add(name, value);
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
                      "aws4_request, SignedHeaders=" +
                          example.signed_headers + ", Signature=" + example.signature);
  const auto read = read_signature(request);
  ASSERT_TRUE(std::holds_alternative<Signature>(read)) << std::get<Refused>(read).detail;
  const Signature& signature = std::get<Signature>(read);
  EXPECT_EQ(signature.key_id, "AKIDEXAMPLE");
  EXPECT_EQ(signature.service, "service");
  const std::string body_hash = hash::hex(hash::sha256(example.body));
  EXPECT_TRUE(is_signed_with(kSecret, request, signature, body_hash))
      << canonical_request(request, signature, body_hash);
  EXPECT_FALSE(is_signed_with("another", request, signature, body_hash));
  EXPECT_FALSE(is_signed_with(kSecret, request, signature, hash::hex(hash::sha256("x"))));
}

INSTANTIATE_TEST_SUITE_P(
    Published,
    SignatureSuite,
    testing::Values(
        Example{"GetVanilla",
                "GET",
                "/",
                {},
                "",
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        Example{"GetVanillaQueryOrderKeyCase",
                "GET",
                "/?Param2=value2&Param1=value1",
                {},
                "",
                "host;x-amz-date",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        Example{"GetUtf8",
                "GET",
                "/\xe1\x88\xb4",
                {},
                "",
                "host;x-amz-date",
                "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        Example{"GetRelative",
                "GET",
                "/example/..",
                {},
                "",
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        Example{"GetSpace",
                "GET",
                "/example space/",
                {},
                "",
                "host;x-amz-date",
                "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
        Example{"GetHeaderKeyDuplicate",
                "GET",
                "/",
                {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
                "",
                "host;my-header1;x-amz-date",
                "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
        Example{"GetHeaderValueTrim",
                "GET",
                "/",
                {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
                "",
                "host;my-header1;my-header2;x-amz-date",
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        Example{"PostVanilla",
                "POST",
                "/",
                {},
                "",
                "host;x-amz-date",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        Example{"PostForm",
                "POST",
                "/",
                {{"Content-Type", "application/x-www-form-urlencoded"}},
                "Param1=value1",
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"}),
    [](const auto& each) { return each.param.name; });

struct S3Example {
  std::string name;
  std::string method;
  std::string target;
  Fields headers;
  std::string payload_hash;
  std::string signed_headers;
  std::string signature;
};

constexpr const char* kEmptyHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kWelcomeHash =
    "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";

class S3Signatures : public testing::TestWithParam<S3Example> {};

TEST_P(S3Signatures, AreVerifiedFromTheHeadAlone) {
  const S3Example& example = GetParam();
  HttpRequest request = request_of(example.method, example.target);
  request.headers.add("Host", "examplebucket.s3.amazonaws.com");
  request.headers.add("x-amz-date", "20130524T000000Z");
  request.headers.add("x-amz-content-sha256", example.payload_hash);
  for (const auto& [name, value] : example.headers) request.headers.add(name, value);
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                      "aws4_request,SignedHeaders=" +
                          example.signed_headers + ",Signature=" + example.signature);
  const auto read = read_signature(request);
  ASSERT_TRUE(std::holds_alternative<Signature>(read)) << std::get<Refused>(read).detail;
  const Signature& signature = std::get<Signature>(read);
  EXPECT_EQ(signature.payload_hash, example.payload_hash);
  EXPECT_TRUE(is_signed_with(kS3Secret, request, signature, signature.payload_hash))
      << canonical_request(request, signature, signature.payload_hash);
}

INSTANTIATE_TEST_SUITE_P(
    Published,
    S3Signatures,
    testing::Values(S3Example{"GetObject",
                              "GET",
                              "/test.txt",
                              {{"Range", "bytes=0-9"}},
                              kEmptyHash,
                              "host;range;x-amz-content-sha256;x-amz-date",
                              "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
                    S3Example{"PutObject",
                              "PUT",
                              "/test%24file.text",
                              {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                               {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                              kWelcomeHash,
                              "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
                    S3Example{"GetBucketLifecycle",
                              "GET",
                              "/?lifecycle",
                              {},
                              kEmptyHash,
                              "host;x-amz-content-sha256;x-amz-date",
                              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
                    S3Example{"ListObjects",
                              "GET",
                              "/?max-keys=2&prefix=J",
                              {},
                              kEmptyHash,
                              "host;x-amz-content-sha256;x-amz-date",
                              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"}),
    [](const auto& each) { return each.param.name; });

TEST(PresignedUrl, IsVerifiedAndEndsWhenItSays) {
  HttpRequest request = request_of(
      "GET",
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
      "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
      "&X-Amz-SignedHeaders=host&X-Amz-Signature="
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  request.headers.add("Host", "examplebucket.s3.amazonaws.com");
  ASSERT_TRUE(is_signed(request));
  const auto read = read_signature(request);
  ASSERT_TRUE(std::holds_alternative<Signature>(read)) << std::get<Refused>(read).detail;
  const Signature& signature = std::get<Signature>(read);
  EXPECT_EQ(signature.payload_hash, kUnsignedPayload);
  EXPECT_TRUE(is_signed_with(kS3Secret, request, signature, kUnsignedPayload));
  const asl::Timestamp signed_at = *asl::parse_timestamp("2013-05-24T00:00:00Z");
  constexpr std::int64_t kDay = 86'400'000;
  EXPECT_FALSE(check_time(signature, signed_at));
  EXPECT_FALSE(check_time(signature, {signed_at.ms + kDay}));
  EXPECT_TRUE(check_time(signature, {signed_at.ms + kDay + 1}));
  EXPECT_TRUE(check_time(signature, {signed_at.ms - kDay}));
  request.query.emplace_back("response-content-type", "text/html");
  EXPECT_FALSE(is_signed_with(kS3Secret, request, signature, kUnsignedPayload));
}

std::string refusal_of(const std::string& query) {
  HttpRequest request = request_of("GET", "/?" + query);
  request.headers.add("Host", "h");
  const auto read = read_signature(request);
  const auto* refused = std::get_if<Refused>(&read);
  return refused == nullptr ? "" : std::string(name_of(refused->why));
}

TEST(PresignedUrl, ThatLacksAnythingIsMalformed) {
  const std::string credential = "X-Amz-Credential=A%2F20130524%2Fus-east-1%2Fs3%2Faws4_request";
  const std::string whole = "X-Amz-Algorithm=AWS4-HMAC-SHA256&" + credential +
                            "&X-Amz-Date=20130524T000000Z&X-Amz-SignedHeaders=host"
                            "&X-Amz-Signature=aa&X-Amz-Expires=";
  EXPECT_EQ(refusal_of(whole + "60"), "");
  EXPECT_EQ(refusal_of(whole), "malformed-signature");
  EXPECT_EQ(refusal_of(whole + "604801"), "malformed-signature");
  EXPECT_EQ(refusal_of(whole + "-1"), "malformed-signature");
  EXPECT_EQ(refusal_of(credential), "malformed-signature");
  EXPECT_EQ(refusal_of("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2Fs3"),
            "malformed-signature");
}

TEST(SignatureScope, TheDayOfTheCredentialIsThatOfTheRequest) {
  HttpRequest request = request_of("GET", "/");
  request.headers.add("Host", "h");
  request.headers.add("X-Amz-Date", kTime);
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=A/20150829/us-east-1/states/aws4_request, "
                      "SignedHeaders=host;x-amz-date, Signature=aa");
  const auto read = read_signature(request);
  ASSERT_TRUE(std::holds_alternative<Refused>(read));
  EXPECT_EQ(std::get<Refused>(read).detail,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: '20150829' != '20150830', from '20150830T123600Z'.");
}

}  // namespace
}  // namespace pawl::engine
