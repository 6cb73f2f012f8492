// Jobs, models and endpoints through the REST API: real services, processes, objects and logs; the
// executions are a fake engine's.
#pragma once

#include <condition_variable>
#include <mutex>

#include "asl/text.h"
#include "engine/api/service.h"
#include "engine/http/response_stream.h"
#include "engine/server/ml_desk.h"
#include "tests/engine/api/fakes.h"
#include "tests/engine/ml/endpoint_fixture.h"

namespace pawl::engine {

class MlRest : public EndpointTest {
 protected:
  MlRest()
      : engine_(*store_, clock_),
        alarms_(make_alarms()),
        workers_(2),
        sagemaker_(make_sagemaker_service(*services_)),
        glue_(make_glue_service(*services_)),
        desk_(*services_, sagemaker_, glue_),
        service_(std::make_unique<ApiService>(ApiDependencies{engine_,
                                                              *store_,
                                                              clock_,
                                                              activities_,
                                                              *alarms_,
                                                              connectors_,
                                                              sink_,
                                                              map_runs_,
                                                              nullptr,
                                                              nullptr,
                                                              &desk_},
                                              ApiConfig{},
                                              workers_,
                                              metrics_)) {}

  static Headers header(const char* name, const std::string& value) {
    Headers headers;
    headers.set(name, value);
    return headers;
  }
  HttpResponse rest(const std::string& method,
                    const std::string& target,
                    const std::string& body = "",
                    Headers headers = {},
                    Scope scope = Scope::kAdmin) {
    HttpRequest request;
    request.method = method;
    request.target = "/api/v1" + target;
    const std::size_t mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    if (mark != std::string::npos) request.query = parse_query(request.target.substr(mark + 1));
    request.headers = std::move(headers);
    request.body = body;
    request.caller = {"tests", scope};
    const auto answer = std::make_shared<std::promise<HttpResponse>>();
    service_->handle(std::move(request),
                     [answer](HttpResponse response) { answer->set_value(std::move(response)); });
    return wait(answer->get_future());
  }
  Json get(const std::string& target, int status = 200) {
    const HttpResponse response = rest("GET", target);
    EXPECT_EQ(response.status, status) << target << " " << response.body;
    return Json::parse(response.body);
  }
  Json post(const std::string& target, const Json& body, int status) {
    const HttpResponse response = rest("POST", target, asl::to_text(body));
    EXPECT_EQ(response.status, status) << target << " " << response.body;
    return Json::parse(response.body);
  }
  static std::string pointer_of(const Json& problem) {
    const Json errors = problem.value("errors", Json::array());
    return errors.empty() ? "" : errors.at(0).value("pointer", "");
  }

  // All that a stream has to say, as a client would see it; `most`: no more than so many bytes.
  static std::string read(const HttpResponse& response, std::size_t most = SIZE_MAX) {
    const auto state = std::make_shared<Reading>();
    response.stream->attach([state] {
      const std::lock_guard lock(state->mutex);
      state->is_due = true;
      state->due.notify_all();
    });
    std::string all;
    for (;;) {
      const ResponseStream::Taken taken = response.stream->take();
      all += taken.bytes;
      EXPECT_FALSE(taken.dropped);
      if (taken.finished || taken.dropped || all.size() >= most) return all;
      std::unique_lock lock(state->mutex);
      if (!state->due.wait_for(lock, std::chrono::seconds(60), [&] {
            return std::exchange(state->is_due, false);
          })) {
        ADD_FAILURE() << "nothing came within a minute, after: " << all;
        return all;
      }
    }
  }

  // A Glue job whose runs are this script.
  void make_glue_job(const std::string& name, const std::string& script, int most_runs = 10) {
    objects_->put("bucket", name + ".py", script, {});
    services_->glue.create_job(
        {{"Name", name},
         {"Role", kRole},
         {"ExecutionProperty", {{"MaxConcurrentRuns", most_runs}}},
         {"Command",
          {{"Name", "pythonshell"}, {"ScriptLocation", "s3://bucket/" + name + ".py"}}}});
  }
  // The id of a run begun through the API: "glue/jr_...".
  std::string start_glue(const std::string& name) {
    return post("/jobs", {{"kind", "glue"}, {"JobName", name}}, 201).value("id", "");
  }
  void await_end(const std::string& job) {
    EXPECT_TRUE(eventually([&] { return get("/jobs/" + job).contains("endedAt"); })) << job;
  }
  void insert(const std::string& kind,
              const std::string& name,
              std::int64_t at,
              Json document,
              const std::string& owner = "") {
    ASSERT_TRUE(store_->records().insert({kind, name, std::move(document), owner, {at}, {at}, 1}));
  }

  struct Reading {
    std::mutex mutex;
    std::condition_variable due;
    bool is_due = false;
  };

  FixedClock clock_;
  FakeMapRuns map_runs_;
  FakeActivities activities_;
  FakeConnectors connectors_;
  KeptLogs sink_;
  FakeEngine engine_;
  Metrics metrics_;
  std::unique_ptr<Alarms> alarms_;
  WorkerPool workers_;
  JsonService sagemaker_;
  JsonService glue_;
  ServerMlDesk desk_;
  std::unique_ptr<ApiService> service_;
};

}  // namespace pawl::engine
