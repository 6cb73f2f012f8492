#include "engine/artifacts/artifacts.h"

#include "tests/engine/artifacts/artifacts_fixture.h"

namespace pawl::engine {
namespace {

TEST_F(ArtifactsTest, ADigestIsExactlyThat) {
  EXPECT_TRUE(is_artifact_digest("sha256:" + std::string(64, 'a')));
  for (const std::string& no : {std::string("sha256:") + std::string(63, 'a'),
                                "sha256:" + std::string(64, 'A'),
                                "sha256:../" + std::string(61, 'a'),
                                "sha512:" + std::string(64, 'a'),
                                std::string(64, 'a'),
                                std::string()}) {
    EXPECT_FALSE(is_artifact_digest(no)) << no;
  }
}

TEST_F(ArtifactsTest, BytesThatArePutAreKeptOnceAlsoInTheNextServer) {
  EXPECT_TRUE(artifacts_->put(digest_of("abc"), "abc", "text/plain"));
  EXPECT_FALSE(artifacts_->put(digest_of("abc"), "abc", "text/csv"));
  open();
  EXPECT_EQ(bytes_of(digest_of("abc")), "abc");
  EXPECT_EQ(artifacts_->table().find(digest_of("abc"))->facts.media_type, "text/plain");
  EXPECT_EQ(files_kept(), 1u);
}

TEST_F(ArtifactsTest, BytesOfAnotherDigestAreRefusedAndLeaveNothing) {
  EXPECT_THROW(artifacts_->put(digest_of("abc"), "abd", "text/plain"), DigestMismatch);
  EXPECT_EQ(bytes_of(digest_of("abc")), "unknown");
  EXPECT_EQ(files_kept(), 0u);
}

TEST_F(ArtifactsTest, AFileIsTakenOver) {
  const std::string file = folder_.file("spooled");
  std::ofstream(file) << "large";
  EXPECT_TRUE(artifacts_->put_file(digest_of("large"), file, "text/plain"));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(bytes_of(digest_of("large")), "large");
}

TEST_F(ArtifactsTest, WhatAServerLeftHalfWrittenIsGoneInTheNext) {
  std::ofstream(artifacts_->scratch_name()) << "half";
  EXPECT_EQ(files_kept(), 1u);
  open();
  EXPECT_EQ(files_kept(), 0u);
}

// As after kill -9 between the file and its row.
TEST_F(ArtifactsTest, AFileThatNoRowTellsOfIsTakenAnewWhenItIsPutAgain) {
  artifacts_->put(digest_of("abc"), "abc", "text/plain");
  artifacts_->table().set_not_kept(digest_of("abc"));
  EXPECT_EQ(bytes_of(digest_of("abc")), "unknown");
  EXPECT_EQ(files_kept(), 1u);
  EXPECT_TRUE(artifacts_->put(digest_of("abc"), "abc", "text/plain"));
  EXPECT_EQ(bytes_of(digest_of("abc")), "abc");
}

TEST_F(ArtifactsTest, WhatIsRemovedIsKnownNoLonger) {
  artifacts_->put(digest_of("abc"), "abc", "text/plain");
  artifacts_->remove(digest_of("abc"));
  EXPECT_EQ(bytes_of(digest_of("abc")), "unknown");
  EXPECT_EQ(files_kept(), 0u);
}

TEST_F(ArtifactsTest, AnObjectIsReadWhereItIsForAsLongAsItIsTheSame) {
  put_object("a.csv", "1,2\n");
  artifacts_->table().record(artifacts_->look_at("bucket", "a.csv"), now_);
  EXPECT_EQ(bytes_of(digest_of("1,2\n")), "1,2\n");
  EXPECT_EQ(artifacts_->table().find(digest_of("1,2\n"))->facts.media_type, "text/csv");
  EXPECT_EQ(files_kept(), 0u);
  put_object("a.csv", "3,4\n");
  EXPECT_EQ(bytes_of(digest_of("1,2\n")), "gone");
  put_object("a.csv", "1,2\n");  // at another time, so it is looked at again
  EXPECT_EQ(bytes_of(digest_of("1,2\n")), "1,2\n");
  objects_->remove("bucket", "a.csv");
  EXPECT_EQ(bytes_of(digest_of("1,2\n")), "gone");
}

TEST_F(ArtifactsTest, AnotherObjectOfTheSameBytesTakesThePlaceOfOneThatIsGone) {
  for (const char* key : {"a", "b"}) {
    put_object(key, "same");
    artifacts_->table().record(artifacts_->look_at("bucket", key), now_);
    now_.ms += 1;
  }
  objects_->remove("bucket", "b");
  EXPECT_EQ(bytes_of(digest_of("same")), "same");
}

TEST_F(ArtifactsTest, AnObjectThatWasSeenBeforeIsNotReadAgain) {
  put_object("a", "first");
  SeenArtifact seen = artifacts_->look_at("bucket", "a");
  seen.facts.digest = "sha256:" + std::string(64, '0');  // as only the table has it
  artifacts_->table().record(seen, now_);
  EXPECT_EQ(artifacts_->look_at("bucket", "a").facts.digest, seen.facts.digest);
  put_object("a", "other");
  EXPECT_EQ(artifacts_->look_at("bucket", "a").facts.digest, digest_of("other"));
}

TEST_F(ArtifactsTest, NamesTellMediaTypesWhereNobodyDoes) {
  EXPECT_EQ(media_type_of("m/model.tar.gz", ""), "application/gzip");
  EXPECT_EQ(media_type_of("a.csv", "binary/octet-stream"), "text/csv");
  EXPECT_EQ(media_type_of("a.csv", "text/plain"), "text/plain");
  EXPECT_EQ(media_type_of("a", ""), kAnyMediaType);
}

}  // namespace
}  // namespace pawl::engine
