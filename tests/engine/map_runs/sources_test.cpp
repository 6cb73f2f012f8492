// Where items come from: objects, listings, manifests; and what is kept of them.
#include "engine/map_runs/sources.h"

#include "engine/map_runs/spool.h"
#include "tests/engine/map_runs/item_files.h"

namespace pawl::engine {
namespace {

using asl::Json;
using testing::TemporaryFolder;
using testing::texts;
using Lines = std::vector<std::string>;

class Sources : public ::testing::Test {
 protected:
  Sources() : store_(open_local_objects(folder_.path() + "/objects")) {
    store_->create_bucket("bucket");
    objects_ = local_map_objects(*store_, "123456789012");
  }

  void put(const std::string& key, const std::string& bytes) {
    store_->put("bucket", key, bytes, {.content_type = "", .metadata = {}});
  }
  Lines read(const std::string& action, const Json& request, const Json& config) {
    try {
      const auto source = open_source(*objects_, {action, request, config, {}});
      return texts(*source);
    } catch (const ReaderFault& fault) {
      return {std::string("! ") + fault.what()};
    } catch (const ObjectError& error) {
      return {"! " + error.code};
    }
  }

  TemporaryFolder folder_;
  std::unique_ptr<ObjectStore> store_;
  std::unique_ptr<MapObjects> objects_;
};

TEST_F(Sources, ListingGivesEveryObjectOfEveryPage) {
  for (int i = 0; i < 1'100; ++i) put("in/" + std::to_string(10'000 + i), "x");
  put("other", "x");
  const auto source =
      open_source(*objects_, {"listObjectsV2", {{"Bucket", "bucket"}, {"Prefix", "in/"}}, {}, {}});
  const auto first = source->next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->value.at("Key"), "in/10000");
  EXPECT_EQ(first->value.at("Size"), 1);
  EXPECT_EQ(first->value.at("Etag"), "\"9dd4e461268c8034f5c8564e155c67a6\"");
  EXPECT_TRUE(first->value.at("LastModified").is_number_integer());
  EXPECT_EQ(first->source, "S3://bucket");
  EXPECT_EQ(texts(*source).size(), 1'099U);
}

TEST_F(Sources, ListingCanBeLoadedAndFlattened) {
  put("in/a.jsonl", "1\n2\n");
  put("in/b.jsonl", "");
  put("in/c.jsonl", "3\n");
  EXPECT_EQ(read("listObjectsV2",
                 {{"Bucket", "bucket"}, {"Prefix", "in/"}},
                 {{"InputType", "JSONL"}, {"Transformation", "LOAD_AND_FLATTEN"}}),
            (Lines{"1", "2", "3"}));
}

TEST_F(Sources, InventoryNamesColumnsByItsSchema) {
  put("inv/data/1.csv", "\"bucket\",\"a.txt\",\"5\"\n\"bucket\",\"b.txt\",\"6\"\n");
  put("inv/manifest.json",
      R"({"sourceBucket": "s", "destinationBucket": "arn:aws:s3:::bucket", "fileFormat": "CSV",
          "fileSchema": "Bucket, Key, Size", "files": [{"key": "inv/data/1.csv", "size": 9}]})");
  EXPECT_EQ(read("getObject",
                 {{"Bucket", "bucket"}, {"Key", "inv/manifest.json"}},
                 {{"InputType", "MANIFEST"}}),
            (Lines{R"({"Bucket":"bucket","Key":"a.txt","Size":"5"})",
                   R"({"Bucket":"bucket","Key":"b.txt","Size":"6"})"}));
}

TEST_F(Sources, AthenaManifestLeadsToItsFiles) {
  put("out/1.jsonl", "1\n");
  put("out/2.jsonl", "2\n");
  put("out/manifest.csv", "s3://bucket/out/1.jsonl\ns3://bucket/out/2.jsonl\n");
  EXPECT_EQ(read("getObject",
                 {{"Bucket", "bucket"}, {"Key", "out/manifest.csv"}},
                 {{"InputType", "JSONL"}, {"ManifestType", "ATHENA_DATA"}}),
            (Lines{"1", "2"}));
}

TEST_F(Sources, BucketOfAnotherAccountIsNotRead) {
  put("o.json", "[1]");
  const Json mine = {{"ExpectedBucketOwner", "123456789012"}};
  const Json theirs = {{"ExpectedBucketOwner", "210987654321"}};
  Json request = {{"Bucket", "bucket"}, {"Key", "o.json"}};
  EXPECT_EQ(read("getObject", request, mine), Lines{"1"});
  EXPECT_EQ(read("getObject", request, theirs), Lines{"! AccessDenied"});
  EXPECT_EQ(read("listObjectsV2", {{"Bucket", "bucket"}}, theirs), Lines{"! AccessDenied"});
  EXPECT_EQ(read("listObjectsV2",
                 {{"Bucket", "bucket"}},
                 {{"Transformation", "LOAD_AND_FLATTEN"}, {"ExpectedBucketOwner", "123456789012"}}),
            Lines{"1"});
  request.update(theirs);
  EXPECT_EQ(read("getObject", request, mine), Lines{"! AccessDenied"});
}

TEST_F(Sources, ObjectWithoutVersionsIsItsVersionNull) {
  put("o.json", "[1]");
  Json request = {{"Bucket", "bucket"}, {"Key", "o.json"}, {"VersionId", "null"}};
  EXPECT_EQ(read("getObject", request, Json::object()), Lines{"1"});
  request["VersionId"] = "3sL4kqtJlcpXroDTDmJ";
  EXPECT_EQ(read("getObject", request, Json::object()), Lines{"! InvalidArgument"});
}

TEST_F(Sources, WithoutABucketThereIsNothingToRead) {
  EXPECT_EQ(read("getObject", {{"Key", "k"}}, Json::object()),
            Lines{"! The ItemReader's parameters have no Bucket."});
}

TEST_F(Sources, SpoolGivesBackWhatWentIn) {
  put("o.json", R"({"k": {"a": [1]}, "l": "x\ny"})");
  const std::string path = folder_.path() + "/items";
  const std::atomic<bool> stopping{false};
  const auto source =
      open_source(*objects_, {"getObject", {{"Bucket", "bucket"}, {"Key", "o.json"}}, {}, {}});
  EXPECT_EQ(spool_items(path, *source, 0, stopping), 2);
  const auto spooled = read_spool(path);
  const auto first = spooled->next();
  EXPECT_EQ(first->key, "k");
  EXPECT_EQ(first->source, "S3://bucket/o.json");
  EXPECT_EQ(texts(*spooled), Lines{R"(l="x\ny")"});
}

TEST_F(Sources, SpoolIsNotThereBeforeItIsWhole) {
  put("b.json", "[1, 2, oops]");
  const std::string path = folder_.path() + "/items";
  const std::atomic<bool> stopping{false};
  const auto source =
      open_source(*objects_, {"getObject", {{"Bucket", "bucket"}, {"Key", "b.json"}}, {}, {}});
  EXPECT_THROW(spool_items(path, *source, 0, stopping), ReaderFault);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(spool_items(path, *items_of_payload(asl::Payload::of_text("[1,2,3]")), 2, stopping), 2);
  EXPECT_EQ(texts(*read_spool(path)), (Lines{"1", "2"}));
}

}  // namespace
}  // namespace pawl::engine
