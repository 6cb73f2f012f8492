// pawl-load: many keep-alive connections ask a server for a mix of things, and none may be refused
// or cut off.
#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "bench/load/mix.h"
#include "bench/load/report.h"

namespace pawl::load {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Clock = std::chrono::steady_clock;

struct Plan {
  std::string host = "127.0.0.1";
  std::string port = "8083";
  int connections = 1000;
  int seconds = 300;
  int pid = 0;
  std::uint64_t seed = 1;
};

http::request<http::string_body> wire_form(const Request& request) {
  http::request<http::string_body> wire(
      request.target.empty() ? http::verb::get : http::verb::post, request.path, 11);
  wire.set(http::field::host, "127.0.0.1");
  if (!request.target.empty()) {
    wire.set("X-Amz-Target", request.target);
    wire.set(http::field::content_type, "application/x-amz-json-1.0");
    wire.body() = request.body;
  }
  wire.prepare_payload();
  return wire;
}

// What all connections share; one thread.
struct Load {
  asio::io_context io;
  asio::ip::tcp::endpoint server;
  Mix mix;
  Report report;
  Clock::time_point end;
  int dropped = 0;
};

// One keep-alive connection: a request, its answer, the next request.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Load& load) : load_(load), stream_(load.io) {}

  void begin() {
    stream_.expires_never();
    stream_.async_connect(load_.server, [self = shared_from_this()](beast::error_code error) {
      if (error) return self->broken("connect: " + error.message());
      self->ask();
    });
  }

 private:
  void ask() {
    if (Clock::now() >= load_.end) return;
    request_ = load_.mix.next();
    wire_ = wire_form(request_);
    asked_ = Clock::now();
    stream_.expires_after(std::chrono::seconds(60));
    http::async_write(
        stream_, wire_, [self = shared_from_this()](beast::error_code error, std::size_t) {
          if (error) return self->broken("write: " + error.message());
          self->read();
        });
  }

  void read() {
    answer_ = {};
    http::async_read(
        stream_, buffer_, answer_, [self = shared_from_this()](beast::error_code error, auto) {
          if (error) return self->broken("read: " + error.message());
          self->take();
        });
  }

  void take() {
    const int status = static_cast<int>(answer_.result_int());
    if (status != request_.status) {
      load_.report.failed(request_.label,
                          std::to_string(status) + " " + answer_.body().substr(0, 160));
    } else {
      load_.report.answered(request_.label, Clock::now() - asked_);
      load_.mix.learn(request_, answer_.body());
    }
    ask();
  }

  void broken(const std::string& why) {
    ++load_.dropped;
    load_.report.failed(request_.label, why);
  }

  Load& load_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  Request request_;
  http::request<http::string_body> wire_;
  http::response<http::string_body> answer_;
  Clock::time_point asked_;
};

std::int64_t resident_kib(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
  }
  return 0;
}

// Every ten seconds, so that growth shows.
class Progress {
 public:
  Progress(Load& load, int pid) : load_(load), pid_(pid), timer_(load.io) { wait(); }

 private:
  void wait() {
    timer_.expires_after(std::chrono::seconds(10));
    timer_.async_wait([this](beast::error_code error) {
      if (error || Clock::now() >= load_.end) return;
      std::cout << load_.report.answers() << " answers, " << load_.report.errors() << " errors";
      if (pid_ != 0) std::cout << ", " << resident_kib(pid_) / 1024 << " MiB resident";
      std::cout << std::endl;
      wait();
    });
  }

  Load& load_;
  int pid_;
  asio::steady_timer timer_;
};

void set_up(Load& load) {
  beast::tcp_stream stream(load.io);
  stream.connect(load.server);
  beast::flat_buffer buffer;
  for (const Request& request : Mix::setup()) {
    http::write(stream, wire_form(request));
    http::response<http::string_body> answer;
    http::read(stream, buffer, answer);
    if (answer.result_int() != 200) throw std::runtime_error(request.label + ": " + answer.body());
    load.mix.learn(request, answer.body());
  }
}

int run(const Plan& plan) {
  Load load{.io = asio::io_context(1),
            .server = {},
            .mix = Mix(plan.seed),
            .report = {},
            .end = Clock::now() + std::chrono::seconds(plan.seconds)};
  asio::ip::tcp::resolver resolver(load.io);
  load.server = resolver.resolve(plan.host, plan.port).begin()->endpoint();
  set_up(load);
  for (int i = 0; i < plan.connections; ++i) std::make_shared<Connection>(load)->begin();
  const Progress progress(load, plan.pid);
  load.io.run();
  load.report.print(std::cout, plan.seconds);
  std::cout << "connections lost: " << load.dropped << " of " << plan.connections << "\n";
  return load.report.errors() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pawl::load

int main(int argc, char** argv) {
  pawl::load::Plan plan;
  CLI::App app("Many keep-alive connections ask a pawl server for a mix of things.");
  app.add_option("--host", plan.host, "Where the server is");
  app.add_option("--port", plan.port, "Its port");
  app.add_option("--connections", plan.connections, "Kept alive")->check(CLI::Range(1, 60'000));
  app.add_option("--seconds", plan.seconds, "How long")->check(CLI::Range(1, 86'400));
  app.add_option("--pid", plan.pid, "Of the server, to tell its memory");
  app.add_option("--seed", plan.seed, "Of the mix");
  CLI11_PARSE(app, argc, argv);
  try {
    return pawl::load::run(plan);
  } catch (const std::exception& error) {
    std::cerr << "pawl-load: " << error.what() << "\n";
    return 2;
  }
}
