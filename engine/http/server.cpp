#include "engine/http/server.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

#include <spdlog/spdlog.h>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/http/connection.h"

namespace pawl::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Beyond connections_max that many may wait for their 503; more are closed at once.
constexpr std::size_t kTurnedAwayMax = 128;
constexpr std::chrono::milliseconds kAcceptPause{100};  // when the process is out of descriptors

std::chrono::milliseconds sweep_interval(const HttpServerOptions& options) {
  const auto shortest =
      std::min({options.read_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(1'000));
}

[[noreturn]] void fail_to_listen(const error_code& ec, const HttpServerOptions& options) {
  throw std::system_error(ec,
                          "cannot listen on " + options.host + ":" + std::to_string(options.port));
}

tcp::endpoint listening_endpoint(asio::io_context& io, const HttpServerOptions& options) {
  std::string host = options.host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  error_code ec;
  const asio::ip::address address = asio::ip::make_address(host, ec);
  if (!ec) return {address, options.port};
  tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(host, std::to_string(options.port), tcp::resolver::passive, ec);
  if (ec) fail_to_listen(ec, options);
  return found.begin()->endpoint();
}

}  // namespace

struct HttpServer::Impl {
  using Loop = ServerShared::Loop;
  using Acceptor = asio::basic_socket_acceptor<tcp, Loop::executor_type>;

  explicit Impl(int loops) : shared(shared_of(loops)) {
    for (const auto& loop : shared->loops) work.emplace_back(loop->get_executor());
  }
  static std::shared_ptr<ServerShared> shared_of(int loops) {
    auto made = std::make_shared<ServerShared>();
    for (int i = 0; i < loops; ++i) made->loops.push_back(std::make_unique<Loop>(1));
    return made;
  }

  const std::shared_ptr<ServerShared> shared;
  std::vector<asio::executor_work_guard<Loop::executor_type>> work;
  // These three are of the first loop.
  Acceptor acceptor{shared->loops.front()->get_executor()};
  asio::steady_timer sweeper{*shared->loops.front()};
  asio::steady_timer accept_pause{*shared->loops.front()};
  std::size_t last_loop = 0;  // that was given a connection
  std::uint16_t port = 0;
  std::vector<std::thread> threads;
  std::mutex stop_mutex;
  bool stopped = false;

  void listen() {
    const HttpServerOptions& options = shared->options;
    const tcp::endpoint endpoint = listening_endpoint(*shared->loops.front(), options);
    error_code ec;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) fail_to_listen(ec, options);
    port = acceptor.local_endpoint().port();
  }

  void accept_next() {
    last_loop = (last_loop + 1) % shared->loops.size();
    acceptor.async_accept(shared->loops[last_loop]->get_executor(),
                          [this](const error_code& ec, Connection::Socket socket) {
                            on_accepted(ec, std::move(socket));
                          });
  }

  void on_accepted(const error_code& ec, Connection::Socket socket) {
    if (shared->stopping) return;
    if (!ec) {
      admit(std::move(socket));
      accept_next();
      return;
    }
    if (ec == asio::error::connection_aborted) {
      accept_next();
      return;
    }
    spdlog::warn("http: accept failed: {}", ec.message());
    accept_pause.expires_after(kAcceptPause);
    accept_pause.async_wait([this](const error_code& cancelled) {
      if (cancelled || shared->stopping) return;
      accept_next();
    });
  }

  void admit(Connection::Socket socket) {
    const auto limit = static_cast<std::size_t>(std::max(1, shared->options.connections_max));
    const int each = shared->options.connections_per_client_max;
    bool welcome = false;
    std::shared_ptr<Connection> connection;
    {
      const std::lock_guard lock(shared->mutex);
      const std::size_t open = shared->connections.size();
      if (open >= limit + kTurnedAwayMax) return;
      SSL_CTX* const tls = shared->tls ? shared->tls->native_handle() : nullptr;
      connection = std::make_shared<Connection>(shared, std::move(socket), tls);
      shared->connections.emplace(connection.get(), connection);
      const int own = ++shared->connections_of[connection->client()];
      welcome = open < limit && (each <= 0 || own <= each);
    }
    if (welcome) {
      connection->start();
    } else {
      connection->turn_away();
    }
    if (shared->stopping) connection->finish_soon();  // stop() may have missed it
  }

  void sweep() {
    sweeper.expires_after(sweep_interval(shared->options));
    sweeper.async_wait([this](const error_code& cancelled) {
      if (cancelled) return;
      const auto now = Connection::Clock::now();
      for (const auto& connection :
           connections_where([now](const Connection& c) { return c.overdue(now); })) {
        connection->look_at_deadline();
      }
      sweep();
    });
  }

  template <typename Predicate>
  std::vector<std::shared_ptr<Connection>> connections_where(Predicate wanted) {
    std::vector<std::shared_ptr<Connection>> found;
    const std::lock_guard lock(shared->mutex);
    for (const auto& [key, connection] : shared->connections) {
      if (wanted(*connection)) found.push_back(connection);
    }
    return found;
  }

  void wait_until_empty(std::chrono::milliseconds limit) {
    std::unique_lock lock(shared->mutex);
    shared->emptied.wait_for(lock, limit, [this] { return shared->connections.empty(); });
  }

  // REQUIRES: no I/O thread runs. Handlers that still wait hold connections, and those the queue
  // with the handlers: everything is closed and the queue run until it is empty, so that nothing
  // keeps itself alive.
  void close_what_is_left() {
    error_code ignored;
    acceptor.close(ignored);
    sweeper.cancel();
    accept_pause.cancel();
    for (const auto& connection : connections_where([](const Connection&) { return true; })) {
      connection->close();
    }
    for (const auto& loop : shared->loops) loop->restart();
    for (bool any = true; any;) {
      any = false;
      for (const auto& loop : shared->loops) any = loop->poll() > 0 || any;
    }
  }

  void stop(std::chrono::milliseconds grace) {
    const std::lock_guard only_one(stop_mutex);
    if (stopped) return;
    stopped = true;
    shared->stopping = true;
    asio::post(acceptor.get_executor(), [this] {
      error_code ignored;
      acceptor.close(ignored);
    });
    for (const auto& connection : connections_where([](const Connection&) { return true; })) {
      connection->finish_soon();
    }
    wait_until_empty(grace);
    for (const auto& loop : shared->loops) loop->stop();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
    close_what_is_left();
    // Late Responders keep the shared part alive, but not what the handler refers to.
    shared->handler = nullptr;
    shared->options.spool = nullptr;
    shared->options.admit = nullptr;
  }
};

HttpServer::HttpServer(HttpServerOptions options, HttpHandler handler)
    : impl_(std::make_unique<Impl>(std::max(1, options.threads))) {
  impl_->shared->options = std::move(options);
  impl_->shared->handler = std::move(handler);
  if (impl_->shared->options.tls) impl_->shared->tls = make_server_tls(*impl_->shared->options.tls);
  impl_->listen();
  impl_->accept_next();
  impl_->sweep();
  for (std::size_t i = 0; i < impl_->shared->loops.size(); ++i) {
    impl_->threads.emplace_back([shared = impl_->shared, i] { shared->loops[i]->run(); });
  }
}

HttpServer::~HttpServer() { impl_->stop(std::chrono::milliseconds(0)); }

std::uint16_t HttpServer::port() const { return impl_->port; }

void HttpServer::reload_tls(const TlsFiles& files) {
  auto fresh = make_server_tls(files);
  const std::lock_guard lock(impl_->shared->mutex);
  impl_->shared->tls = std::move(fresh);
}

void HttpServer::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }

}  // namespace pawl::engine
