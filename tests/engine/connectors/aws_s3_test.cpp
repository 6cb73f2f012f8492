#include "engine/connectors/aws_s3.h"

#include <gtest/gtest.h>

#include "engine/http/server.h"
#include "tests/engine/connectors/reports.h"

namespace pawl::engine {
namespace {

using asl::Json;

class SomeTime final : public Clock {
 public:
  Timestamp now() override { return {1'700'000'000'000}; }
};

// A store that answers every request with `answer_` and keeps the last one.
class S3Task : public testing::Test {
 protected:
  S3Task()
      : server_(options(), [this](HttpRequest request, Responder respond) {
          request_ = std::move(request);
          respond(answer_);
        }) {}
  static HttpServerOptions options() {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }
  Report call(const std::string& action, Json parameters) {
    S3SdkConnector connector(http_, clock_, "us-east-1", [this] {
      return "http://127.0.0.1:" + std::to_string(server_.port());
    });
    const std::string resource = "arn:aws:states:::aws-sdk:s3:" + action;
    EXPECT_TRUE(S3SdkConnector::matches(resource));
    const auto reports = std::make_shared<Reports>();
    connector.call(task_call(resource, std::move(parameters)), reports);
    return reports->at(0);
  }

  SomeTime clock_;
  HttpRequest request_;
  HttpResponse answer_;
  HttpServer server_;
  HttpClient http_;
};

TEST_F(S3Task, GetsAnObjectWithWhatItsHeadersTell) {
  answer_.headers.set("ETag", "\"e\"");
  answer_.headers.set("Content-Type", "text/csv");
  answer_.headers.set("Last-Modified", "Tue, 14 Nov 2023 22:13:20 GMT");
  answer_.headers.set("x-amz-meta-colour", "blue");
  answer_.body = "1,2";
  const Report got = call("getObject", {{"Bucket", "b"}, {"Key", "a b/c"}, {"Range", "bytes=0-2"}});
  EXPECT_EQ(request_.method, "GET");
  EXPECT_EQ(request_.target, "/b/a%20b/c");
  EXPECT_EQ(request_.headers.get("Range"), "bytes=0-2");
  EXPECT_EQ(got.json(),
            (Json{{"ContentType", "text/csv"},
                  {"ETag", "\"e\""},
                  {"ContentLength", 3},
                  {"LastModified", "2023-11-14T22:13:20Z"},
                  {"Metadata", {{"colour", "blue"}}},
                  {"Body", "1,2"}}));
}

// [seen] A text is put with its quotes.
TEST_F(S3Task, PutsABodyAsJsonWhateverItIs) {
  answer_.headers.set("x-amz-checksum-crc32", "KUmHvQ==");
  const Report put = call("putObject",
                          {{"Bucket", "b"},
                           {"Key", "k"},
                           {"Body", "text"},
                           {"Metadata", {{"n", 1}}},
                           {"StorageClass", "STANDARD"}});
  EXPECT_EQ(request_.method, "PUT");
  EXPECT_EQ(request_.body, "\"text\"");
  EXPECT_EQ(request_.headers.get("Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(request_.headers.get("x-amz-meta-n"), "1");
  EXPECT_EQ(request_.headers.get("x-amz-storage-class"), "STANDARD");
  EXPECT_EQ(put.json(), (Json{{"ChecksumCRC32", "KUmHvQ=="}}));
  call("putObject", {{"Bucket", "b"}, {"Key", "k"}, {"Body", {{"a", 1}}}});
  EXPECT_EQ(request_.body, R"({"a":1})");
}

TEST_F(S3Task, DeletesAnObject) {
  answer_.status = 204;
  EXPECT_EQ(call("deleteObject", {{"Bucket", "b"}, {"Key", "k"}}).text, "{}");
  EXPECT_EQ(request_.method, "DELETE");
}

TEST_F(S3Task, ListsObjectsWithItsParametersInTheQuery) {
  answer_.body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
      "<Prefix>p &amp; q/</Prefix><Marker></Marker><MaxKeys>2</MaxKeys>"
      "<IsTruncated>true</IsTruncated><Contents><Key>p &amp; q/1</Key>"
      "<LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
      "<Size>5000000000</Size><Owner><ID>me</ID></Owner><StorageClass>STANDARD</StorageClass>"
      "</Contents><CommonPrefixes><Prefix>p &amp; q/r/</Prefix></CommonPrefixes>"
      "</ListBucketResult>";
  const Report listed = call(
      "listObjects", {{"Bucket", "b"}, {"Prefix", "p & q/"}, {"MaxKeys", 2}, {"Delimiter", "/"}});
  EXPECT_EQ(request_.method, "GET");
  EXPECT_EQ(request_.target, "/b?delimiter=%2F&max-keys=2&prefix=p%20%26%20q%2F");
  EXPECT_EQ(listed.json(),
            (Json{{"Name", "b"},
                  {"Prefix", "p & q/"},
                  {"Marker", ""},
                  {"MaxKeys", 2},
                  {"IsTruncated", true},
                  {"Contents",
                   {{{"Key", "p & q/1"},
                     {"LastModified", "2023-11-14T22:13:20Z"},
                     {"ETag", "\"e\""},
                     {"Size", 5000000000},
                     {"Owner", {{"Id", "me"}}},
                     {"StorageClass", "STANDARD"}}}},
                  {"CommonPrefixes", Json::array({{{"Prefix", "p & q/r/"}}})}}));
}

TEST_F(S3Task, ListsObjectsOfTheSecondVersion) {
  answer_.body = "<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>";
  EXPECT_EQ(call("listObjectsV2", {{"Bucket", "b"}, {"StartAfter", "k"}}).json(),
            (Json{{"KeyCount", 0}}));
  EXPECT_EQ(request_.target, "/b?list-type=2&start-after=k");
  EXPECT_NE(call("listObjects", {{"Bucket", "b"}, {"StartAfter", "k"}})
                .text.find("'StartAfter' of s3:listObjects is not available"),
            std::string::npos);
}

TEST_F(S3Task, WhoseListingIsNoneFails) {
  answer_.body = "<html></html>";
  EXPECT_EQ(call("listObjects", {{"Bucket", "b"}}).what, "S3.SdkClientException");
}

TEST_F(S3Task, ListingABucketThatIsNotThereNamesTheError) {
  answer_.status = 404;
  answer_.body =
      "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message>"
      "<RequestId>r</RequestId><HostId>h</HostId></Error>";
  const Report refused = call("listObjects", {{"Bucket", "nowhere"}});
  EXPECT_EQ(refused.what, "S3.NoSuchBucketException");
  EXPECT_EQ(refused.text,
            "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: r, "
            "Extended Request ID: h)");
}

TEST_F(S3Task, RefusedNamesTheErrorAndBothRequestIds) {
  answer_.status = 404;
  answer_.body =
      "<Error><Code>NoSuchKey</Code><Message>No such key.</Message><RequestId>r</RequestId>"
      "<HostId>h</HostId></Error>";
  const Report refused = call("getObject", {{"Bucket", "b"}, {"Key", "k"}});
  EXPECT_EQ(refused.what, "S3.NoSuchKeyException");
  EXPECT_EQ(refused.text,
            "No such key. (Service: S3, Status Code: 404, Request ID: r, Extended Request ID: h)");
  answer_.status = 403;
  answer_.body = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
  EXPECT_EQ(call("getObject", {{"Bucket", "b"}, {"Key", "k"}}).what, "S3.S3Exception");
}

TEST_F(S3Task, OfWhatIsNotAvailableFailsByName) {
  EXPECT_NE(call("copyObject", Json::object()).text.find("s3:copyObject is not available"),
            std::string::npos);
  EXPECT_NE(call("putObject", {{"Bucket", "b"}, {"Key", "k"}, {"ObjectLockMode", "GOVERNANCE"}})
                .text.find("'ObjectLockMode' of s3:putObject is not available"),
            std::string::npos);
}

TEST_F(S3Task, ShowsBytesThatAreNoTextAsReplacements) {
  answer_.body = "a\xff";
  EXPECT_EQ(call("getObject", {{"Bucket", "b"}, {"Key", "k"}}).json().at("Body"), "a\uFFFD");
}

}  // namespace
}  // namespace pawl::engine
