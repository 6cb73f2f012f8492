#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "engine/objects/object_store.h"
#include "tests/engine/objects/temporary_folder.h"

namespace pawl::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LocalObjectsTest : public testing::Test {
 protected:
  void put(const std::string& key, const std::string& bytes) { store->put("data", key, bytes, {}); }
  std::string file(const std::string& name) { return folder / ("objects/data/" + name); }

  std::vector<std::string> keys(const std::string& prefix = "", std::size_t page = 1000) {
    std::vector<std::string> all;
    std::string after;
    do {
      const ObjectListing listing = store->list("data", prefix, "", after, page);
      for (const ObjectInfo& object : listing.objects) all.push_back(object.key);
      after = listing.next;
    } while (!after.empty());
    return all;
  }

  std::string code(const std::function<void()>& call) {
    try {
      call();
    } catch (const ObjectError& error) {
      return error.code;
    }
    return "";
  }

  void reopen() { store = open_local_objects(folder / "objects"); }

  TemporaryFolder folder;
  std::unique_ptr<ObjectStore> store = [this] {
    auto opened = open_local_objects(folder / "objects");
    opened->create_bucket("data");
    return opened;
  }();
};

TEST_F(LocalObjectsTest, AnObjectIsAPlainFileAtItsKey) {
  put("train/part-0.csv", "1,2\n");
  EXPECT_EQ(read_text(file("train/part-0.csv")), "1,2\n");
  EXPECT_EQ(store->local_file("data", "train/part-0.csv"), file("train/part-0.csv"));
}

TEST_F(LocalObjectsTest, MetadataSurvivesReopening) {
  store->put(
      "data", "a", "x", {"text/csv", {{"owner", "ann"}}, {{"cache-control", "no-store"}}, {}});
  reopen();
  const std::optional<ObjectInfo> info = store->head("data", "a");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->content_type, "text/csv");
  EXPECT_EQ(info->metadata.at("owner"), "ann");
  EXPECT_EQ(info->headers.at("cache-control"), "no-store");
  EXPECT_EQ(info->etag, "9dd4e461268c8034f5c8564e155c67a6");
}

TEST_F(LocalObjectsTest, AFileDroppedByHandIsAnObject) {
  write_text(file("drop/in.txt"), "x");
  const std::optional<ObjectInfo> info = store->head("data", "drop/in.txt");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->etag, "9dd4e461268c8034f5c8564e155c67a6");
  EXPECT_EQ(store->head("data", "drop/in.txt")->etag, info->etag);
  EXPECT_THAT(keys(), ElementsAre("drop/in.txt"));
}

TEST_F(LocalObjectsTest, AFileChangedByHandGetsANewEtag) {
  put("a", "old");
  const std::string before = store->head("data", "a")->etag;
  write_text(file("a"), "edited");
  EXPECT_NE(store->head("data", "a")->etag, before);
  EXPECT_EQ(store->get("data", "a"), "edited");
}

// What a crash between the side file and the rename leaves: the old bytes with the records of both.
TEST_F(LocalObjectsTest, ACrashBeforeTheRenameKeepsTheOldObjectWhole) {
  store->put("data", "a", "old", {"text/old", {}, {}, {}});
  std::filesystem::create_hard_link(file("a"), folder / "kept");
  store->put("data", "a", "new", {"text/new", {}, {}, {}});
  EXPECT_EQ(store->head("data", "a")->content_type, "text/new");
  std::filesystem::rename(folder / "kept", file("a"));
  EXPECT_EQ(store->get("data", "a"), "old");
  EXPECT_EQ(store->head("data", "a")->content_type, "text/old");
}

TEST_F(LocalObjectsTest, KeysThatAreNoPathsStillWork) {
  const std::string longest(300, 'x');
  const std::vector<std::string> odd = {"a",
                                        "a/b",
                                        "a/",
                                        "a//b",
                                        "/lead",
                                        "..",
                                        "../../up",
                                        "./x",
                                        "%",
                                        "%41",
                                        "50%",
                                        "%+a",
                                        "%#a",
                                        "dir/.",
                                        longest,
                                        longest + "/y",
                                        "\xc3\xa9/\xe2\x82\xac",
                                        "a b+c&d",
                                        "x/%/%",
                                        std::string(20, '/') + "deep"};
  for (const std::string& key : odd) put(key, "<" + key + ">");
  reopen();
  for (const std::string& key : odd) EXPECT_EQ(store->get("data", key), "<" + key + ">") << key;
  std::vector<std::string> sorted = odd;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(keys(), sorted);
  EXPECT_EQ(keys("", 1), sorted);
  for (const std::string& key : odd) store->remove("data", key);
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_EQ(code([&] { store->delete_bucket("data"); }), "");
  EXPECT_FALSE(std::filesystem::exists(folder / "up"));
}

