#include "engine/http/answers_together.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "engine/http/server.h"
#include "tests/engine/http/raw_client.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

const std::string kLook = "GET /g HTTP/1.1\r\nHost: localhost\r\n\r\n";

HttpResponse said(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

// Holds requests back, to be answered by a thread of the test's own.
class Held {
 public:
  void add(Responder respond) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(respond));
    arrived_.notify_all();
  }
  std::vector<Responder> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return held_.size() == count; });
    return std::exchange(held_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Responder> held_;
};

TEST(AnswersTogether, LeaveAtTheEndOrBySixteensAndEachArrives) {
  Held held;
  HttpServer server({}, [&](const HttpRequest&, Responder respond) { held.add(respond); });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(kLook);
  }
  std::vector<Responder> responders = held.take(clients.size());
  const auto arrived = [&] {
    return std::count_if(
        clients.begin(), clients.end(), [](const auto& client) { return client->is_readable(); });
  };
  {
    const AnswersTogether together;
    {
      const AnswersTogether inner;
      for (const Responder& respond : responders) respond(said("here"));
    }
    while (arrived() < 32) std::this_thread::sleep_for(milliseconds(1));  // two portions of sixteen
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(arrived(), 32);
  }
  for (const auto& client : clients) EXPECT_EQ(body_of(client->response()), "here");
}

TEST(AnswersTogether, WaitForWhatMustBeDoneBeforeThemWhichIsDoneOnce) {
  Held held;
  HttpServer server({}, [&](const HttpRequest&, Responder respond) { held.add(respond); });
  RawClient client(server.port());
  client.send(kLook);
  const std::vector<Responder> responders = held.take(1);
  int done = 0;
  const auto work = [&] { ++done; };
  EXPECT_FALSE(before_answers_leave(&done, work));
  {
    const AnswersTogether together;
    EXPECT_TRUE(before_answers_leave(&done, work));
    EXPECT_TRUE(before_answers_leave(&done, work));
    responders.front()(said("after it"));
    EXPECT_EQ(done, 0);
    EXPECT_FALSE(client.is_readable());
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(body_of(client.response()), "after it");
}

TEST(AnswersTogether, MayOutliveTheServer) {
  Held held;
  auto server = std::make_unique<HttpServer>(
      HttpServerOptions{},
      [&](const HttpRequest&, Responder respond) { held.add(std::move(respond)); });
  RawClient client(server->port());
  client.send(kLook);
  std::vector<Responder> responders = held.take(1);
  const AnswersTogether together;
  responders.front()(said("late"));
  responders.clear();
  server->stop(milliseconds(50));
  server.reset();
}

}  // namespace
}  // namespace pawl::engine
