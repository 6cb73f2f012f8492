// What jobs say, read and followed.
#include "tests/engine/server/ml_rest_fixture.h"

namespace pawl::engine {
namespace {

constexpr const char* kTalk =
    "import sys\n"
    "print('one', flush=True)\n"
    "print('two', file=sys.stderr, flush=True)\n"
    "print('three', flush=True)\n";

class LogsOfJobs : public MlRest {
 protected:
  // The id of a run of this script, begun.
  std::string run(const std::string& script) {
    make_glue_job("talk", script);
    return start_glue("talk");
  }
  HttpResponse log(const std::string& id, const std::string& query = "", Headers headers = {}) {
    return rest("GET", "/jobs/" + id + "/logs" + query, "", std::move(headers));
  }
  // Whether it comes as a file or a stream.
  static std::string text_of_answer(const HttpResponse& response) {
    if (response.stream) return read(response);
    if (!response.file) return response.body;
    std::ifstream file(response.file->path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(response.file->offset));
    std::string text(response.file->length, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text;
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
    return found;
  }
};

TEST_F(LogsOfJobs, AreReadWholeFromAnOffsetOnAndByStream) {
  const std::string id = run(kTalk);
  await_end(id);
  const HttpResponse answer = log(id);
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain; charset=utf-8");
  const std::string whole = text_of_answer(answer);
  EXPECT_EQ(answer.headers.get("X-Pawl-Log-Size"), std::to_string(whole.size()));
  EXPECT_NE(whole.find(" out one\n"), std::string::npos) << whole;
  EXPECT_NE(whole.find(" err two\n"), std::string::npos) << whole;
  EXPECT_EQ(text_of_answer(log(id, "?offset=10")), whole.substr(10));
  EXPECT_EQ(text_of_answer(log(id, "?since=10")), whole.substr(10));
  EXPECT_EQ(text_of_answer(log(id, "?offset=" + std::to_string(whole.size()))), "");
  const std::string out = text_of_answer(log(id, "?stream=stdout"));
  EXPECT_NE(out.find(" out one\n"), std::string::npos);
  EXPECT_EQ(out.find(" err "), std::string::npos) << out;
  const std::string errors = text_of_answer(log(id, "?stream=stderr"));
  EXPECT_EQ(count(errors, "\n"), 1U) << errors;
  EXPECT_TRUE(errors.ends_with(" err two\n")) << errors;
}

TEST_F(LogsOfJobs, AreReadFromATimeOn) {
  const std::string id = run(kTalk);
  await_end(id);
  const std::string whole = text_of_answer(log(id));
  const std::size_t line = whole.rfind('\n', whole.find(" err two")) + 1;
  const std::string at = whole.substr(line, whole.find(' ', line) - line);
  EXPECT_NE(text_of_answer(log(id, "?since=" + at)).find(" err two\n"), std::string::npos);
  EXPECT_EQ(text_of_answer(log(id, "?since=2100-01-01T00:00:00Z")), "");
  EXPECT_EQ(text_of_answer(log(id, "?since=2000-01-01T00:00:00Z")), whole);
}

TEST_F(LogsOfJobs, AreFollowedUntilTheJobHasEndedWithAllThatItSaid) {
  const std::string id =
      run("import time\n"
          "print('early', flush=True)\n"
          "time.sleep(1)\n"
          "print('late', flush=True)\n");
  const HttpResponse answer = log(id, "?follow=true");
  ASSERT_TRUE(answer.stream);
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain; charset=utf-8");
  const std::string all = read(answer);
  EXPECT_NE(all.find(" out early\n"), std::string::npos) << all;
  EXPECT_NE(all.find(" out late\n"), std::string::npos) << all;
  EXPECT_TRUE(get("/jobs/" + id).contains("endedAt"));
  EXPECT_EQ(all, text_of_answer(log(id)));
  EXPECT_EQ(read(log(id, "?follow=true")), all) << "of a job that has ended it is over at once";
}

TEST_F(LogsOfJobs, AsEventsEndWithTheStatusAndGoOnAfterTheLastOneSeen) {
  const std::string id = run(kTalk);
  await_end(id);
  const Headers events = header("Accept", "text/event-stream");
  const HttpResponse answer = log(id, "?follow=true", events);
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/event-stream");
  const std::string all = read(answer);
  EXPECT_NE(all.find("\"stream\":\"stderr\""), std::string::npos) << all;
  EXPECT_NE(all.find("\"text\":\"two\""), std::string::npos) << all;
  EXPECT_TRUE(all.ends_with("event: end\ndata: {\"status\":\"SUCCEEDED\"}\n\n")) << all;
  const std::size_t first = all.find("id: ") + 4;
  const std::size_t second = all.find("\n\n", first) + 2;
  Headers again = events;
  again.set("Last-Event-ID", all.substr(first, all.find('\n', first) - first));
  EXPECT_EQ(read(log(id, "?follow=true", again)), "retry: 2000\n\n" + all.substr(second));
}

TEST_F(LogsOfJobs, OfAJobThatHasSaidNothingYetAreEmptyAndCanBeFollowed) {
  Json body = training_request("t", "test/good:1");
  body["kind"] = "training";
  insert("training-job", "starting", 1000, {{"TrainingJobName", "starting"}});
  const HttpResponse empty = log("training/starting");
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(text_of_answer(empty), "");
  post("/jobs", body, 201);
  const std::string all = read(log("training/t", "?follow=true"));
  EXPECT_NE(all.find(" out accuracy=0.75\n"), std::string::npos) << all;
}

TEST_F(LogsOfJobs, ReachASlowClientWholeInPartsThatItCanTake) {
  constexpr int kLines = 60'000;
  const std::string id =
      run("for i in range(" + std::to_string(kLines) + "): print('line', i, 'x' * 40)\n");
  await_end(id);
  const HttpResponse answer = log(id, "?follow=true");
  ASSERT_TRUE(answer.stream);
  std::string all;
  for (int looks = 0;; ++looks) {
    ASSERT_LT(looks, 60'000);
    // The next part waits until this one is taken: nothing piles up.
    const ResponseStream::Taken taken = answer.stream->take();
    EXPECT_LE(taken.bytes.size(), 200U * 1024);
    ASSERT_FALSE(taken.dropped);
    all += taken.bytes;
    if (taken.finished) break;
    if (taken.bytes.empty()) std::this_thread::yield();
  }
  EXPECT_EQ(all, text_of_answer(log(id)));
  EXPECT_EQ(count(all, "\n"), static_cast<std::size_t>(kLines)) << all.substr(0, 300);
}

TEST_F(LogsOfJobs, LeaveNothingBehindWhenTheClientGoes) {
  make_glue_job("sleepy", "import time\ntime.sleep(600)\n");
  const std::string id = start_glue("sleepy");
  std::weak_ptr<ResponseStream> stream;
  {
    const HttpResponse answer = log(id, "?follow=true", header("Accept", "text/event-stream"));
    stream = answer.stream;
    read(answer, 1);
    ASSERT_FALSE(stream.expired());
  }
  EXPECT_TRUE(eventually([&] { return stream.expired(); }));
  post("/jobs/" + id + ":cancel", Json::object(), 202);
  await_end(id);
}

TEST_F(LogsOfJobs, RefuseWhatTheyDoNotKnowByName) {
  const std::string id = run(kTalk);
  for (const auto& [query, pointer] : {std::pair{"?stream=both", "?stream"},
                                       {"?since=yesterday", "?since"},
                                       {"?offset=-1", "?offset"},
                                       {"?offset=1&since=1", "?offset"},
                                       {"?follow=maybe", "?follow"},
                                       {"?tail=10", "?tail"}}) {
    EXPECT_EQ(pointer_of(get("/jobs/" + id + "/logs" + query, 400)), pointer) << query;
  }
  await_end(id);
}

TEST_F(LogsOfJobs, OfAnEndpointAreThoseOfItsFirstServerUntilItIsGone) {
  deploy("e", "test/serve:1");
  EXPECT_EQ(log("endpoint/e").status, 200);
  const HttpResponse followed = log("endpoint/e", "?follow=true");
  services_->endpoints.remove("e");
  const std::string all = read(followed);
  EXPECT_NE(all.find(" sys asked to stop\n"), std::string::npos) << all;
}

}  // namespace
}  // namespace pawl::engine
