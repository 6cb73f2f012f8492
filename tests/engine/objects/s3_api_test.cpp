#include "engine/objects/s3_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "engine/objects/digest.h"
#include "tests/engine/objects/temporary_folder.h"

namespace pawl::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

using Fields = std::vector<std::pair<std::string, std::string>>;

HttpRequest request(const std::string& method,
                    const std::string& target,
                    Fields headers = {},
                    std::string body = "") {
  HttpRequest made;
  made.method = method;
  made.target = target;
  const std::size_t mark = target.find('?');
  made.path = target.substr(0, mark);
  if (mark != std::string::npos) made.query = parse_query(target.substr(mark + 1));
  made.headers.add("Host", "127.0.0.1:8083");
  for (auto& [name, value] : headers) made.headers.add(name, value);
  made.body = std::move(body);
  return made;
}

class S3ApiTest : public testing::Test {
 protected:
  HttpResponse send(HttpRequest made) {
    std::promise<HttpResponse> promise;
    api.handle(std::move(made),
               [&](HttpResponse response) { promise.set_value(std::move(response)); });
    return promise.get_future().get();
  }
  HttpResponse send(const std::string& method,
                    const std::string& target,
                    Fields headers = {},
                    std::string body = "") {
    return send(request(method, target, std::move(headers), std::move(body)));
  }
  static std::string body_of(const HttpResponse& response) {
    if (!response.file) return response.body;
    return read_text(response.file->path).substr(response.file->offset, response.file->length);
  }
  static std::string between(const std::string& text,
                             const std::string& from,
                             const std::string& to) {
    const std::size_t begin = text.find(from) + from.size();
    return text.substr(begin, text.find(to, begin) - begin);
  }

  TemporaryFolder folder;
  std::unique_ptr<ObjectStore> store = [this] {
    auto opened = open_local_objects(folder / "objects");
    opened->create_bucket("data");
    return opened;
  }();
  S3Api api{*store, "us-east-1"};
};

TEST_F(S3ApiTest, BucketsFollowTheRulesOfUsEast1) {
  EXPECT_EQ(send("PUT", "/data").status, 200);
  EXPECT_EQ(send("PUT", "/Bad_Name").status, 400);
  EXPECT_EQ(send("HEAD", "/data").headers.get("x-amz-bucket-region"), "us-east-1");
  EXPECT_EQ(send("HEAD", "/none").status, 404);
  EXPECT_EQ(send("HEAD", "/none").body, "");
  EXPECT_THAT(send("GET", "/").body, HasSubstr("<Name>data</Name>"));
  EXPECT_THAT(send("GET", "/data?location").body, HasSubstr("<LocationConstraint xmlns"));
  EXPECT_THAT(send("GET", "/data?versioning").body, HasSubstr("></VersioningConfiguration>"));
  EXPECT_EQ(send("DELETE", "/data").status, 204);
  EXPECT_EQ(send("DELETE", "/data").status, 404);
  S3Api elsewhere(*store, "eu-west-1");
  store->create_bucket("data");
  std::promise<HttpResponse> answer;
  elsewhere.handle(request("PUT", "/data"),
                   [&](HttpResponse response) { answer.set_value(std::move(response)); });
  const HttpResponse response = answer.get_future().get();
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr("<Code>BucketAlreadyOwnedByYou</Code>"));
}