TEST_F(LocalObjectsTest, AnObjectMakesWayForAFolderAndKeepsItsMetadata) {
  store->put("data", "a", "leaf", {"text/leaf", {}, {}, {}});
  put("a/b", "below");
  EXPECT_EQ(store->head("data", "a")->content_type, "text/leaf");
  store->put("data", "a", "again", {});
  EXPECT_EQ(store->get("data", "a"), "again");
  store->remove("data", "a/b");
  EXPECT_EQ(store->get("data", "a"), "again");
  EXPECT_THAT(keys(), ElementsAre("a"));
}

TEST_F(LocalObjectsTest, ListingIsInByteOrderAcrossFolders) {
  for (const char* key : {"a/z", "a-b", "a0", "a", "B", "\xc3\xa9", "a/b/c"}) put(key, "");
  EXPECT_THAT(keys(), ElementsAre("B", "a", "a-b", "a/b/c", "a/z", "a0", "\xc3\xa9"));
  EXPECT_THAT(keys("a/"), ElementsAre("a/b/c", "a/z"));
  EXPECT_THAT(keys("a/b"), ElementsAre("a/b/c"));
}

TEST_F(LocalObjectsTest, DelimiterGroupsAndPagesContinueBehindAGroup) {
  for (const char* key : {"a/1", "a/2", "b", "c/1", "c/d/2", "e"}) put(key, "");
  std::vector<std::string> seen;
  std::string after;
  do {
    const ObjectListing page = store->list("data", "", "/", after, 1);
    for (const ObjectInfo& object : page.objects) seen.push_back(object.key);
    for (const std::string& prefix : page.common_prefixes) seen.push_back(prefix);
    EXPECT_LE(page.objects.size() + page.common_prefixes.size(), 1U);
    after = page.next;
  } while (!after.empty());
  EXPECT_THAT(seen, ElementsAre("a/", "b", "c/", "e"));
  EXPECT_THAT(store->list("data", "c/", "/", "", 10).common_prefixes, ElementsAre("c/d/"));
}

TEST_F(LocalObjectsTest, EmptyFoldersAreNoObjectsAndNoObstacle) {
  std::filesystem::create_directories(file("empty/er"));
  EXPECT_THAT(store->list("data", "", "/", "", 10).common_prefixes, IsEmpty());
  put("x", "1");
  EXPECT_EQ(code([&] { store->delete_bucket("data"); }), "BucketNotEmpty");
  store->remove("data", "x");
  store->delete_bucket("data");
  EXPECT_FALSE(store->has_bucket("data"));
}

TEST_F(LocalObjectsTest, AnOpenObjectKeepsItsBytesWhileItIsReplaced) {
  put("a", "first");
  const ObjectFile open = store->open("data", "a");
  put("a", "second one");
  EXPECT_EQ(read_text(open.path), "first");
  EXPECT_EQ(open.info.size, 5U);
}

TEST_F(LocalObjectsTest, ConditionalWritesAreRefusedUntouched) {
  put("a", "1");
  ObjectStore::PutOptions options;
  options.condition.absent = true;
  EXPECT_EQ(code([&] { store->put("data", "a", "2", options); }), "PreconditionFailed");
  options.condition = {false, "0123"};
  EXPECT_EQ(code([&] { store->put("data", "a", "2", options); }), "PreconditionFailed");
  EXPECT_EQ(code([&] { store->put("data", "none", "2", options); }), "NoSuchKey");
  EXPECT_EQ(store->get("data", "a"), "1");
  options.condition.etag = store->head("data", "a")->etag;
  store->put("data", "a", "2", options);
  EXPECT_EQ(store->get("data", "a"), "2");
}

TEST_F(LocalObjectsTest, OnlyOneOfManyCreateOnlyWritersWins) {
  std::atomic<int> wins{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      ObjectStore::PutOptions options;
      options.condition.absent = true;
      if (code([&] { store->put("data", "race/x", std::to_string(i), options); }).empty()) ++wins;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wins, 1);
}

