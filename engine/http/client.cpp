#include "engine/http/client.h"

#include <utility>  // Boost 1.74 forgets it

#include <algorithm>
#include <array>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <sys/socket.h>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>

#include "engine/http/parser.h"
#include "engine/http/request_head.h"
#include "engine/http/tls.h"
#include "engine/http/url.h"

namespace pawl::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Strand = asio::strand<asio::io_context::executor_type>;
using Kind = ClientError::Kind;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kHeadBytesMax = 256 * 1024;
constexpr std::size_t kReadBytes = 32 * 1024;
constexpr std::size_t kIdlePerHostMax = 32;
constexpr std::chrono::seconds kIdleMax{20};
constexpr const char* kShutDown = "the client was shut down";

// A connection to one host. Whoever uses it binds its handlers to a strand of its own; handlers in
// flight hold it.
struct Link {
  explicit Link(asio::io_context& io) : socket(io) {}

  tcp::socket socket;
  // Over `socket`; only for https.
  std::unique_ptr<asio::ssl::stream<tcp::socket&>> tls;
  Clock::time_point idle_since{};

  template <typename Buffers, typename Handler>
  void write(const Buffers& buffers, Handler handler) {
    if (tls) {
      asio::async_write(*tls, buffers, std::move(handler));
    } else {
      asio::async_write(socket, buffers, std::move(handler));
    }
  }
  template <typename Handler>
  void read(asio::mutable_buffer buffer, Handler handler) {
    if (tls) {
      tls->async_read_some(buffer, std::move(handler));
    } else {
      socket.async_read_some(buffer, std::move(handler));
    }
  }
  void close() {
    error_code ignored;
    socket.close(ignored);
  }
  // Nothing to read is what a live idle connection looks like; its end or a stray byte rules it
  // out.
  bool looks_alive() {
    char byte = 0;
    const ssize_t count = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
};

// Idle connections by "scheme://host:port". Thread-safe.
class Pool {
 public:
  std::shared_ptr<Link> take(const std::string& key) {
    const std::lock_guard lock(mutex_);
    forget_old();
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    while (!found->second.empty()) {
      std::shared_ptr<Link> link = std::move(found->second.back());
      found->second.pop_back();
      if (link->looks_alive()) return link;
    }
    return nullptr;
  }
  void give(const std::string& key, std::shared_ptr<Link> link) {
    const std::lock_guard lock(mutex_);
    forget_old();
    std::vector<std::shared_ptr<Link>>& links = idle_[key];
    if (links.size() >= kIdlePerHostMax) return;
    link->idle_since = Clock::now();
    links.push_back(std::move(link));
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    idle_.clear();
  }

