// Jobs for people: lists, beginnings, ends.
#include "tests/engine/server/ml_rest_fixture.h"

namespace pawl::engine {
namespace {

class Jobs : public MlRest {
 protected:
  Json training(const std::string& name, const char* status = "Completed") {
    return {{"TrainingJobName", name}, {"TrainingJobStatus", status}};
  }
  std::string ids(const Json& page) {
    std::string all;
    for (const Json& item : page.at("items")) all += item.at("id").get<std::string>() + " ";
    return all;
  }
  Json start_training(const std::string& name, const std::string& image, int status = 201) {
    Json body = training_request(name, image);
    body["kind"] = "training";
    return post("/jobs", body, status);
  }
};

TEST_F(Jobs, OfAllKindsAreListedNewestFirstInPagesThatStayWhenRecordsGo) {
  insert("training-job", "t1", 1000, training("t1"));
  insert("glue-job-run", "j/g2", 2000, {{"Id", "g2"}, {"JobName", "j"}, {"JobRunState", "FAILED"}});
  insert("training-job", "t2", 2000, training("t2"));
  insert("training-job", "t3", 2000, training("t3"));
  insert("endpoint", "e3", 3000, {{"EndpointName", "e3"}, {"EndpointStatus", "InService"}});
  EXPECT_EQ(ids(get("/jobs")), "endpoint/e3 training/t3 training/t2 glue/g2 training/t1 ");
  std::string all;
  Json page = get("/jobs?pageSize=1");
  all += ids(page);
  while (page.contains("nextPageToken")) {
    // What the last page ended with may be gone before the next is asked for.
    if (all.ends_with("training/t2 ")) store_->records().remove("training-job", "t2");
    page = get("/jobs?pageSize=1&pageToken=" +
               percent_encode(page.at("nextPageToken").get<std::string>()));
    all += ids(page);
    ASSERT_LT(all.size(), 200U) << all;
  }
  EXPECT_EQ(all, "endpoint/e3 training/t3 training/t2 training/t3 glue/g2 training/t1 ")
      << "of those of one millisecond one may come again when another is gone, none is left out";
}

TEST_F(Jobs, AreFoundByKindStatusAndExecution) {
  const std::string execution = "arn:aws:states:us-east-1:123456789012:execution:m:one";
  insert("training-job", "t1", 1000, training("t1", "Failed"), execution + "#3");
  insert("training-job", "t2", 2000, training("t2"), execution + "-other#3");
  insert("glue-job-run",
         "j/g1",
         3000,
         {{"Id", "g1"}, {"JobName", "j"}, {"JobRunState", "SUCCEEDED"}, {"CompletedOn", 4000}},
         execution + "#9");
  EXPECT_EQ(ids(get("/jobs?kind=training")), "training/t2 training/t1 ");
  EXPECT_EQ(ids(get("/jobs?status=Failed")), "training/t1 ");
  EXPECT_EQ(ids(get("/jobs?kind=glue&status=FAILED")), "");
  EXPECT_EQ(pointer_of(get("/jobs?kind=nothing", 400)), "?kind");
  EXPECT_EQ(pointer_of(get("/jobs?status=Complete", 400)), "?status");
  get("/jobs?execution=m:one", 404);
  StartRequest start;
  start.info.arn = execution;
  start.info.name = "one";
  start.info.state_machine_name = "m";
  start.input = asl::Payload::of_text("{}");
  engine_.start(std::move(start), [](const auto&) {});
  EXPECT_EQ(ids(get("/jobs?execution=m:one")), "glue/g1 training/t1 ");
  const Json run = get("/jobs/glue/g1");
  EXPECT_EQ(run.at("execution"), "m:one");
  EXPECT_EQ(run.at("executionArn"), execution);
  EXPECT_EQ(run.at("endedAt"), "1970-01-01T00:00:04.000Z");
}

TEST_F(Jobs, ATrainingJobIsBegunByItsOwnRequestAndStoppedOnce) {
  const HttpResponse made = [&] {
    Json body = training_request("slow", "test/slow:1");
    body["kind"] = "training";
    return rest("POST", "/jobs", asl::to_text(body));
  }();
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/jobs/training/slow");
  EXPECT_EQ(Json::parse(made.body).at("status"), "InProgress");
  EXPECT_EQ(Json::parse(made.body).at("document").at("TrainingJobName"), "slow");
  EXPECT_EQ(start_training("slow", "test/slow:1", 409).at("awsErrorCode"), "ResourceInUse");
  EXPECT_TRUE(eventually([&] { return jobs_->exists("training/slow"); }));
  EXPECT_EQ(post("/jobs/training/slow:cancel", Json::object(), 202).at("status"), "Stopping");
  await_end("training/slow");
  EXPECT_EQ(get("/jobs/training/slow").at("status"), "Stopped");
  const Json late = post("/jobs/training/slow:cancel", Json::object(), 409);
  EXPECT_EQ(late.at("type"), "/docs/problems/job-has-ended");
  EXPECT_EQ(late.at("detail"), "The job training/slow has ended: it is Stopped");
}

TEST_F(Jobs, AGlueRunIsBegunAndStopped) {
  make_glue_job("sleepy", "import time\ntime.sleep(600)\n");
  const std::string id = start_glue("sleepy");
  ASSERT_TRUE(id.starts_with("glue/jr_")) << id;
  EXPECT_TRUE(eventually([&] { return jobs_->exists(id); }));
  EXPECT_EQ(post("/jobs/" + id + ":cancel", Json::object(), 202).at("status"), "STOPPING");
  await_end(id);
  const Json job = get("/jobs/" + id);
  EXPECT_EQ(job.at("status"), "STOPPED");
  EXPECT_EQ(job.at("jobName"), "sleepy");
  post("/jobs/" + id + ":cancel", Json::object(), 409);
}

TEST_F(Jobs, UnderAKeyAJobIsBegunOnceAlsoWhenTheAnswerWasLost) {
  make_glue_job("once", "print('hello')\n");
  const std::string body = R"({"kind":"glue","JobName":"once"})";
  const Headers key = header("Idempotency-Key", "k1");
  const Json first = Json::parse(rest("POST", "/jobs", body, key).body);
  const HttpResponse again = rest("POST", "/jobs", body, key);
  EXPECT_EQ(again.headers.get("Idempotency-Replayed"), "true");
  EXPECT_EQ(Json::parse(again.body).at("id"), first.at("id"));
  // As a server finds it that was killed between the deed and the answer.
  std::vector<Json> answers;
  for (int calls = 0; calls < 2; ++calls) {
    desk_.call(MlService::kGlue,
               "StartJobRun",
               {{"JobName", "once"}},
               "key:seed",
               ActionReply(
                   [&](const ActionResult& result) { answers.push_back(std::get<Json>(result)); }));
  }
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(get("/jobs").at("items").size(), 2U);
  EXPECT_FALSE(get("/jobs").at("items").at(0).contains("executionArn")) << "a key is no execution";
}

TEST_F(Jobs, WhatTheServiceRefusesIsRefusedInItsWords) {
  const Json processing = post("/jobs", {{"kind", "processing"}, {"ProcessingJobName", "p"}}, 400);
  EXPECT_EQ(processing.at("awsErrorCode"), "UnknownOperationException");
  EXPECT_EQ(processing.at("detail"),
            "The action CreateProcessingJob is not available in this version of Pawl");
  const Json incomplete = post("/jobs", {{"kind", "training"}, {"TrainingJobName", "t"}}, 400);
  EXPECT_EQ(incomplete.at("awsErrorCode"), "ValidationException");
  EXPECT_NE(incomplete.at("detail").get<std::string>().find("validation errors detected"),
            std::string::npos);
  const Json nobody = post("/jobs", {{"kind", "glue"}, {"JobName", "nobody"}}, 404);
  EXPECT_EQ(nobody.at("awsErrorCode"), "EntityNotFoundException");
  EXPECT_EQ(pointer_of(post("/jobs", {{"kind", "training"}, {"TraningJobName", "t"}}, 400)),
            "/TraningJobName");
  EXPECT_EQ(pointer_of(post("/jobs", {{"kind", "glue"}, {"TrainingJobName", "t"}}, 400)),
            "/TrainingJobName");
  EXPECT_EQ(pointer_of(post("/jobs", {{"kind", "baking"}}, 400)), "/kind");
}

TEST_F(Jobs, WhoMayRunButNotDefineBeginsGlueRunsOnly) {
  make_glue_job("job", "print('hello')\n");
  const std::string glue = R"({"kind":"glue","JobName":"job"})";
  EXPECT_EQ(rest("POST", "/jobs", glue, {}, Scope::kRun).status, 201);
  const HttpResponse refused =
      rest("POST", "/jobs", R"({"kind":"training","TrainingJobName":"t"})", {}, Scope::kRun);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Json::parse(refused.body).at("detail"),
            "Starting a job of kind training needs the scope admin");
}

TEST_F(Jobs, ThatAreNoneAreNotFoundWhateverTheirNames) {
  for (const char* name : {"training/none", "glue/none", "baking/none", "function/none"}) {
    get(std::string("/jobs/") + name, 404);
    get(std::string("/jobs/") + name + "/logs", 404);
    post(std::string("/jobs/") + name + ":cancel", Json::object(), 404);
  }
  get("/jobs/training/..%2F..%2Fetc/logs", 404);
  get("/jobs/..%2F../..%2Fpasswd/logs", 404);
  get("/jobs/training", 404);
}

TEST_F(Jobs, AnEndpointIsDeletedRatherThanCancelled) {
  insert("endpoint", "e", 1000, {{"EndpointName", "e"}, {"EndpointStatus", "InService"}});
  EXPECT_EQ(post("/jobs/endpoint/e:cancel", Json::object(), 409).at("detail"),
            "An endpoint serves until it is deleted: DELETE /api/v1/endpoints/e");
}

TEST_F(Jobs, ThatRunAreAMetric) {
  const auto metrics = [&] {
    HttpRequest request;
    request.method = "GET";
    request.path = request.target = "/metrics";
    const auto answer = std::make_shared<std::promise<HttpResponse>>();
    service_->handle(request, [answer](HttpResponse page) { answer->set_value(std::move(page)); });
    return wait(answer->get_future()).body;
  };
  EXPECT_NE(metrics().find("# TYPE pawl_jobs_running gauge\n"), std::string::npos);
  const std::string none = "pawl_jobs_running{kind=\"training\"} 0\n";
  EXPECT_NE(metrics().find(none), std::string::npos);
  start_training("slow", "test/slow:1");
  EXPECT_TRUE(eventually([&] {
    return metrics().find("pawl_jobs_running{kind=\"training\"} 1\n") != std::string::npos;
  }));
  post("/jobs/training/slow:cancel", Json::object(), 202);
  await_end("training/slow");
  EXPECT_TRUE(eventually([&] { return metrics().find(none) != std::string::npos; }));
}

}  // namespace
}  // namespace pawl::engine
