#include "engine/api/router.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "asl/json.h"

namespace pawl::engine {
namespace {

HttpRequest request_of(const std::string& path, const std::string& target = "") {
  HttpRequest request;
  request.method = "POST";
  request.path = request.target = path;
  if (!target.empty()) request.headers.set("X-Amz-Target", target);
  return request;
}

HttpHandler saying(const std::string& text) {
  return [text](const HttpRequest&, const Responder& respond) {
    HttpResponse response;
    response.body = text;
    respond(std::move(response));
  };
}

const Router::AccessOf kAnybody = always({});

class Routes : public testing::Test {
 protected:
  Routes() : workers_(2), router_(workers_, metrics_) {}

  HttpResponse send(HttpRequest request) {
    auto answer = std::make_shared<std::promise<HttpResponse>>();
    auto future = answer->get_future();
    router_.handle(std::move(request),
                   [answer](HttpResponse response) { answer->set_value(std::move(response)); });
    return future.get();
  }

  Metrics metrics_;
  WorkerPool workers_;
  Router router_;
};

TEST_F(Routes, TheFirstServiceThatTakesARequestAnswersIt) {
  router_.add("glue", target_starts_with("AWSGlue."), kAnybody, saying("glue"));
  router_.add("rest", path_starts_with("/api/"), kAnybody, saying("rest"));
  router_.add(
      "all", [](const HttpRequest&) { return true; }, kAnybody, saying("all"));
  EXPECT_EQ(send(request_of("/", "AWSGlue.GetJob")).body, "glue");
  EXPECT_EQ(send(request_of("/api/v1/x")).body, "rest");
  EXPECT_EQ(send(request_of("/bucket")).body, "all");
  EXPECT_NE(metrics_.text().find("pawl_http_requests_total{route=\"glue\",code=\"200\"} 1"),
            std::string::npos);
}

TEST_F(Routes, WhatNobodyTakesIsUnknownOrNotFound) {
  const HttpResponse action = send(request_of("/", "Nope.Do"));
  EXPECT_EQ(action.status, 400);
  EXPECT_EQ(action.headers.get("x-amzn-errortype"), "UnknownOperationException");
  const HttpResponse page = send(request_of("/nope"));
  EXPECT_EQ(page.status, 404);
  EXPECT_EQ(asl::Json::parse(page.body)["status"], 404);
}

TEST_F(Routes, HandlersRunOnWorkersUnlessTheyAreDirect) {
  std::atomic<bool> on_caller = false;
  const auto caller = std::this_thread::get_id();
  const auto look = [&](const HttpRequest&, const Responder& respond) {
    on_caller = std::this_thread::get_id() == caller;
    respond({});
  };
  router_.add("worker", path_starts_with("/w"), kAnybody, look);
  router_.add_direct("direct", path_starts_with("/d"), kAnybody, look);
  send(request_of("/w"));
  EXPECT_FALSE(on_caller);
  send(request_of("/d"));
  EXPECT_TRUE(on_caller);
}

TEST_F(Routes, AHandlerThatThrowsIsAnInternalError) {
  router_.add(
      "bad",
      [](const HttpRequest&) { return true; },
      kAnybody,
      [](const HttpRequest&, const Responder&) { throw std::runtime_error("broken"); });
  EXPECT_EQ(send(request_of("/x")).status, 500);
  EXPECT_EQ(send(request_of("/", "A.B")).headers.get("x-amzn-errortype"), "InternalFailure");
}

TEST(RouterUnderLoad, AFullQueueRefusesWith503) {
  Metrics metrics;
  std::promise<void> release;
  std::promise<void> entered;
  auto released = release.get_future().share();
  std::atomic<bool> first = true;
  std::atomic<int> refused = 0;
  WorkerPool workers(1, 1);  // ends before what its jobs use
  Router router(workers, metrics);
  router.add(
      "slow",
      [](const HttpRequest&) { return true; },
      kAnybody,
      [&](const HttpRequest&, const Responder& respond) {
        if (first.exchange(false)) entered.set_value();
        released.wait();
        respond({});
      });
  const auto count = [&](const HttpResponse& response) {
    refused += response.status == 503 ? 1 : 0;
  };
  router.handle(request_of("/"), count);
  entered.get_future().wait();
  router.handle(request_of("/"), count);  // waits in the queue
  router.handle(request_of("/"), count);
  EXPECT_EQ(refused, 1);
  release.set_value();
}

}  // namespace
}  // namespace pawl::engine