TEST_F(S3ApiTest, AnObjectComesBackWithAllItsHeaders) {
  const HttpResponse put = send("PUT",
                                "/data/a%20b/c.csv",
                                {{"Content-Type", "text/csv"},
                                 {"x-amz-meta-Owner", "ann"},
                                 {"Cache-Control", "no-store"},
                                 {"Content-Encoding", "aws-chunked,gzip"},
                                 {"x-amz-checksum-crc32", "NSRBwg=="}},
                                "x,y");
  EXPECT_EQ(put.status, 400);  // the checksum is of other bytes
  EXPECT_THAT(put.body, HasSubstr("<Code>BadDigest</Code>"));
  const HttpResponse good = send("PUT",
                                 "/data/a%20b/c.csv",
                                 {{"Content-Type", "text/csv"},
                                  {"x-amz-meta-Owner", "ann"},
                                  {"Cache-Control", "no-store"},
                                  {"Content-Encoding", "aws-chunked,gzip"},
                                  {"x-amz-checksum-crc32", "y/Q5Jg=="}},
                                 "123456789");
  ASSERT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(good.headers.get("ETag"), "\"25f9e794323b453885f5181f1b624d0b\"");
  EXPECT_EQ(good.headers.get("x-amz-checksum-crc32"), "y/Q5Jg==");
  const HttpResponse got = send("GET", "/data/a%20b/c.csv", {{"x-amz-checksum-mode", "ENABLED"}});
  EXPECT_EQ(body_of(got), "123456789");
  EXPECT_EQ(got.headers.get("Content-Type"), "text/csv");
  EXPECT_EQ(got.headers.get("x-amz-meta-owner"), "ann");
  EXPECT_EQ(got.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(got.headers.get("x-amz-checksum-crc32"), "y/Q5Jg==");
  EXPECT_FALSE(got.headers.get("x-amz-request-id").empty());
  const HttpResponse named = send("GET", "/data/a%20b/c.csv?response-content-type=text%2Fplain");
  EXPECT_EQ(named.headers.get("Content-Type"), "text/plain");
  EXPECT_FALSE(named.headers.has("x-amz-checksum-crc32"));
}

TEST_F(S3ApiTest, ErrorsAreS3sOwn) {
  const HttpResponse missing = send("GET", "/data/none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(
      missing.body,
      HasSubstr("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>"
                "<Key>none</Key><RequestId>"));
  EXPECT_THAT(send("GET", "/none/x").body, HasSubstr("<Code>NoSuchBucket</Code>"));
  EXPECT_EQ(send("GET", "/data/%zz").status, 400);
  EXPECT_EQ(send("POST", "/data/x").status, 405);
  EXPECT_EQ(send("PUT", "/data/x", {{"Content-MD5", "eB5eJF1ptWaXm4bijSPyxw=="}}, "y").status, 400);
  EXPECT_EQ(send("PUT", "/data/x", {{"x-amz-acl", "public-read"}}, "y").status, 400);
  EXPECT_EQ(send("PUT", "/data/x", {{"x-amz-tagging", "a=b"}}, "y").status, 501);
}

TEST_F(S3ApiTest, AnUnservedSubResourceNeverTouchesTheObject) {
  store->put("data", "x", "safe", {});
  for (const char* query : {"acl", "torrent", "retention", "legal-hold"}) {
    for (const char* method : {"GET", "PUT", "DELETE"}) {
      const HttpResponse response = send(method, std::string("/data/x?") + query, {}, "<X/>");
      EXPECT_EQ(response.status, 501) << method << query;
      EXPECT_THAT(response.body, HasSubstr("<Code>NotImplemented</Code>"));
    }
  }
  EXPECT_EQ(send("PUT", "/data?versioning", {}, "<X/>").status, 501);
  EXPECT_EQ(send("DELETE", "/data?policy").status, 501);
  EXPECT_EQ(send("DELETE", "/data/x?versionId=abc").status, 400);
  EXPECT_EQ(store->get("data", "x"), "safe");
}

TEST_F(S3ApiTest, RangesAndConditionsOfReads) {
  store->put("data", "x", "0123456789", {});
  const auto ranged = [&](const std::string& range) {
    return send("GET", "/data/x", {{"Range", range}});
  };
  EXPECT_EQ(body_of(ranged("bytes=2-4")), "234");
  EXPECT_EQ(ranged("bytes=2-4").headers.get("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(ranged("bytes=2-4").status, 206);
  EXPECT_EQ(body_of(ranged("bytes=7-")), "789");
  EXPECT_EQ(body_of(ranged("bytes=-3")), "789");
  EXPECT_EQ(body_of(ranged("bytes=8-99")), "89");
  EXPECT_EQ(ranged("bytes=10-").status, 416);
  EXPECT_EQ(ranged("bytes=10-").headers.get("Content-Range"), "bytes */10");
  EXPECT_EQ(ranged("bytes=0-1,3-4").status, 200);
  EXPECT_EQ(ranged("bytes=x").status, 200);
  const std::string etag = "\"781e5e245d69b566979b86e28d23f2c7\"";
  EXPECT_EQ(send("GET", "/data/x", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(send("GET", "/data/x", {{"If-Match", etag}}).status, 200);
  EXPECT_EQ(send("GET", "/data/x", {{"If-Match", "\"no\""}}).status, 412);
  EXPECT_EQ(send("GET", "/data/x", {{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}}).status,
            304);
  EXPECT_EQ(
      send("GET", "/data/x", {{"If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}}).status,
      412);
  EXPECT_EQ(send("PUT", "/data/x", {{"If-None-Match", "*"}}, "new").status, 412);
}

TEST_F(S3ApiTest, AwsChunkedBodiesAreUnwrapped) {
  const std::string signature = ";chunk-signature=" + std::string(64, 'a');
  const std::string wrapped =
      "5" + signature + "\r\n12345\r\n4" + signature + "\r\n6789\r\n0" + signature + "\r\n\r\n";
  const Fields signed_headers = {{"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
                                 {"x-amz-decoded-content-length", "9"}};
  EXPECT_EQ(send("PUT", "/data/signed", signed_headers, wrapped).status, 200);
  EXPECT_EQ(store->get("data", "signed"), "123456789");
  EXPECT_EQ(send("PUT", "/data/cut", signed_headers, wrapped.substr(0, 100)).status, 400);
  const Fields trailer = {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                          {"x-amz-trailer", "x-amz-checksum-crc32c"},
                          {"x-amz-decoded-content-length", "9"}};
  const std::string body = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32c:4waSgw==\r\n\r\n";
  const HttpResponse put = send("PUT", "/data/trailer", trailer, body);
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.headers.get("x-amz-checksum-crc32c"), "4waSgw==");
  HttpRequest spooled = request("PUT", "/data/spooled", trailer);
  spooled.body_file = folder / "spool";
  write_text(*spooled.body_file, body);
  EXPECT_EQ(send(spooled).status, 200);
  EXPECT_EQ(store->get("data", "spooled"), "123456789");
  EXPECT_FALSE(std::filesystem::exists(folder / "spool.unwrapped"));
  EXPECT_EQ(send("PUT",
                 "/data/no",
                 trailer,
                 "9\r\n123456780\r\n0\r\nx-amz-checksum-crc32c:4waSgw==\r\n\r\n")
                .status,
            400);
  EXPECT_FALSE(store->head("data", "no"));
}

TEST_F(S3ApiTest, ListingsPageWithOpaqueTokensAndUrlEncoding) {
  for (const char* key : {"a b/1", "a b/2", "c", "d&e"}) store->put("data", key, "", {});
  const std::string first =
      send("GET", "/data?list-type=2&max-keys=2&encoding-type=url&fetch-owner=true").body;
  EXPECT_THAT(first, HasSubstr("<Key>a%20b/1</Key>"));
  EXPECT_THAT(first, HasSubstr("<IsTruncated>true</IsTruncated>"));
  EXPECT_THAT(first, HasSubstr("<KeyCount>2</KeyCount>"));
  EXPECT_THAT(first, HasSubstr("<Owner>"));
  const std::string token = between(first, "<NextContinuationToken>", "<");
  EXPECT_THAT(token, Not(HasSubstr("a b")));
  const std::string second =
      send("GET", "/data?list-type=2&continuation-token=" + percent_encode(token)).body;
  EXPECT_THAT(second, HasSubstr("<Key>d&amp;e</Key>"));
  EXPECT_THAT(second, Not(HasSubstr("a b/2")));
  EXPECT_THAT(send("GET", "/data?list-type=2&start-after=c").body, Not(HasSubstr("<Key>c</Key>")));
  EXPECT_EQ(send("GET", "/data?list-type=2&continuation-token=bad").status, 400);
  EXPECT_EQ(send("GET", "/data?max-keys=-1").status, 400);
  const std::string v1 = send("GET", "/data?delimiter=%2F&max-keys=1").body;
  EXPECT_THAT(v1, HasSubstr("<CommonPrefixes><Prefix>a b/</Prefix>"));
  EXPECT_THAT(v1, HasSubstr("<NextMarker>a b/</NextMarker>"));
  EXPECT_THAT(send("GET", "/data?delimiter=%2F&marker=a%20b/").body,
              Not(HasSubstr("<CommonPrefixes>")));
}

TEST_F(S3ApiTest, ManyObjectsAreDeletedAtOnce) {
  store->put("data", "a&b", "", {});
  store->put("data", "c", "", {});
  const std::string body =
      "<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>none</Key></Object></Delete>";
  EXPECT_EQ(send("POST", "/data?delete", {}, body).status, 400);
  const Fields md5 = {{"Content-MD5", to_base64(digest(DigestKind::kMd5, body))}};
  const std::string answer = send("POST", "/data?delete", md5, body).body;
  EXPECT_THAT(answer,
              HasSubstr("<Deleted><Key>a&amp;b</Key></Deleted><Deleted><Key>none</Key></Deleted>"));
  EXPECT_FALSE(store->head("data", "a&b"));
  EXPECT_TRUE(store->head("data", "c"));
  const std::string broken = "<Delete><Object></Delete>";
  const HttpResponse refused = send("POST",
                                    "/data?delete",
                                    {{"Content-MD5", to_base64(digest(DigestKind::kMd5, broken))}},
                                    broken);
  EXPECT_THAT(refused.body, HasSubstr("<Code>MalformedXML</Code>"));
}

TEST_F(S3ApiTest, CopiesKeepOrReplaceMetadata) {
  store->put("data", "a b", "bytes", {"text/a", {{"k", "v"}}, {}, {}});
  EXPECT_THAT(send("PUT", "/data/copy", {{"x-amz-copy-source", "/data/a%20b"}}).body,
              HasSubstr("<CopyObjectResult"));
  EXPECT_EQ(store->head("data", "copy")->metadata.at("k"), "v");
  EXPECT_EQ(send("PUT", "/data/copy", {{"x-amz-copy-source", "data/copy"}}).status, 400);
  EXPECT_EQ(send("PUT",
                 "/data/copy",
                 {{"x-amz-copy-source", "data/copy"},
                  {"x-amz-metadata-directive", "REPLACE"},
                  {"x-amz-meta-n", "1"}})
                .status,
            200);
  EXPECT_EQ(store->head("data", "copy")->metadata.count("k"), 0U);
  EXPECT_EQ(store->get("data", "copy"), "bytes");
  EXPECT_EQ(send("PUT", "/data/y", {{"x-amz-copy-source", "data/none"}}).status, 404);
  EXPECT_EQ(send("PUT",
                 "/data/y",
                 {{"x-amz-copy-source", "data/copy"}, {"x-amz-copy-source-if-match", "no"}})
                .status,
            412);
}

TEST_F(S3ApiTest, MultipartUploadFromStartToEnd) {
  const std::string id = between(send("POST", "/data/big?uploads").body, "<UploadId>", "<");
  const std::string on = "/data/big?uploadId=" + id;
  const HttpResponse part = send("PUT", on + "&partNumber=1", {}, std::string(kPartBytesMin, 'a'));
  ASSERT_EQ(part.status, 200);
  store->put("data", "source", "0123456789", {});
  const std::string copied =
      send("PUT",
           on + "&partNumber=2",
           {{"x-amz-copy-source", "data/source"}, {"x-amz-copy-source-range", "bytes=2-4"}})
          .body;
  const std::string second = between(copied, "<ETag>", "<");
  EXPECT_THAT(send("GET", on + "&max-parts=1").body, HasSubstr("<IsTruncated>true</IsTruncated>"));
  EXPECT_THAT(send("GET", "/data?uploads").body, HasSubstr("<UploadId>" + id + "</UploadId>"));
  EXPECT_EQ(send("PUT", "/data/other?uploadId=" + id + "&partNumber=1", {}, "x").status, 404);
  EXPECT_EQ(send("PUT", on + "&partNumber=0", {}, "x").status, 400);
  const std::string complete = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
                               std::string(part.headers.get("ETag")) +
                               "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>" + second +
                               "</ETag></Part></CompleteMultipartUpload>";
  const HttpResponse done = send("POST", on, {}, complete);
  EXPECT_THAT(done.body, HasSubstr("-2&quot;</ETag>"));
  EXPECT_EQ(store->get("data", "big").substr(kPartBytesMin), "234");
  EXPECT_EQ(send("DELETE", on).status, 404);
}

TEST_F(S3ApiTest, VirtualHostsNameTheBucket) {
  store->put("data", "k", "v", {});
  for (const char* host :
       {"data.s3.localhost:8083", "data.localhost", "data.s3.us-east-1.amazonaws.com"}) {
    HttpRequest made = request("GET", "/k");
    made.headers.set("Host", host);
    EXPECT_EQ(body_of(send(made)), "v") << host;
  }
}

TEST(S3Routing, TellsS3FromOtherServices) {
  const std::string scope =
      "AWS4-HMAC-SHA256 Credential=AK/20240501/us-east-1/s3/aws4_request, SignedHeaders=host";
  const std::string glue =
      "AWS4-HMAC-SHA256 Credential=AK/20240501/us-east-1/glue/aws4_request, SignedHeaders=host";
  EXPECT_TRUE(is_s3_request(request("GET", "/b", {{"Authorization", scope}})));
  EXPECT_FALSE(is_s3_request(
      request("POST", "/", {{"Authorization", glue}, {"x-amz-content-sha256", "x"}})));
  EXPECT_FALSE(is_s3_request(
      request("POST", "/", {{"X-Amz-Target", "AWSGlue.GetJob"}, {"x-amz-content-sha256", "x"}})));
  EXPECT_TRUE(is_s3_request(
      request("GET", "/b/k?X-Amz-Credential=AK%2F20240501%2Fus-east-1%2Fs3%2Faws4_request")));
  EXPECT_TRUE(is_s3_request(request("GET", "/b/k?AWSAccessKeyId=AK&Signature=x&Expires=1")));
  EXPECT_TRUE(is_s3_request(request("GET", "/b", {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}})));
  EXPECT_FALSE(is_s3_request(request("GET", "/ui/")));
  HttpRequest hosted = request("GET", "/");
  hosted.headers.set("Host", "data.s3.localhost:8083");
  EXPECT_TRUE(is_s3_request(hosted));
  EXPECT_TRUE(
      s3_spool(request("PUT", "/b/k", {{"Authorization", scope}, {"Content-Length", "9000000"}})));
  EXPECT_TRUE(s3_spool(
      request("PUT", "/b/k", {{"Authorization", scope}, {"Transfer-Encoding", "chunked"}})));
  EXPECT_FALSE(
      s3_spool(request("PUT", "/b/k", {{"Authorization", scope}, {"Content-Length", "10"}})));
  EXPECT_FALSE(s3_spool(
      request("POST", "/b?delete", {{"Authorization", scope}, {"Content-Length", "9000000"}})));
}

TEST(Digest, MatchesPublishedCheckValues) {
  const std::string check = "123456789";
  EXPECT_EQ(to_hex(digest(DigestKind::kCrc32, check)), "cbf43926");
  EXPECT_EQ(to_hex(digest(DigestKind::kCrc32c, check)), "e3069283");
  EXPECT_EQ(to_hex(digest(DigestKind::kCrc64Nvme, check)), "ae8b14860a799888");
  EXPECT_EQ(to_hex(digest(DigestKind::kSha1, check)), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
  EXPECT_EQ(from_base64(to_base64("ab")), "ab");
  EXPECT_FALSE(from_base64("a"));
}

}  // namespace
}  // namespace pawl::engine
