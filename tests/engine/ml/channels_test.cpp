#include "engine/ml/channels.h"

#include <algorithm>
#include <vector>

#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Channel : public MlTest {
 protected:
  static Json channel(const std::string& type, const std::string& uri) {
    return {{"DataSource", {{"S3DataSource", {{"S3DataType", type}, {"S3Uri", uri}}}}}};
  }
  // The files that the channel lays out, sorted, each followed by a space.
  std::string laid_out(const std::string& type, const std::string& uri) {
    const std::filesystem::path folder = folder_ + "/channel-" + std::to_string(++channels_);
    materialise_channel(*objects_, channel(type, uri), folder.string());
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file())
        names.push_back(entry.path().lexically_relative(folder).string());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += name + " ";
    return text;
  }
  std::string refusal(const std::string& type, const std::string& uri) {
    try {
      return "laid out " + laid_out(type, uri);
    } catch (const ChannelError& error) {
      return error.what();
    }
  }
  void put(const std::string& key, const std::string& body = "x") {
    objects_->put("bucket", key, body, {});
  }
  int channels_ = 0;
};

TEST_F(Channel, OfAFolderKeepsTheKeysBelowIt) {
  put("data/a");
  put("data/deep/b");
  put("data/deep/");
  put("other/c");
  EXPECT_EQ(laid_out("S3Prefix", "s3://bucket/data/"), "a deep/b ");
  EXPECT_EQ(laid_out("S3Prefix", "s3://bucket/data"), "a deep/b ");
}

TEST_F(Channel, OfOneObjectIsAFileOfItsName) {
  EXPECT_EQ(laid_out("S3Prefix", "s3://bucket/train/a.csv"), "a.csv ");
}

TEST_F(Channel, OfAPartOfANameTakesAllThatBeginSo) {
  put("logs/2024-01");
  put("logs/2024-02");
  put("logs/2025-01");
  EXPECT_EQ(laid_out("S3Prefix", "s3://bucket/logs/2024"), "2024-01 2024-02 ");
}

TEST_F(Channel, OfAManifestTakesWhatItLists) {
  put("set/one");
  put("set/sub/two");
  put("set/three");
  put("list.json", R"([{"prefix": "s3://bucket/set/"}, "one", "sub/two"])");
  EXPECT_EQ(laid_out("ManifestFile", "s3://bucket/list.json"), "one sub/two ");
  put("list.json", R"([{"prefix": "s3://bucket/set/"}, "four"])");
  EXPECT_NE(refusal("ManifestFile", "s3://bucket/list.json").find("s3://bucket/set/four"),
            std::string::npos);
  put("list.json", R"({"prefix": "s3://bucket/set/"})");
  EXPECT_NE(refusal("ManifestFile", "s3://bucket/list.json").find("is no manifest file"),
            std::string::npos);
}

TEST_F(Channel, WithoutObjectsOrBucketSaysWhatItLookedFor) {
  EXPECT_TRUE(refusal("S3Prefix", "s3://bucket/none/")
                  .starts_with("ClientError: Data download failed: No S3 objects found under S3 "
                               "URL \"s3://bucket/none/\""));
  EXPECT_TRUE(
      refusal("S3Prefix", "s3://nowhere/none/").starts_with("ClientError: Data download failed:"));
}

TEST_F(Channel, LetsNoManifestLeaveItsFolder) {
  put("list.json", R"([{"prefix": "s3://bucket/train/"}, "../train/a.csv"])");
  EXPECT_TRUE(refusal("ManifestFile", "s3://bucket/list.json")
                  .starts_with("ClientError: Data download failed:"));
}

}  // namespace
}  // namespace pawl::engine
