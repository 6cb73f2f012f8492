// What happens over time: late answers, vanished clients, time limits, stopping, many clients at
// once.
#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "engine/http/server.h"
#include "tests/engine/http/over_time.h"
#include "tests/engine/http/raw_client.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

void echo(HttpRequest request, Responder respond) {
  respond(text_response(request.path + " " + request.body));
}

// Hands the test what the handler got.
class Held {
 public:
  HttpHandler handler() {
    return [this](HttpRequest request, Responder respond) {
      const std::lock_guard lock(mutex_);
      if (taken_) return;
      taken_ = true;
      promise_.set_value({std::move(request), std::move(respond)});
    };
  }
  std::pair<HttpRequest, Responder> take() { return promise_.get_future().get(); }

 private:
  std::mutex mutex_;
  bool taken_ = false;
  std::promise<std::pair<HttpRequest, Responder>> promise_;
};

TEST(Responder, MayAnswerFromAnyThreadLongAfterEveryTimeout) {
  Held held;
  HttpServer server(impatient(milliseconds(20)), held.handler());
  RawClient client(server.port());
  client.send(kGet);
  auto [request, respond] = held.take();
  ::usleep(150'000);
  EXPECT_FALSE(request.is_client_gone());
  respond(text_response("late"));
  EXPECT_EQ(body_of(client.response()), "late");
}

TEST(Responder, OnlyTheFirstAnswerCounts) {
  HttpServer server({}, [](HttpRequest, Responder respond) {
    respond(text_response("first"));
    respond(text_response("second"));
  });
  RawClient client(server.port());
  client.send(kGet + kGet);
  EXPECT_EQ(body_of(client.response()), "first");
  EXPECT_EQ(body_of(client.response()), "first");
}

TEST(Responder, DroppedUnansweredGivesAServerError) {
  HttpServer server({}, [](HttpRequest, Responder) {});
  RawClient client(server.port());
  client.send(kGet);
  EXPECT_EQ(status_of(client.response()), 500);
}

TEST(Responder, AHandlerThatThrowsGivesAServerErrorAndTheConnectionGoesOn) {
  HttpServer server({}, [](HttpRequest request, Responder respond) {
    if (request.path == "/g") throw std::runtime_error("broken");
    respond(text_response("fine"));
  });
  RawClient client(server.port());
  client.send(kGet + "GET /h HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), 500);
  EXPECT_EQ(body_of(client.response()), "fine");
}

TEST(Responder, IsHarmlessAfterTheClientVanishedAndTheHandlerCanSeeIt) {
  Held held;
  HttpServer server({}, held.handler());
  auto client = std::make_unique<RawClient>(server.port());
  client->send(kGet);
  auto [request, respond] = held.take();
  client.reset();
  EXPECT_TRUE(eventually([&request = request] { return request.is_client_gone(); }));
  respond(text_response(std::string(1'000'000, 'x')));
}

TEST(Responder, IsHarmlessAfterTheServerIsGone) {
  Held held;
  auto server = std::make_unique<HttpServer>(HttpServerOptions{}, held.handler());
  RawClient client(server->port());
  client.send(kGet);
  auto [request, respond] = held.take();
  server.reset();
  EXPECT_TRUE(client.is_closed());
  respond(text_response("nobody hears it"));
}

TEST(Responder, AnswersAClientThatOnlyStoppedSending) {
  Held held;
  HttpServer server({}, held.handler());
  RawClient client(server.port());
  client.send(kGet);
  client.shut_down_sending();
  auto [request, respond] = held.take();
  EXPECT_TRUE(eventually([&request = request] { return request.is_client_gone(); }));
  respond(text_response("still there"));
  EXPECT_EQ(body_of(client.response()), "still there");
}

TEST(Timeouts, AHeadThatTricklesInIsRefused) {
  HttpServer server(impatient(milliseconds(100)), echo);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n");
  std::atomic<bool> over{false};
  std::thread trickle([&] {
    while (!over && client.send("X: y\r\n")) ::usleep(10'000);
  });
  EXPECT_EQ(status_of(client.response()), 408);
  over = true;
  trickle.join();
}

TEST(Timeouts, ABodyThatStopsComingIsRefused) {
  HttpServer server(impatient(milliseconds(50)), echo);
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(status_of(client.response()), 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(Timeouts, AnIdleConnectionIsClosedSilently) {
  HttpServer server(impatient(milliseconds(50)), echo);
  RawClient fresh(server.port());
  RawClient used(server.port());
  used.send(kGet);
  EXPECT_EQ(status_of(used.response()), 200);
  EXPECT_TRUE(used.is_closed());
  EXPECT_TRUE(fresh.is_closed());
}

TEST(Timeouts, AClientThatDoesNotReadIsDropped) {
  HttpServer server(impatient(milliseconds(100)), [](HttpRequest, Responder respond) {
    respond(text_response(std::string(50'000'000, 'x')));
  });
  RawClient client(server.port(), 4096);
  client.send(kGet);
  ::usleep(600'000);
  EXPECT_LT(client.until_closed().size(), 50'000'000U);
}

TEST(Timeouts, ABodyThatTricklesInForEverIsRefusedThoughEachByteComesInTime) {
  HttpServerOptions options = impatient(milliseconds(200));
  options.bytes_per_second_min = 1'000'000;
  HttpServer server(options, echo);
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  std::atomic<bool> over{false};
  std::thread trickle([&] {
    while (!over && client.send("x")) ::usleep(10'000);
  });
  EXPECT_EQ(status_of(client.response()), 408);
  over = true;
  trickle.join();
}

TEST(Timeouts, ABodyThatComesSlowlyButFastEnoughIsTaken) {
  HttpServerOptions options = impatient(milliseconds(400));
  options.bytes_per_second_min = 100;
  HttpServer server(options, echo);
  RawClient client(server.port());
  constexpr int kPieces = 8;
  const std::string piece(100, 'x');  // eight seconds' worth, in less than one
  client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 800\r\n\r\n");
  for (int i = 0; i < kPieces; ++i) {
    client.send(piece);
    ::usleep(100'000);
  }
  EXPECT_EQ(status_of(client.response()), 200);
}

TEST(Timeouts, AClientThatReadsTooSlowlyIsDroppedThoughItReadsAllTheTime) {
  HttpServerOptions options = impatient(milliseconds(300));
  options.bytes_per_second_min = 100'000'000;
  constexpr std::size_t kAnswer = 50'000'000;
  HttpServer server(options, [](HttpRequest, Responder respond) {
    respond(text_response(std::string(kAnswer, 'x')));
  });
  RawClient client(server.port(), 4096);
  client.send(kGet);
  std::size_t read = 0;
  std::string piece;
  do {
    piece = client.some();
    read += piece.size();
    ::usleep(5'000);
  } while (!piece.empty());
  EXPECT_LT(read, kAnswer);
}

TEST(Connections, OfOneClientBeyondItsLimitAreTurnedAwayAndOthersAreNot) {
  HttpServerOptions options;
  options.connections_per_client_max = 2;
  HttpServer server(options, echo);
  RawClient first(server.port());
  RawClient second(server.port());
  for (RawClient* client : {&first, &second}) {
    client->send(kGet);
    EXPECT_EQ(status_of(client->response()), 200);
  }
  {
    RawClient third(server.port());
    third.send(kGet);
    EXPECT_EQ(status_of(third.response()), 503);
    RawClient other(server.port(), 0, "127.0.0.2");  // another address of this machine
    other.send(kGet);
    EXPECT_EQ(status_of(other.response()), 200);
  }
  first.close();
  EXPECT_TRUE(eventually([&] {
    RawClient again(server.port());
    again.send(kGet);
    return status_of(again.response()) == 200;
  }));
}

TEST(Admission, ARefusedRequestIsAnsweredBeforeItsBodyIsSentAndTheConnectionEnds) {
  HttpServerOptions options;
  std::atomic<int> handled{0};
  options.admit = [](HttpRequest& head) -> std::optional<HttpResponse> {
    head.caller = {"somebody", Scope::kRun};
    if (head.headers.has("X-Known")) return std::nullopt;
    HttpResponse refusal;
    refusal.status = 401;
    refusal.headers.set("WWW-Authenticate", "Bearer");
    return refusal;
  };
  HttpServer server(options, [&](const HttpRequest& request, const Responder& respond) {
    ++handled;
    respond(text_response(request.caller.name));
  });
  RawClient stranger(server.port());
  stranger.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  const std::string refusal = stranger.response();
  EXPECT_EQ(status_of(refusal), 401);
  EXPECT_NE(refusal.find("WWW-Authenticate: Bearer"), std::string::npos);
  EXPECT_EQ(handled, 0);
  RawClient known(server.port());
  known.send("GET / HTTP/1.1\r\nHost: h\r\nX-Known: 1\r\n\r\n");
  EXPECT_EQ(body_of(known.response()), "somebody");
}

TEST(Connections, BeyondTheLimitAreTurnedAwayPolitely) {
  HttpServerOptions options;
  options.connections_max = 1;
  HttpServer server(options, echo);
  RawClient first(server.port());
  first.send(kGet);
  EXPECT_EQ(status_of(first.response()), 200);
  {
    RawClient second(server.port());
    second.send(kGet);
    const std::string response = second.response();
    EXPECT_EQ(status_of(response), 503);
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
  }
  first.send(kGet);
  EXPECT_EQ(status_of(first.response()), 200);
  first.close();
  EXPECT_TRUE(eventually([&] {
    RawClient third(server.port());
    third.send(kGet);
    return status_of(third.response()) == 200;
  }));
}

TEST(Stop, LetsARequestInFlightFinishAndClosesIdleConnections) {
  Held held;
  HttpServer server({}, held.handler());
  RawClient idle(server.port());
  RawClient busy(server.port());
  busy.send(kGet);
  auto [request, respond] = held.take();
  std::thread stopper([&] { server.stop(milliseconds(10'000)); });
  EXPECT_TRUE(idle.is_closed());
  respond(text_response("done"));
  const std::string response = busy.response();
  EXPECT_EQ(body_of(response), "done");
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  stopper.join();
  server.stop(milliseconds(0));
}

TEST(Stop, DoesNotWaitLongerThanTheGrace) {
  Held held;
  HttpServer server({}, held.handler());
  RawClient client(server.port());
  client.send(kGet);
  auto [request, respond] = held.take();
  server.stop(milliseconds(20));
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(request.is_client_gone());
}

TEST(Load, ManyClientsGetTheirOwnAnswersFromManyThreads) {
  std::mutex mutex;
  std::condition_variable filled;
  std::vector<std::pair<std::string, Responder>> waiting;
  bool over = false;
  HttpServer server({}, [&](HttpRequest request, Responder respond) {
    if (request.body.size() % 2 == 0) return respond(text_response(request.body));
    const std::lock_guard lock(mutex);
    waiting.emplace_back(request.body, std::move(respond));
    filled.notify_one();
  });
  std::thread answerer([&] {
    std::unique_lock lock(mutex);
    while (true) {
      filled.wait(lock, [&] { return over || !waiting.empty(); });
      if (waiting.empty()) return;
      auto [body, respond] = std::move(waiting.back());
      waiting.pop_back();
      lock.unlock();
      respond(text_response(body));
      lock.lock();
    }
  });
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(server.port());
      for (int i = 0; i < 100; ++i) {
        const std::string body =
            std::string(static_cast<std::size_t>(i % 7), '.') + std::to_string(c * 1000 + i);
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
        if (body_of(client.response()) == body) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 800);
  {
    const std::lock_guard lock(mutex);
    over = true;
  }
  filled.notify_one();
  answerer.join();
}

}  // namespace
}  // namespace pawl::engine
