// What real jobs, models and endpoints leave in the lineage.
#include <set>

#include "engine/artifacts/lineage.h"
#include "engine/ml/documents.h"
#include "tests/engine/ml/endpoint_fixture.h"

namespace pawl::engine {
namespace {

using Texts = std::set<std::string>;

class MlLineage : public EndpointTest {
 protected:
  MlLineage() { trace(); }
  ~MlLineage() override { executor_->stop(); }  // what it still does uses what goes now

  // Of the server that is open.
  void trace() {
    artifacts_ = std::make_unique<Artifacts>(Artifacts::Surroundings{
        store_->artifacts(), *objects_, folder_ + "/artifacts", [] { return now(); }});
    lineage_ = std::make_unique<LineageRecorder>(
        *artifacts_, [this](std::function<void()> task) { executor_->post(std::move(task)); });
    context_->lineage = lineage_.get();
  }
  ArtifactTable& table() { return store_->artifacts(); }
  std::string digest_at(const std::string& key) {
    return artifact_digest_of_file(objects_->local_file("bucket", key));
  }
  // "ROLE KIND NAME DISTANCE", artifacts without a name.
  Texts around(const std::string& digest) {
    const auto row = table().find(digest);
    if (!row) return {"unknown"};
    LineageNode root;
    root.id = row->id;
    root.name = digest;
    Texts all;
    for (const LineageGraph::Found& found : lineage_of(table(), root, {.depth = 3}).nodes) {
      const bool is_artifact = found.node.kind == NodeKind::kArtifact;
      all.insert(std::string(to_string(found.node.kind)) + " " +
                 (is_artifact ? "" : found.node.name + " ") + std::to_string(found.distance));
    }
    return all;
  }
  Json model_request(const std::string& name, const std::string& uri) {
    return {{"ModelName", name},
            {"PrimaryContainer", {{"Image", "test/serve:1"}, {"ModelDataUrl", uri}}},
            {"ExecutionRoleArn", kRole}};
  }
  static constexpr const char* kModelKey = "out/good/output/model.tar.gz";
  static constexpr const char* kModelUri = "s3://bucket/out/good/output/model.tar.gz";

  std::unique_ptr<Artifacts> artifacts_;
  std::unique_ptr<LineageRecorder> lineage_;
};

TEST_F(MlLineage, LeadsFromADatasetOverAJobAndAModelToAnEndpoint) {
  const std::string owner = "arn:aws:states:us-east-1:123456789012:execution:M:x#1";
  services_->training_jobs.create(training_request("good", "test/good:1"), owner);
  end_of("good");
  const std::string data = digest_at("train/a.csv");
  const std::string model = digest_at(kModelKey);
  EXPECT_EQ(around(data), (Texts{"artifact 0", "job training/good 1", "artifact 2"}));
  EXPECT_EQ(table().find(model)->execution_arn, owner.substr(0, owner.find('#')));
  EXPECT_EQ(table().find(model)->facts.media_type, "application/gzip");
  services_->models.create(model_request("m", kModelUri), "");
  EXPECT_TRUE(eventually([&] { return around(data).contains("model m 3"); }));
  services_->endpoint_configs.create(
      {{"EndpointConfigName", "c"},
       {"ProductionVariants",
        Json::array({{{"VariantName", "all"}, {"ModelName", "m"}, {"InitialInstanceCount", 1}}})}},
      "");
  services_->endpoints.create({{"EndpointName", "e"}, {"EndpointConfigName", "c"}}, "");
  EXPECT_EQ(text_of(settled("e"), "EndpointStatus"), "InService");
  EXPECT_EQ(
      around(model),
      (Texts{"artifact 0", "job training/good -1", "artifact -2", "model m 1", "endpoint e 2"}));
}

TEST_F(MlLineage, AJobThatFailsHasReadItsDataAndMadeNothing) {
  services_->training_jobs.create(training_request("bad", "test/bad:1"), "");
  end_of("bad");
  EXPECT_EQ(around(digest_at("train/a.csv")), (Texts{"artifact 0", "job training/bad 1"}));
}

TEST_F(MlLineage, AJobThatGoesOnInTheNextServerIsRecordedOnce) {
  Json request = training_request("survivor", "test/slow:1");
  request["StoppingCondition"]["MaxRuntimeInSeconds"] = 3;
  services_->training_jobs.create(request, "");
  while (!jobs_->exists(TrainingJobs::job_id("survivor"))) std::this_thread::yield();
  close();
  open();
  trace();
  services_->recover();
  end_of("survivor");
  const std::string data = digest_at("train/a.csv");
  EXPECT_EQ(around(data), (Texts{"artifact 0", "job training/survivor 1", "artifact 2"}));
  ArtifactTable::Query made;
  made.producer = "training/survivor";
  EXPECT_EQ(table().list(made).size(), 1u);
}

TEST_F(MlLineage, AModelThatNobodyNotedIsNotedByTheNextServer) {
  context_->lineage = nullptr;
  services_->training_jobs.create(training_request("good", "test/good:1"), "");
  end_of("good");
  services_->models.create(model_request("m", kModelUri), "");
  close();
  open();
  trace();
  services_->recover();
  EXPECT_TRUE(eventually([&] {
    return around(digest_at(kModelKey)) == Texts{"artifact 0", "model m 1"};
  }));
}

TEST_F(MlLineage, OfAGlueRunItsScriptIsKnown) {
  objects_->put("bucket", "etl.py", "print('done')\n", {});
  services_->glue.create_job(
      {{"Name", "etl"},
       {"Role", kRole},
       {"Command", {{"Name", "pythonshell"}, {"ScriptLocation", "s3://bucket/etl.py"}}}});
  const std::string run = text_of(services_->glue.start_run({{"JobName", "etl"}}, ""), "JobRunId");
  EXPECT_TRUE(eventually([&] { return around(digest_at("etl.py")).size() == 2; }));
  EXPECT_EQ(around(digest_at("etl.py")), (Texts{"artifact 0", "job glue/" + run + " 1"}));
  EXPECT_TRUE(eventually(
      [&] { return text_of(services_->glue.get_run("etl", run), "JobRunState") == "SUCCEEDED"; }));
}

}  // namespace
}  // namespace pawl::engine
