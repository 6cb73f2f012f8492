#include "engine/http/server.h"

#include <atomic>
#include <fstream>
#include <future>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>

#include "tests/engine/http/raw_client.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

HttpResponse text_response(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

// Answers with what it saw: method, path and body.
void echo(HttpRequest request, Responder respond) {
  respond(text_response(request.method + " " + request.path + " " + request.body));
}

std::string post(const std::string& body, const std::string& more_headers = "") {
  return "POST /p HTTP/1.1\r\nHost: localhost\r\n" + more_headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kGet = "GET /g HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(HttpServer, KeepsTheConnectionForTheNextRequest) {
  HttpServer server({}, echo);
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(post("one" + std::to_string(i)));
    const std::string response = client.response();
    EXPECT_EQ(response.substr(0, 17), "HTTP/1.1 200 OK\r\n");
    EXPECT_NE(response.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(body_of(response), "POST /p one" + std::to_string(i));
  }
}

TEST(HttpServer, GivesTheHandlerThePartsOfTheTarget) {
  std::promise<HttpRequest> seen;
  HttpServer server({}, [&](HttpRequest request, Responder respond) {
    seen.set_value(request);
    respond({});
  });
  RawClient client(server.port());
  client.send(
      "GET /b/a%20c?list-type=2&p=x%2Fy+z HTTP/1.1\r\nHost: h\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n");
  client.response();
  const HttpRequest request = seen.get_future().get();
  EXPECT_EQ(request.target, "/b/a%20c?list-type=2&p=x%2Fy+z");
  EXPECT_EQ(request.path, "/b/a%20c");
  EXPECT_EQ(request.query_value("p"), "x/y z");
  EXPECT_EQ(request.headers.fields().size(), 3U);
  EXPECT_EQ(request.remote_address.substr(0, 10), "127.0.0.1:");
}

TEST(HttpServer, AnswersPipelinedRequestsInOrderThoughLaterOnesAreFaster) {
  std::vector<std::thread> slow;
  HttpServer server({}, [&](HttpRequest request, Responder respond) {
    if (request.path == "/slow") {
      slow.emplace_back([respond] { respond(text_response("slow")); });
    } else {
      respond(text_response("fast"));
    }
  });
  RawClient client(server.port());
  client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n" + kGet + post("x") + kGet);
  EXPECT_EQ(body_of(client.response()), "slow");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(body_of(client.response()), "fast");
  server.stop(milliseconds(1000));
  for (std::thread& thread : slow) thread.join();
}

TEST(HttpServer, ReadsARequestThatArrivesByteByByte) {
  HttpServer server({}, echo);
  RawClient client(server.port());
  const std::string request =
      "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n4\r\nabcd\r\n1;x=y\r\ne\r\n0\r\n\r\n";
  for (const char c : request + kGet) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(body_of(client.response()), "POST /p abcde");
  EXPECT_EQ(body_of(client.response()), "GET /g ");
}

TEST(HttpServer, ATrailerCannotOverruleTheHead) {
  HttpServer server({}, [](HttpRequest request, Responder respond) {
    respond(text_response(std::string(request.headers.get("X-Role")) + "|"));
  });
  RawClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Role: admin\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), "|");
}