 private:
  void forget_old() {
    const Clock::time_point oldest = Clock::now() - kIdleMax;
    for (auto entry = idle_.begin(); entry != idle_.end();) {
      std::erase_if(entry->second, [&](const auto& link) { return link->idle_since < oldest; });
      entry = entry->second.empty() ? idle_.erase(entry) : std::next(entry);
    }
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::vector<std::shared_ptr<Link>>> idle_;
};

bool is_idempotent(std::string_view method) {
  static constexpr std::array<std::string_view, 5> kMethods{
      "GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

class Exchange;

struct ClientCore {
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  Pool pool;
  std::string ca_file;
  std::once_flag tls_once;
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::thread> threads;

  std::mutex mutex;
  std::condition_variable idle;
  std::unordered_set<std::shared_ptr<Exchange>> active;  // guarded by mutex
  bool closing = false;                                  // guarded by mutex

  // Reading the trust store takes a while, so only for the first https request.
  asio::ssl::context& tls_context() {
    std::call_once(tls_once, [this] { tls = make_client_tls(ca_file); });
    return *tls;
  }
};

// One request and its answer. Runs on the strand of its connection.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  using Done = std::function<void(ClientResult)>;

  Exchange(ClientCore& client, ClientRequest request, Done done);
  void start();
  void abort(Kind kind, std::string why);

 private:
  void run();
  void connect();
  template <typename Handler>
  auto on_strand(Handler handler);
  void connect_to(std::vector<tcp::endpoint> endpoints);
  void shake_hands();
  void send();
  void receive();
  void on_received(const error_code& ec, std::size_t count);
  bool parse();
  void complete();
  void lost(const error_code& ec, bool nothing_sent);
  void fail(Kind kind, std::string message);
  void finish(ClientResult result);
  std::string where() const { return url_.host + ":" + std::to_string(url_.port); }

  ClientCore& client_;
  const ClientRequest request_;
  Done done_;
  Url url_;
  std::string key_;
  std::string head_;
  std::shared_ptr<Link> link_;
  Strand strand_;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Strand> timer_;
  tcp::resolver resolver_;
  ResponseParser parser_{kHeadBytesMax};
  std::string in_;  // received, not parsed
  HttpResponse response_;
  bool too_large_ = false;
  bool pooled_ = false;
  bool retried_ = false;
  bool host_is_address_ = false;
  bool sent_ = false;      // the whole request
  bool answered_ = false;  // a byte of the answer came
  bool finished_ = false;
};

Exchange::Exchange(ClientCore& client, ClientRequest request, Done done)
    : client_(client),
      request_(std::move(request)),
      done_(std::move(done)),
      strand_(asio::make_strand(client.io.get_executor())),
      timer_(strand_),
      resolver_(strand_) {}

void Exchange::start() {
  asio::post(strand_, [self = shared_from_this()] { self->run(); });
}

void Exchange::abort(Kind kind, std::string why) {
  asio::post(strand_, [self = shared_from_this(), kind, why = std::move(why)]() mutable {
    self->fail(kind, std::move(why));
  });
}

void Exchange::run() {
  if (finished_) return;
  const std::optional<Url> url = parse_url(request_.url);
  if (!url) return fail(Kind::kProtocol, "not an http or https URL: " + request_.url);
  if (std::string fault = request_fault(request_); !fault.empty()) {
    return fail(Kind::kProtocol, std::move(fault));
  }
  url_ = *url;
  key_ = (url_.secure ? "https://" : "http://") + where();
  head_ = request_head(request_, url_);
  timer_.expires_after(request_.timeout);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    if (!ec) self->fail(Kind::kTimeout, "no answer from " + self->where() + " in time");
  });
  parser_.on_body([this](std::string_view bytes) {
    too_large_ = bytes.size() > request_.response_bytes_max - response_.body.size();
    if (!too_large_) response_.body.append(bytes);
    return !too_large_;
  });
  link_ = client_.pool.take(key_);
  pooled_ = link_ != nullptr;
  if (pooled_) {
    send();
  } else {
    connect();
  }
}

// `handler` on the strand, and only while the exchange still runs on the connection it was made
// for.
template <typename Handler>
auto Exchange::on_strand(Handler handler) {
  return asio::bind_executor(
      strand_,
      [self = shared_from_this(), link = link_, handler = std::move(handler)](const error_code& ec,
                                                                              const auto&... rest) {
        if (!self->finished_ && self->link_ == link) handler(*self, ec, rest...);
      });
}

void Exchange::connect() {
  link_ = std::make_shared<Link>(client_.io);
  error_code ec;
  const asio::ip::address address = asio::ip::make_address(url_.host, ec);
  host_is_address_ = !ec;
  if (host_is_address_) return connect_to({tcp::endpoint(address, url_.port)});
  const auto on_resolved =
      [](Exchange& self, const error_code& failed, const tcp::resolver::results_type& found) {
        if (failed)
          return self.fail(Kind::kResolve,
                           "cannot resolve " + self.url_.host + ": " + failed.message());
        std::vector<tcp::endpoint> endpoints;
        for (const auto& entry : found) endpoints.push_back(entry.endpoint());
        self.connect_to(std::move(endpoints));
      };
  resolver_.async_resolve(
      url_.host, std::to_string(url_.port), tcp::resolver::numeric_service, on_strand(on_resolved));
}

void Exchange::connect_to(std::vector<tcp::endpoint> endpoints) {
  const auto list = std::make_shared<std::vector<tcp::endpoint>>(std::move(endpoints));
  const auto on_connected = [list](Exchange& self, const error_code& ec, const auto&) {
    if (ec)
      return self.fail(Kind::kConnect, "cannot connect to " + self.where() + ": " + ec.message());
    error_code ignored;
    self.link_->socket.set_option(tcp::no_delay(true), ignored);
    if (self.url_.secure) return self.shake_hands();
    self.send();
  };
  asio::async_connect(link_->socket, list->begin(), list->end(), on_strand(on_connected));
}

void Exchange::shake_hands() {
  try {
    link_->tls =
        std::make_unique<asio::ssl::stream<tcp::socket&>>(link_->socket, client_.tls_context());
  } catch (const std::exception& error) {
    return fail(Kind::kTls, error.what());
  }
  if (!host_is_address_) SSL_set_tlsext_host_name(link_->tls->native_handle(), url_.host.c_str());
  error_code ignored;
  link_->tls->set_verify_callback(asio::ssl::host_name_verification(url_.host), ignored);
  const auto on_done = [](Exchange& self, const error_code& ec) {
    if (ec)
      return self.fail(Kind::kTls, "no secure connection to " + self.where() + ": " + ec.message());
    self.send();
  };
  link_->tls->async_handshake(asio::ssl::stream_base::client, on_strand(on_done));
}

void Exchange::send() {
  parser_.reset(request_.method == "HEAD");
  in_.clear();
  answered_ = sent_ = false;
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::buffer(request_.body)};
  const auto on_sent = [](Exchange& self, const error_code& ec, std::size_t count) {
    self.sent_ = !ec;
    // A server may answer (413, 403) and stop reading: its answer counts, so read on.
    if (ec && count == 0) self.lost(ec, true);
  };
  link_->write(buffers, on_strand(on_sent));
  receive();
}

void Exchange::receive() {
  const std::size_t held = in_.size();
  in_.resize(held + kReadBytes);
  const auto on_some = [held](Exchange& self, const error_code& ec, std::size_t count) {
    self.in_.resize(held + count);
    self.on_received(ec, count);
  };
  link_->read(asio::buffer(in_.data() + held, kReadBytes), on_strand(on_some));
}