TEST_F(LocalObjectsTest, WritersAndDeletersOfOneFolderDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string key = t == 0 ? "f" : "f/" + std::to_string(t);
      for (int i = 0; i < 20; ++i) {
        put(key, "v" + std::to_string(i));
        EXPECT_EQ(store->get("data", key), "v" + std::to_string(i));
        store->remove("data", key);
        EXPECT_FALSE(store->head("data", key));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(keys(), IsEmpty());
}

TEST_F(LocalObjectsTest, UploadsSurviveReopeningAndJoinInOrder) {
  const std::string id = store->start_upload("data", "big", {"text/big", {{"k", "v"}}, {}, {}});
  const std::string first = store->put_part_bytes(id, 1, std::string(kPartBytesMin, 'a'));
  store->put_part_bytes(id, 2, "wrong");
  reopen();
  const std::string second = store->put_part_bytes(id, 2, "tail");
  ASSERT_EQ(store->parts(id).size(), 2U);
  EXPECT_EQ(store->parts(id)[1].size, 4U);
  const ObjectInfo info = store->complete_upload(id, {{1, first}, {2, second}});
  EXPECT_EQ(info.size, kPartBytesMin + 4);
  EXPECT_TRUE(info.etag.ends_with("-2"));
  EXPECT_EQ(store->get("data", "big").substr(kPartBytesMin - 1), "atail");
  EXPECT_EQ(store->head("data", "big")->content_type, "text/big");
  EXPECT_EQ(store->head("data", "big")->etag, info.etag);
  EXPECT_EQ(code([&] { store->parts(id); }), "NoSuchUpload");
}

TEST_F(LocalObjectsTest, WrongPartsAreRefusedByName) {
  const std::string id = store->start_upload("data", "big", {});
  const std::string a = store->put_part_bytes(id, 1, "small");
  const std::string b = store->put_part_bytes(id, 2, "tail");
  EXPECT_EQ(code([&] { store->complete_upload(id, {{1, a}, {2, b}}); }), "EntityTooSmall");
  EXPECT_EQ(code([&] { store->complete_upload(id, {{2, b}, {1, a}}); }), "InvalidPartOrder");
  EXPECT_EQ(code([&] { store->complete_upload(id, {{1, b}}); }), "InvalidPart");
  EXPECT_EQ(code([&] { store->complete_upload(id, {{3, b}}); }), "InvalidPart");
  EXPECT_EQ(code([&] { store->put_part_bytes("../../etc", 1, ""); }), "NoSuchUpload");
  store->abort_upload(id);
  EXPECT_THAT(store->uploads("data"), IsEmpty());
}

TEST_F(LocalObjectsTest, NamesAndKeysAreChecked) {
  for (const char* name :
       {"ab", "Abc", "a..b", "-abc", "192.168.0.1", "xn--abc", "a_b", "abc-s3alias"}) {
    EXPECT_EQ(code([&] { store->create_bucket(name); }), "InvalidBucketName") << name;
  }
  EXPECT_EQ(code([&] { store->put("none", "k", "", {}); }), "NoSuchBucket");
  EXPECT_EQ(code([&] { store->put("..", "k", "", {}); }), "NoSuchBucket");
  EXPECT_EQ(code([&] { store->get(".pawl", "tmp"); }), "NoSuchBucket");
  EXPECT_EQ(code([&] { put(std::string(1025, 'k'), ""); }), "KeyTooLongError");
  EXPECT_EQ(code([&] { put("\xff", ""); }), "InvalidURI");
  put(std::string(1024, 'k'), "");
  put(std::string(500, '%') + "/" + std::string(523, '%'), "");
  EXPECT_EQ(keys().size(), 2U);
}

TEST(S3Uri, SplitsBucketAndKey) {
  EXPECT_EQ(parse_s3_uri("s3://b/a/c")->key, "a/c");
  EXPECT_EQ(parse_s3_uri("s3://b")->bucket, "b");
  EXPECT_EQ(parse_s3_uri("s3://b")->key, "");
  EXPECT_FALSE(parse_s3_uri("s3:///x"));
  EXPECT_FALSE(parse_s3_uri("http://b/x"));
}

}  // namespace
}  // namespace pawl::engine
