// Answers that go on: streams, their writers, and clients that lag behind or vanish.
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "engine/http/response_stream.h"
#include "tests/engine/http/over_time.h"
#include "tests/engine/http/raw_client.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

class Streaming : public testing::Test {
 protected:
  HttpHandler handler() {
    return [this](HttpRequest, Responder respond) {
      HttpResponse response;
      response.headers.add("Content-Type", "text/event-stream");
      response.stream = stream;
      respond(std::move(response));
    };
  }

  std::shared_ptr<ResponseStream> stream = std::make_shared<ResponseStream>(100'000);
};

TEST_F(Streaming, SendsEachPieceWhenItIsWritten) {
  HttpServer server({}, handler());
  stream->write("early;");
  RawClient client(server.port());
  client.send(kGet + kGet);
  EXPECT_NE(client.until("\r\n\r\n").find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_EQ(client.until("\r\n"), "6\r\n");
  EXPECT_EQ(client.until("\r\n"), "early;\r\n");
  EXPECT_TRUE(stream->write("data: one\n\n"));
  EXPECT_EQ(client.until("\n\r\n"), "b\r\ndata: one\n\n\r\n");
  stream->finish();
  EXPECT_FALSE(stream->write("too late"));
  EXPECT_EQ(client.until("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_EQ(status_of(client.until("\r\n\r\n")), 200);  // the connection goes on
}

TEST_F(Streaming, OutlivesTheTimeoutsWhileNothingIsWritten) {
  HttpServer server(impatient(milliseconds(20)), handler());
  RawClient client(server.port());
  client.send(kGet);
  client.until("\r\n\r\n");
  ::usleep(150'000);
  EXPECT_TRUE(stream->write("still"));
  EXPECT_EQ(client.until("still"), "5\r\nstill");
}

TEST_F(Streaming, TellsTheWriterThatTheClientIsGone) {
  HttpServer server({}, handler());
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  {
    RawClient client(server.port());
    client.send(kGet);
    client.until("\r\n\r\n");
  }
  closed.get_future().get();
  EXPECT_FALSE(stream->is_open());
  EXPECT_FALSE(stream->write("x"));
}

TEST_F(Streaming, DropsAClientThatLagsTooFarBehind) {
  HttpServer server({}, handler());
  std::atomic<int> closed{0};
  stream->on_close([&] { ++closed; });
  RawClient client(server.port(), 4096);
  client.send(kGet);
  client.until("\r\n\r\n");
  const std::string piece(10'000, 'x');
  std::size_t written = 0;
  while (stream->write(piece)) written += piece.size();
  EXPECT_EQ(closed, 1);
  const std::string rest = client.until_closed();
  EXPECT_EQ(rest.find("0\r\n\r\n"),
            std::string::npos);  // so the client knows that something is missing
}

TEST_F(Streaming, AWriterThatWaitsUntilAllIsTakenLosesNoSlowClient) {
  HttpServer server({}, handler());
  constexpr int kPieces = 50;
  const std::string piece(60'000, 'x');  // two of them would be too much to wait
  std::atomic<int> written{0};
  stream->on_taken([&] {
    if (written++ < kPieces) {
      EXPECT_TRUE(stream->write(piece));
    } else {
      stream->finish();
    }
  });
  stream->write("first");
  RawClient client(server.port(), 4096);
  client.send("GET / HTTP/1.0\r\n\r\n");
  const std::string all = client.until_closed();
  const std::size_t body = all.find("\r\n\r\n") + 4;
  EXPECT_EQ(all.size() - body, 5 + kPieces * piece.size());
}

TEST_F(Streaming, AnHttp10ClientReadsUntilTheEnd) {
  HttpServer server({}, handler());
  RawClient client(server.port());
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string head = client.until("\r\n\r\n");
  EXPECT_EQ(head.find("chunked"), std::string::npos);
  EXPECT_NE(head.find("Connection: close"), std::string::npos);
  stream->write("plain");
  stream->finish();
  EXPECT_EQ(client.until_closed(), "plain");
}

TEST_F(Streaming, HeadClosesTheStream) {
  HttpServer server({}, handler());
  RawClient client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.until("\r\n\r\n")), 200);
  EXPECT_FALSE(stream->write("x"));
}

TEST_F(Streaming, StoppingTheServerEndsTheStreamProperly) {
  HttpServer server({}, handler());
  RawClient client(server.port());
  client.send(kGet);
  client.until("\r\n\r\n");
  stream->write("last");
  server.stop(milliseconds(10'000));
  EXPECT_EQ(client.until_closed(), "4\r\nlast\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace pawl::engine