TEST(HttpServer, TellsTheClientToContinueBeforeItSendsTheBody) {
  HttpServer server({}, echo);
  RawClient client(server.port());
  client.send("PUT /o HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("data");
  EXPECT_EQ(body_of(client.response()), "PUT /o data");
}

TEST(HttpServer, RefusesAnOversizedBodyBeforeItIsSent) {
  HttpServerOptions options;
  options.body_bytes_max = 10;
  HttpServer server(options, echo);
  RawClient client(server.port());
  client.send("PUT /o HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  const std::string response = client.response();
  EXPECT_EQ(status_of(response), 413);
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, RefusesAnOversizedBodyThatIsBeingSentAndItsAnswerArrives) {
  HttpServerOptions options;
  options.body_bytes_max = 1000;
  HttpServer server(options, echo);
  RawClient client(server.port());
  client.send(post(std::string(1'000'000, 'x')));
  client.shut_down_sending();
  const std::string response = client.until_closed();
  EXPECT_EQ(status_of(response), 413);
  EXPECT_EQ(body_of(response),
            R"({"message":"The request's body is larger than the server accepts."})");
}

TEST(HttpServer, RefusesAnOversizedChunkedBody) {
  HttpServerOptions options;
  options.body_bytes_max = 10;
  HttpServer server(options, echo);
  RawClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n");
  EXPECT_EQ(status_of(client.response()), 413);
}

TEST(HttpServer, RefusesAnOversizedHead) {
  HttpServerOptions options;
  options.header_bytes_max = 2048;
  HttpServer server(options, echo);
  RawClient fields(server.port());
  fields.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(4000, 'x') + "\r\n\r\n");
  EXPECT_EQ(status_of(fields.response()), 431);
  RawClient target(server.port());
  target.send("GET /" + std::string(4000, 'x'));
  EXPECT_EQ(status_of(target.response()), 431);
  RawClient fits(server.port());
  fits.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(1900, 'x') + "\r\n\r\n");
  EXPECT_EQ(status_of(fits.response()), 200);
}

struct BadRequest {
  const char* name;
  const char* bytes;
  int status;
};

class HttpServerRefuses : public testing::TestWithParam<BadRequest> {};

TEST_P(HttpServerRefuses, AndCloses) {
  HttpServer server({}, echo);
  RawClient client(server.port());
  client.send(GetParam().bytes);
  const std::string response = client.response();
  EXPECT_EQ(status_of(response), GetParam().status);
  EXPECT_EQ(body_of(response).substr(0, 12), R"({"message":")");
  EXPECT_TRUE(client.is_closed());
}

INSTANTIATE_TEST_SUITE_P(
    Requests,
    HttpServerRefuses,
    testing::Values(
        BadRequest{"Noise", "\x16\x03\x01 hello\r\n\r\n", 400},
        BadRequest{"NoVersion", "GET /\r\n\r\n", 400},
        BadRequest{"Version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
        BadRequest{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        BadRequest{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        BadRequest{"RelativeTarget", "GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        BadRequest{"Blank", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
        BadRequest{"Length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
        BadRequest{"TwoLengths",
                   "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                   400},
        BadRequest{"Smuggling",
                   "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n0\r\n\r\n",
                   400},
        BadRequest{
            "Chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        BadRequest{"Coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        BadRequest{"Codings",
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                   501},
        BadRequest{"Expectation", "POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n", 417}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(HttpServer, AnEndlessChunkHeaderIsRefused) {
  HttpServer server({}, echo);
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
              std::string(200'000, 'x'));
  EXPECT_EQ(status_of(client.response()), 400);
}

TEST(HttpServer, AnswersHeadWithTheLengthButNoBody) {
  HttpServer server({}, [](HttpRequest request, Responder respond) {
    HttpResponse response = text_response(request.path == "/body" ? "12345" : "");
    if (request.path == "/own") response.headers.add("Content-Length", "77");
    respond(std::move(response));
  });
  RawClient client(server.port());
  client.send("HEAD /body HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.response(false).find("Content-Length: 5\r\n"), std::string::npos);
  client.send("HEAD /own HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.response(false).find("Content-Length: 77\r\n"), std::string::npos);
  client.send("GET /body HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), "12345");
}

TEST(HttpServer, ANoContentAnswerHasNeitherBodyNorLength) {
  HttpServer server({}, [](HttpRequest, Responder respond) {
    HttpResponse response = text_response("lost");
    response.status = 204;
    respond(std::move(response));
  });
  RawClient client(server.port());
  client.send(kGet + kGet);
  for (int i = 0; i < 2; ++i) {
    const std::string response = client.until("\r\n\r\n");
    EXPECT_EQ(status_of(response), 204);
    EXPECT_EQ(response.find("Content-Length"), std::string::npos);
  }
}

TEST(HttpServer, AHeaderValueCannotAddAHeader) {
  HttpServer server({}, [](HttpRequest, Responder respond) {
    HttpResponse response;
    response.headers.add("X-Meta", "a\r\nSet-Cookie: b");
    respond(std::move(response));
  });
  RawClient client(server.port());
  client.send(kGet);
  EXPECT_NE(client.response().find("X-Meta: a  Set-Cookie: b\r\n"), std::string::npos);
}

TEST(HttpServer, SpeaksHttp10) {
  HttpServer server({}, echo);
  RawClient closes(server.port());
  closes.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(closes.until_closed()), "GET /a ");
  RawClient stays(server.port());
  stays.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(stays.response().find("Connection: keep-alive"), std::string::npos);
  stays.send(kGet);
  EXPECT_EQ(body_of(stays.response()), "GET /g ");
}

TEST(HttpServer, ClosesWhenTheClientAsksForIt) {
  HttpServer server({}, echo);
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.response().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, SendsARangeOfAFile) {
  TemporaryFolder folder;
  const std::string path = folder.path() / "data";
  std::string content(3'000'000, ' ');
  for (std::size_t i = 0; i < content.size(); ++i)
    content[i] = static_cast<char>('a' + (i * i) % 23);
  std::ofstream(path, std::ios::binary) << content;
  HttpServer server({}, [&](HttpRequest request, Responder respond) {
    HttpResponse response;
    response.file = request.path == "/all" ? FileRange{path, 0, content.size()}
                                           : FileRange{path, 1234, 2'000'001};
    respond(std::move(response));
  });
  RawClient client(server.port());
  client.send("GET /all HTTP/1.1\r\nHost: h\r\n\r\nHEAD /range HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(body_of(client.response()) == content);
  EXPECT_NE(client.response(false).find("Content-Length: 2000001"), std::string::npos);
  client.send("GET /range HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(body_of(client.response()) == content.substr(1234, 2'000'001));
}

TEST(HttpServer, AnUnreadableFileIsAServerError) {
  HttpServer server({}, [&](HttpRequest request, Responder respond) {
    HttpResponse response;
    response.file = request.path == "/beyond" ? FileRange{"/etc/passwd", 0, 1ULL << 40}
                                              : FileRange{"/nowhere/x", 0, 1};
    respond(std::move(response));
  });
  RawClient client(server.port());
  for (const std::string path : {"/missing", "/beyond"}) {
    client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(status_of(client.response()), 500);
  }
}

class Spooling : public testing::Test {
 protected:
  HttpServerOptions options() {
    HttpServerOptions out;
    out.spool_folder = folder.path();
    out.spool = [](const HttpRequest& request) {
      return request.method == "PUT" && request.body.empty();
    };
    out.body_bytes_max = 100;
    return out;
  }
  static std::string put(const std::string& body) {
    return "PUT /o HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryFolder folder;
};

TEST_F(Spooling, ChosenBodiesGoToAFileThatIsDeletedAfterTheResponse) {
  const std::string body(2'000'000, 's');
  HttpServer server(options(), [&](HttpRequest request, Responder respond) {
    const bool same = request.body_file && read(*request.body_file) == body && request.body.empty();
    respond(text_response(same ? "same" : "different"));
  });
  RawClient client(server.port());
  client.send(put(body));
  EXPECT_EQ(body_of(client.response()), "same");
  client.send(post("small"));  // answered after the first was finished
  EXPECT_EQ(body_of(client.response()), "different");
  EXPECT_TRUE(folder.is_empty());
}

TEST_F(Spooling, AFileThatTheHandlerRenamedStays) {
  const std::string kept = folder.path() / "kept";
  HttpServer server(options(), [&](HttpRequest request, Responder respond) {
    std::filesystem::rename(*request.body_file, kept);
    respond({});
  });
  RawClient client(server.port());
  client.send(put("precious"));
  client.response();
  server.stop(milliseconds(1000));
  EXPECT_EQ(read(kept), "precious");
}

TEST_F(Spooling, TheSpooledBodyCanBeTheAnswer) {
  HttpServer server(options(), [&](HttpRequest request, Responder respond) {
    HttpResponse response;
    response.file = FileRange{*request.body_file, 1, 3};
    respond(std::move(response));
  });
  RawClient client(server.port());
  client.send(put("abcde"));
  EXPECT_EQ(body_of(client.response()), "bcd");
}

TEST_F(Spooling, AnAbandonedUploadLeavesNoFile) {
  HttpServer server(options(), echo);
  {
    RawClient client(server.port());
    client.send(
        "PUT /o HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");
    client.response();
    client.send("part");
  }
  server.stop(milliseconds(0));
  EXPECT_TRUE(folder.is_empty());
}

TEST_F(Spooling, LimitsWhatGoesToDisk) {
  HttpServerOptions limited = options();
  limited.spooled_bytes_max = 1000;
  HttpServer server(limited, echo);
  RawClient client(server.port());
  client.send(put(std::string(1001, 'x')));
  EXPECT_EQ(status_of(client.response()), 413);
}

TEST_F(Spooling, SaysWhyTheBodyCannotBeStored) {
  HttpServerOptions broken = options();
  broken.spool_folder = folder.path() / "missing";
  HttpServer server(broken, echo);
  RawClient client(server.port());
  client.send(put("x"));
  const std::string response = client.response();
  EXPECT_EQ(status_of(response), 500);
  EXPECT_NE(response.find("No such file or directory"), std::string::npos);
}

TEST(HttpServer, ThrowsWhenTheAddressIsTaken) {
  HttpServer server({}, echo);
  HttpServerOptions options;
  options.port = server.port();
  EXPECT_THROW(HttpServer(options, echo), std::system_error);
}

}  // namespace
}  // namespace pawl::engine