void Exchange::on_received(const error_code& ec, std::size_t count) {
  if (count > 0) answered_ = true;
  if (count > 0 && !parse()) return;
  if (!ec) return receive();
  // A body without a length ends with the connection. [spec]
  // https://www.rfc-editor.org/rfc/rfc9112#section-6.3
  if (ec == asio::error::eof && parser_.started() && parser_.put_end()) return complete();
  lost(ec, false);
}

// True: more is needed.
bool Exchange::parse() {
  std::size_t used = 0;
  bool more = true;
  while (more) {
    const ResponseParser::Put put = parser_.put(std::string_view(in_).substr(used));
    used += put.consumed;
    using Progress = ResponseParser::Progress;
    switch (put.progress) {
      case Progress::kNeedMore:
        in_.erase(0, used);
        return true;
      case Progress::kHeadComplete:
        if (parser_.head().status / 100 == 1) {  // an interim answer; the real one follows
          parser_.reset(request_.method == "HEAD");
          more = used < in_.size();
          continue;
        }
        response_.status = parser_.head().status;
        response_.headers = std::move(parser_.head().headers);
        if (const auto length = parser_.content_length();
            length.value_or(0) > request_.response_bytes_max && request_.method != "HEAD") {
          too_large_ = true;
        }
        if (!too_large_) continue;
        [[fallthrough]];
      case Progress::kBodyRefused:
      case Progress::kHeadTooLarge:
        fail(Kind::kTooLarge, "the answer from " + where() + " is larger than allowed");
        return false;
      case Progress::kMalformed:
        fail(Kind::kProtocol, "bad answer from " + where() + ": " + parser_.error());
        return false;
      case Progress::kComplete:
        in_.erase(0, used);
        complete();
        return false;
    }
  }
  in_.clear();
  return true;
}

void Exchange::complete() {
  const bool reusable = parser_.keep_alive() && sent_ && in_.empty();
  if (reusable) {
    client_.pool.give(key_, std::move(link_));
  } else {
    link_->close();
  }
  finish(std::move(response_));
}

// The connection broke. An idle connection that the server closed just as it was taken from the
// pool says nothing about the request: it is sent once more, on a new connection, unless it may
// have been carried out already.
void Exchange::lost(const error_code& ec, bool nothing_sent) {
  const bool again =
      pooled_ && !retried_ && !answered_ && (nothing_sent || is_idempotent(request_.method));
  if (!again) {
    return fail(Kind::kClosed, "the connection to " + where() + " broke: " + ec.message());
  }
  link_->close();
  retried_ = true;
  pooled_ = false;
  connect();
}

void Exchange::fail(Kind kind, std::string message) {
  if (finished_) return;
  if (link_) link_->close();
  finish(ClientError{kind, std::move(message)});
}

void Exchange::finish(ClientResult result) {
  finished_ = true;
  timer_.cancel();
  resolver_.cancel();
  std::exchange(done_, nullptr)(std::move(result));
  const std::lock_guard lock(client_.mutex);
  client_.active.erase(shared_from_this());
  if (client_.active.empty()) client_.idle.notify_all();
}

}  // namespace

struct HttpClient::Impl : ClientCore {};

HttpClient::HttpClient(int threads, std::string ca_file) : impl_(std::make_unique<Impl>()) {
  impl_->ca_file = std::move(ca_file);
  for (int i = 0; i < std::max(1, threads); ++i) {
    impl_->threads.emplace_back([this] { impl_->io.run(); });
  }
}

HttpClient::~HttpClient() {
  {
    std::unique_lock lock(impl_->mutex);
    impl_->closing = true;
    for (const auto& exchange : impl_->active) exchange->abort(Kind::kClosed, kShutDown);
    impl_->idle.wait(lock, [this] { return impl_->active.empty(); });
  }
  // Not waiting for what is left in the queue: a name that is still being resolved may take a
  // while.
  impl_->io.stop();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->pool.clear();
}

std::function<void()> HttpClient::send(ClientRequest request,
                                       std::function<void(ClientResult)> done) {
  auto exchange = std::make_shared<Exchange>(*impl_, std::move(request), std::move(done));
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->active.insert(exchange);
    // Sent by a callback of what the destructor cancels.
    if (impl_->closing) exchange->abort(Kind::kClosed, kShutDown);
  }
  exchange->start();
  return [sent = std::weak_ptr<Exchange>(exchange)] {
    if (const auto going = sent.lock()) going->abort(Kind::kCancelled, "the call was cancelled");
  };
}

ClientResult HttpClient::send(ClientRequest request) {
  // Shared: set_value may still be busy in the promise when the result is already taken here.
  const auto promise = std::make_shared<std::promise<ClientResult>>();
  std::future<ClientResult> future = promise->get_future();
  send(std::move(request),
       [promise](ClientResult result) { promise->set_value(std::move(result)); });
  return future.get();
}

}  // namespace pawl::engine
