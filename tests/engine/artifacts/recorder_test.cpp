#include "engine/artifacts/recorder.h"

#include "tests/engine/artifacts/artifacts_fixture.h"

namespace pawl::engine {
namespace {

class Recorder : public ArtifactsTest {
 protected:
  std::vector<ArtifactRow> consumed_by(const std::string& job) {
    return artifacts_->table().list(where(&ListQuery::consumer, job));
  }
  std::string list_of_objects(std::size_t count) {
    std::vector<std::string> lines;
    LineageRecorder::Channel channel{"train", {}};
    for (std::size_t i = 0; i < count; ++i) {
      LineageRecorder::Taken taken;
      taken.bucket = "bucket";
      taken.info.key = std::to_string(i);
      taken.info.size = i;
      taken.info.etag = "e";
      channel.objects.push_back(std::move(taken));
      lines.push_back("s3://bucket/" + std::to_string(i) + "," + std::to_string(i) + ",e\n");
    }
    recorder_->job_took(job_node("training/many", ""), {channel});
    std::sort(lines.begin(), lines.end());
    std::string text = "uri,size,etag\n";
    for (const std::string& line : lines) text += line;
    return text;
  }
};

TEST_F(Recorder, AJobHasReadTheObjectsOfItsChannelsAndMadeOthers) {
  const auto data = put_object("in/a.csv", "1\n");
  const auto test = put_object("test/a.csv", "1\n");  // the same bytes in another channel
  put_object("out/model.tar.gz", "model");
  const LineageNode job = job_node("training/j", "arn:aws:states:r:a:execution:M:x#3");
  recorder_->job_took(job, {{"train", {data}}, {"test", {test}}});
  recorder_->job_made(job, {{"model", "bucket", "out/model.tar.gz"}});
  const auto read = consumed_by("training/j");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].facts.digest, digest_of("1\n"));
  EXPECT_EQ(artifacts_->table().neighbours(read[0].id, false, 9).size(), 2u);
  const auto made = artifacts_->table().list(where(&ListQuery::producer, "training/j"));
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].facts.digest, digest_of("model"));
  EXPECT_EQ(made[0].uri, "s3://bucket/out/model.tar.gz");
  EXPECT_EQ(made[0].execution_arn, "arn:aws:states:r:a:execution:M:x");
}

TEST_F(Recorder, AJobThatIsToldOfAgainHasTheSameRows) {
  const auto data = put_object("in/a.csv", "1\n");
  for (int i = 0; i < 3; ++i) {
    recorder_->job_took(job_node("training/j", ""), {{"train", {data}}});
    open();
    now_.ms += 1;
  }
  EXPECT_EQ(artifacts_->table().list({}).size(), 1u);
  EXPECT_EQ(artifacts_->table().neighbours(consumed_by("training/j")[0].id, false, 9).size(), 1u);
}

TEST_F(Recorder, AnObjectThatIsAnotherOrGoneSinceTheJobGotItIsLeftOut) {
  const auto same = put_object("in/same", "same");
  const auto other = put_object("in/other", "before");
  const auto gone = put_object("in/gone", "gone");
  put_object("in/other", "after");
  objects_->remove("bucket", "in/gone");
  recorder_->job_took(job_node("training/j", ""), {{"train", {same, other, gone}}});
  recorder_->job_made(job_node("training/j", ""), {{"model", "bucket", "never/made"}});
  const auto read = consumed_by("training/j");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].facts.digest, digest_of("same"));
}

TEST_F(Recorder, AChannelOfVeryManyObjectsIsTheSortedListOfThem) {
  const std::string list = list_of_objects(LineageRecorder::kSinglyMax + 1);
  const auto read = consumed_by("training/many");
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].facts.media_type, "text/csv");
  EXPECT_EQ(bytes_of(read[0].facts.digest), list);
  EXPECT_EQ(files_kept(), 1u);
}

TEST_F(Recorder, AModelIsMadeFromWhatItsDataWasWhenItWasMade) {
  put_object("model.tar.gz", "model");
  const LineageNode model = made_node(NodeKind::kModel, "m", now_, "");
  EXPECT_FALSE(recorder_->knows(model));
  recorder_->model_made(model, {"s3://bucket/model.tar.gz"});
  EXPECT_TRUE(recorder_->knows(model));
  const auto artifact = artifacts_->table().find(digest_of("model"));
  ASSERT_TRUE(artifact);
  const auto models = artifacts_->table().neighbours(artifact->id, false, 9);
  ASSERT_EQ(models.size(), 1u);
  EXPECT_EQ(models[0].node.name, "m");
}

TEST_F(Recorder, DataThatWasWrittenAfterTheModelWasMadeIsNotWhatItWasMadeFrom) {
  put_object("model.tar.gz", "later");
  const LineageNode old = made_node(NodeKind::kModel, "m", {1'000}, "");
  recorder_->model_made(old, {"s3://bucket/model.tar.gz", "s3://bucket/missing", "no uri"});
  EXPECT_TRUE(recorder_->knows(old));
  EXPECT_FALSE(artifacts_->table().find(digest_of("later")));
}

}  // namespace
}  // namespace pawl::engine
