// Runs of a real server that is killed, and the commands and the script that log to them.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <thread>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

Headers key_header(const std::string& key) {
  Headers headers;
  headers.set("Idempotency-Key", key);
  return headers;
}

std::string begin_run(const ServerProcess& server) {
  const Answer made = server.post("/api/v1/runs", {{"name", "long"}});
  EXPECT_EQ(made.status, 201) << made.body;
  return "/api/v1/runs/" + made.json().at("id").get<std::string>();
}

Json one_batch(std::int64_t first, int points) {
  Json batch = Json::array();
  for (int i = 0; i < points; ++i) {
    batch.push_back({{"key", "loss"}, {"value", first + i}, {"step", first + i}});
  }
  return {{"metrics", batch}};
}

TEST(RunsOfAServer, EveryBatchThatWasAnsweredIsThereOnceAfterKill9) {
  ServerProcess server;
  constexpr int kPoints = 10;
  for (int round = 0; round < 3; ++round) {
    const std::string metrics = begin_run(server) + "/metrics";
    const auto send = [&](std::int64_t batch) {
      return server
          .post(metrics,
                one_batch(batch * kPoints, kPoints),
                key_header(std::to_string(round) + "-" + std::to_string(batch)))
          .status;
    };
    std::int64_t answered = 0;
    std::thread client([&] {
      while (send(answered) == 200) ++answered;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(200 + 100 * round));
    server.kill9();
    client.join();
    server.start();
    EXPECT_GT(answered, 0);
    // The one that nobody has answered, once more: whether it was carried out or not.
    EXPECT_EQ(send(answered), 200);
    const Json curve = server.get(metrics + "/loss?maxPoints=10000").json();
    EXPECT_EQ(curve.at("count"), (answered + 1) * kPoints);
    std::map<std::int64_t, int> times;
    for (const Json& step : curve.at("columns").at("step")) ++times[step.get<std::int64_t>()];
    for (const auto& [step, count] : times) EXPECT_EQ(count, 1) << step;
    EXPECT_EQ(curve.at("last").at("step"), (answered + 1) * kPoints - 1);
  }
}

TEST(RunsOfAServer, AreKeptAndComparedFromTheCommandLine) {
  const ServerProcess server;
  const auto pawl = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::kPawlProgram, "runs"});
    words.insert(words.end(), {"--endpoint", server.url()});
    ProgramEnd end = run_program(words);
    EXPECT_EQ(end.exit_code, 0) << end.errors;
    return end.output;
  };
  const auto create = [&](const std::string& rate) {
    std::string id = pawl({"create",
                           "--name",
                           "rate " + rate,
                           "--experiment",
                           "digits",
                           "--param",
                           "lr=" + rate,
                           "--param",
                           "depth=6"});
    id.pop_back();
    return id;
  };
  const std::string a = create("0.1");
  const std::string b = create("0.2");
  pawl({"log", a, "loss=0.5", "accuracy=nan", "--step", "3"});
  pawl({"log", b, "loss=0.25"});
  pawl({"end", b, "--status", "FAILED"});
  const std::string listed = pawl({"ls", "--experiment", "digits", "--metric", "loss"});
  EXPECT_NE(listed.find("EXPERIMENT  loss\n"), std::string::npos) << listed;
  EXPECT_NE(listed.find("digits      0.25\n"), std::string::npos) << listed;
  EXPECT_NE(listed.find("FAILED"), std::string::npos) << listed;
  EXPECT_NE(pawl({"metrics", a}).find("loss      1       0.5 @3  0.5 @3  0.5 @3  0.5 @3\n"),
            std::string::npos)
      << pawl({"metrics", a});
  EXPECT_NE(pawl({"metrics", a, "loss"}).find("3     "), std::string::npos);
  EXPECT_NE(pawl({"get", a}).find("params.lr"), std::string::npos);
  const std::string compared = pawl({"compare", a, b});
  EXPECT_NE(compared.find("\nlr "), std::string::npos) << compared;
  EXPECT_EQ(compared.find("\ndepth "), std::string::npos) << compared;
  EXPECT_NE(compared.find("0.25 *\n"), std::string::npos) << compared;
  const Json as_json = Json::parse(pawl({"metrics", a, "--format", "json"}));
  EXPECT_EQ(as_json.at("items")[0].at("last").at("value"), "NaN");
  pawl({"rm", a.substr(a.find('/') + 1)});
  EXPECT_EQ(pawl({"ls"}).find(a), std::string::npos);
}

// The script of docs/rest-api.md, as it stands there.
TEST(RunsOfAServer, TakeWhatTheDocumentedScriptMeasures) {
  const ServerProcess server;
  std::string page = read_file(source_path("docs/rest-api.md"));
  const std::size_t begin = page.find("```python\n");
  ASSERT_NE(begin, std::string::npos);
  std::string script = page.substr(begin + 10);
  script = script.substr(0, script.find("```"));
  const std::string address = "http://127.0.0.1:8083";
  ASSERT_NE(script.find(address), std::string::npos);
  script.replace(script.find(address), address.size(), server.url());
  const ProgramEnd end = run_program({"/usr/bin/python3", "-c", script});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const Json run = server.get("/api/v1/runs?metrics=train/loss").json().at("items")[0];
  EXPECT_EQ(run.at("status"), "SUCCEEDED");
  EXPECT_EQ(run.at("metrics").at("train/loss").at("count"), 100);
  EXPECT_EQ(run.at("metrics").at("train/loss").at("best").at("step"), 99);
}

}  // namespace
}  // namespace pawl::engine
