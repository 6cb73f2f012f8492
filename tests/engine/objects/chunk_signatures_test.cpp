// The examples of AWS's documentation, byte for byte.
// [aws] https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
//       https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
#include <gtest/gtest.h>

#include <future>

#include "engine/objects/s3_api.h"
#include "tests/engine/objects/temporary_folder.h"

namespace pawl::engine {
namespace {

std::string chunk(std::size_t size, const std::string& signature) {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "%zx", size);
  return std::string(digits) + ";chunk-signature=" + signature + "\r\n" +
         (size == 0 ? "" : std::string(size, 'a') + "\r\n");
}

class SignedChunks : public testing::Test {
 protected:
  SignedChunks() { store_->create_bucket("examplebucket"); }

  HttpResponse put(const std::string& kind,
                   const std::string& seed,
                   const std::string& body,
                   bool is_known = true) {
    S3Api api(*store_, "us-east-1", [seed, is_known](const HttpRequest&) {
      if (!is_known) return std::optional<ChunkSigning>();
      return std::optional(ChunkSigning{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                        {"20130524", "us-east-1", "s3"},
                                        "20130524T000000Z",
                                        seed});
    });
    HttpRequest request;
    request.method = "PUT";
    request.path = request.target = "/examplebucket/chunkObject.txt";
    request.headers.add("x-amz-content-sha256", kind);
    request.headers.add("x-amz-decoded-content-length", "66560");
    if (kind.ends_with("-TRAILER")) request.headers.add("x-amz-trailer", "x-amz-checksum-crc32c");
    request.body = body;
    std::promise<HttpResponse> answered;
    api.handle(request,
               [&answered](HttpResponse response) { answered.set_value(std::move(response)); });
    return answered.get_future().get();
  }
  HttpResponse put_plain(const std::string& body, bool is_known = true) {
    return put("STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
               "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
               body,
               is_known);
  }
  HttpResponse put_with_trailer(const std::string& body) {
    return put("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
               "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
               body);
  }
  static std::string plain() {
    return chunk(65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") +
           chunk(1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") +
           chunk(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") + "\r\n";
  }
  static std::string with_trailer() {
    return chunk(65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2") +
           chunk(1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7") +
           chunk(0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992") +
           "x-amz-checksum-crc32c:sOO8/Q==\r\n"
           "x-amz-trailer-signature:"
           "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
  }
  static std::string with(std::string text, const std::string& what, const std::string& instead) {
    return text.replace(text.find(what), what.size(), instead);
  }
  bool is_stored() { return store_->head("examplebucket", "chunkObject.txt").has_value(); }

  TemporaryFolder folder_;
  std::unique_ptr<ObjectStore> store_ = open_local_objects(folder_ / "objects");
};

TEST_F(SignedChunks, AreTakenWhenEachIsSignedOverTheOneBefore) {
  EXPECT_EQ(put_plain(plain()).status, 200);
  EXPECT_EQ(store_->get("examplebucket", "chunkObject.txt"), std::string(66560, 'a'));
}

TEST_F(SignedChunks, AreRefusedWhenAByteWasChangedOnTheWay) {
  for (const std::string& changed : {with(plain(), "aaaa", "aaba"),
                                     with(plain(), "0055627c", "1055627c"),
                                     with(plain(), "b6c6ea8a", "c6c6ea8a"),
                                     with(plain(), ";chunk-signature=0055627c", ";x=0055627c")}) {
    const HttpResponse refused = put_plain(changed);
    EXPECT_EQ(refused.status, 403) << refused.body;
    EXPECT_NE(refused.body.find("<Code>SignatureDoesNotMatch</Code>"), std::string::npos);
    EXPECT_FALSE(is_stored());
  }
}

TEST_F(SignedChunks, CannotBeLeftOutOrSwapped) {
  const std::string first =
      chunk(65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  EXPECT_EQ(put_plain(plain().substr(first.size())).status, 403);
  EXPECT_FALSE(is_stored());
}

TEST_F(SignedChunks, HaveTrailersThatAreSignedToo) {
  EXPECT_EQ(put_with_trailer(with_trailer()).status, 200);
  for (const std::string& changed : {with(with_trailer(), "d81f82fc", "e81f82fc"),
                                     with(with_trailer(), "x-amz-trailer-signature", "x-other")}) {
    EXPECT_EQ(put_with_trailer(changed).status, 403);
  }
}

TEST_F(SignedChunks, OfAKeyThatNobodyKnowsAreTakenAsTheyCome) {
  EXPECT_EQ(put_plain(with(plain(), "0055627c", "1055627c"), false).status, 200);
}

}  // namespace
}  // namespace pawl::engine
