#include "engine/ml/glue_jobs.h"

#include "engine/ml/documents.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class GlueRun : public MlTest {
 protected:
  void make_job(const std::string& name, const std::string& script, Json more = Json::object()) {
    objects_->put("bucket", name + ".py", script, {});
    Json request = {
        {"Name", name},
        {"Role", kRole},
        {"Command", {{"Name", "pythonshell"}, {"ScriptLocation", "s3://bucket/" + name + ".py"}}}};
    for (const auto& [member, value] : more.items()) request[member] = value;
    services_->glue.create_job(request);
  }
  std::string start(const std::string& job,
                    const std::string& owner = "",
                    Json arguments = Json::object()) {
    return text_of(services_->glue.start_run({{"JobName", job}, {"Arguments", arguments}}, owner),
                   "JobRunId");
  }
  Json end_of_run(const std::string& job, const std::string& run) {
    auto ended = std::make_shared<std::promise<Json>>();
    services_->glue.watch(job, run, [ended](const Json& document) { ended->set_value(document); });
    return wait(ended->get_future());
  }
};

TEST_F(GlueRun, GetsDefaultAndOwnArgumentsMerged) {
  make_job("args",
           "import sys\nfrom awsglue.utils import getResolvedOptions\n"
           "o = getResolvedOptions(sys.argv, ['JOB_NAME', 'A', 'B'])\n"
           "assert (o['JOB_NAME'], o['A'], o['B']) == ('args', 'default', 'own'), o\n",
           {{"DefaultArguments", {{"--A", "default"}, {"--B", "default"}}}});
  EXPECT_EQ(text_of(end_of_run("args", start("args", "", {{"--B", "own"}})), "JobRunState"),
            "SUCCEEDED");
}

TEST_F(GlueRun, ThatRaisesFailsWithItsLastWords) {
  make_job("raise", "raise ValueError('no such column')\n");
  const Json run = end_of_run("raise", start("raise"));
  EXPECT_EQ(text_of(run, "JobRunState"), "FAILED");
  EXPECT_EQ(text_of(run, "ErrorMessage"), "ValueError: no such column");
}

TEST_F(GlueRun, OfAMissingScriptFailsAndNamesIt) {
  make_job("gone", "pass\n");
  objects_->remove("bucket", "gone.py");
  const Json run = end_of_run("gone", start("gone"));
  EXPECT_EQ(text_of(run, "ErrorMessage"), "s3://bucket/gone.py does not exist or cannot be read.");
}

TEST_F(GlueRun, BeyondMaxConcurrentRunsIsRefusedAndStoppingMakesRoom) {
  make_job("slow", "import time\ntime.sleep(600)\n");
  const std::string run = start("slow");
  try {
    start("slow");
    FAIL() << "a second run was started";
  } catch (const ServiceError& error) {
    EXPECT_EQ(error.type, "ConcurrentRunsExceededException");
  }
  const Json stopped = services_->glue.stop_runs(
      {{"JobName", "slow"}, {"JobRunIds", Json::array({run, "jr_none"})}});
  EXPECT_EQ(stopped.at("SuccessfulSubmissions").size(), 1U);
  EXPECT_EQ(stopped.at("Errors")[0].at("ErrorDetail").at("ErrorCode"), "EntityNotFoundException");
  EXPECT_EQ(text_of(end_of_run("slow", run), "JobRunState"), "STOPPED");
}

TEST_F(GlueRun, OfTheSameTaskIsStartedOnce) {
  make_job("once", "pass\n", {{"ExecutionProperty", {{"MaxConcurrentRuns", 5}}}});
  const std::string first = start("once", "execution#4");
  EXPECT_EQ(start("once", "execution#4"), first);
  EXPECT_NE(start("once", "execution#9"), first);
  end_of_run("once", first);
}

TEST_F(GlueRun, ThatFailsIsTriedAgainAsOftenAsTheJobSays) {
  make_job("again", "raise SystemExit(1)\n", {{"MaxRetries", 1}});
  const std::string run = start("again");
  EXPECT_EQ(text_of(end_of_run("again", run), "JobRunState"), "FAILED");
  EXPECT_EQ(text_of(end_of_run("again", run + "_attempt_1"), "PreviousRunId"), run);
}

}  // namespace
}  // namespace pawl::engine
