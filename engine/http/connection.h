// One client's connection: reads a request, hands it to the handler, writes the answer, and again.
//
//   kHead -> kBody -> kHandling -> kWriting -> kHead ...        any -> kDraining -> kClosed
//
// Sockets are used directly and without blocking; Asio only says when to try again. That keeps one
// system call per request and message, no buffer in an idle connection, and no timer object: each
// connection publishes the moment by which it must have moved on, and the server looks at all of
// them now and then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "engine/http/message.h"
#include "engine/http/parser.h"
#include "engine/http/read_buffer.h"
#include "engine/http/response_stream.h"
#include "engine/http/server.h"
#include "engine/http/spool_file.h"
#include "engine/http/tls.h"
#include "engine/http/transport.h"

namespace pawl::engine {

class Connection;

// What the connections of a server share. Outlives the server while a late Responder holds a
// connection.
struct ServerShared {
  using Loop = boost::asio::io_context;
  HttpServerOptions options;
  HttpHandler handler;
  // One for each thread, and each connection stays with one: what a request needs of the network
  // wakes no other thread.
  std::vector<std::unique_ptr<Loop>> loops;
  std::atomic<bool> stopping{false};

  std::mutex mutex;
  std::condition_variable emptied;
  // Guarded by mutex from here.
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
  std::unordered_map<std::string, int> connections_of;  // by client_group()
  std::shared_ptr<boost::asio::ssl::context> tls;       // null: none
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;
  using Loop = ServerShared::Loop;
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Loop::executor_type>;

  // `tls`: null for http.
  Connection(std::shared_ptr<ServerShared> shared, Socket socket, SSL_CTX* tls);

  // All of these may be called from any thread.
  void start();
  void turn_away();  // 503: there are too many
  const std::string& client() const { return client_; }
  void answer(std::uint64_t request, HttpResponse response, std::unique_ptr<SpoolFile> spooled);
  bool overdue(Clock::time_point now) const {
    return deadline_.load(std::memory_order_relaxed) < ticks(now);
  }
  void look_at_deadline();
  void
  finish_soon();  // the server stops: idle connections close, others after the response in progress

  // REQUIRES: on the loop of its socket, or when nothing runs that any more.
  void close();

 private:
  enum class State { kHandshake, kHead, kBody, kHandling, kWriting, kDraining, kClosed };
  enum class Received { kBytes, kNothingYet, kEnd };

  static std::int64_t ticks(Clock::time_point at) { return at.time_since_epoch().count(); }
  static constexpr std::int64_t kNever = INT64_MAX;

  void advance();  // step() until something must be waited for
  bool step();     // true: go on

  bool shake_hands();
  bool read_head();
  bool begin_request();
  int check_head(const MessageHead& head, std::string& why);
  bool begin_body();
  bool send_continue();
  bool read_body();
  bool keep_body_bytes(std::string_view bytes);
  void dispatch();
  void accept_answer(std::uint64_t request,
                     HttpResponse response,
                     std::unique_ptr<SpoolFile> spooled);

  bool refuse(int status, std::string_view message);  // answers, then closes; always true
  bool refuse(HttpResponse response);
  void start_response(HttpResponse response);
  bool open_file(const FileRange& file);
  bool write();
  bool flush();
  bool refill();
  bool refill_from_file();
  bool refill_from_stream();
  bool finish_response();
  bool drain();

  Received receive();
  void wait_readable();
  void wait_writable();
  void on_readable();
  bool peer_closed();
  void due_while_moving(std::chrono::milliseconds timeout, std::uint64_t moved);
  void due_in(std::chrono::milliseconds from_now);
  void never_due() { deadline_.store(kNever, std::memory_order_relaxed); }

  const std::shared_ptr<ServerShared> shared_;
  Socket socket_;
  Transport transport_;
  std::string remote_address_;
  std::string client_;  // client_group(remote_address_)
  std::atomic<std::int64_t> deadline_{kNever};
  const std::shared_ptr<std::atomic<bool>> client_gone_ =
      std::make_shared<std::atomic<bool>>(false);

  // Only on the loop of the socket from here.
  State state_ = State::kHead;
  bool advancing_ = false;
  bool may_read_ = true;  // the socket was not seen empty since it last became readable
  bool read_armed_ = false;
  bool write_armed_ = false;
  bool write_waits_for_reading_ = false;  // TLS now and then must hear the peer first
  int steps_in_a_row_ = 0;

  ReadBuffer in_;
  bool fresh_ = false;  // in_ holds bytes that the parser has not seen
  RequestParser parser_;
  HttpRequest request_;
  std::uint64_t request_number_ = 0;
  Clock::time_point began_;  // the body that comes, or the answer that goes
  std::uint64_t sent_ = 0;   // of the answer
  std::uint64_t body_bytes_ = 0;
  std::uint64_t body_bytes_max_ = 0;
  std::pair<int, std::string> body_fault_;
  std::unique_ptr<SpoolFile> spool_;
  int version_ = 11;
  bool is_head_ = false;
  bool keep_alive_ = true;
  bool drain_ = false;  // the client may still be sending: do not let a reset swallow the answer

  std::string out_;  // being sent, then body_
  std::string body_;
  std::size_t out_sent_ = 0;
  std::size_t body_sent_ = 0;
  FileDescriptor file_;
  std::uint64_t file_offset_ = 0;
  std::uint64_t file_left_ = 0;
  std::shared_ptr<ResponseStream> stream_;
  bool stream_ended_ = false;
  bool chunked_ = false;
};

}  // namespace pawl::engine
