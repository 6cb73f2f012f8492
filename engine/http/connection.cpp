#include "engine/http/connection.h"

#include <algorithm>
#include <mutex>

#include <spdlog/spdlog.h>
#include <boost/asio/post.hpp>

#include "engine/http/client_group.h"
#include "engine/http/late_answers.h"

namespace pawl::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kDrainBufferBytes = 64 * 1024;
constexpr int kStepsInARowMax = 64;  // then other connections get their turn

std::string endpoint_text(const tcp::endpoint& endpoint) {
  std::string address = endpoint.address().to_string();
  if (endpoint.address().is_v6()) address = "[" + address + "]";
  return address + ":" + std::to_string(endpoint.port());
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerShared> shared, Socket socket, SSL_CTX* tls)
    : shared_(std::move(shared)),
      socket_(std::move(socket)),
      transport_(socket_.native_handle(), tls),
      parser_(static_cast<std::uint32_t>(
          std::min<std::uint64_t>(shared_->options.header_bytes_max, UINT32_MAX))) {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  const tcp::endpoint remote = socket_.remote_endpoint(ignored);
  if (!ignored) remote_address_ = endpoint_text(remote);
  client_ = client_group(remote_address_);
  if (transport_.is_tls()) state_ = State::kHandshake;
  parser_.on_body([this](std::string_view bytes) { return keep_body_bytes(bytes); });
}

void Connection::start() {
  due_in(transport_.is_tls() ? shared_->options.read_timeout : shared_->options.idle_timeout);
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->advance(); });
}

void Connection::turn_away() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->transport_.is_tls()) return self->close();  // a handshake would be work
    self->refuse(503, "Too many connections. Try again later.");
    self->advance();
  });
}

void Connection::answer(std::uint64_t request,
                        HttpResponse response,
                        std::unique_ptr<SpoolFile> spooled) {
  if (socket_.get_executor().running_in_this_thread()) {
    accept_answer(request, std::move(response), std::move(spooled));
    return;
  }
  LateAnswers::here().add(shared_,
                          socket_.get_executor(),
                          {weak_from_this(), request, std::move(response), std::move(spooled)});
}

void Connection::look_at_deadline() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->state_ == State::kClosed || !self->overdue(Clock::now())) return;
    const bool reading =
        self->state_ == State::kBody || (self->state_ == State::kHead && self->parser_.started());
    if (!reading) {
      self->close();
      return;
    }
    self->refuse(408, "The request did not arrive in time.");
    self->advance();
  });
}

void Connection::finish_soon() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->keep_alive_ = false;
    if (self->state_ == State::kHead && self->in_.empty() && !self->parser_.started()) {
      self->close();
    } else if (self->stream_) {
      self->stream_->finish();
    }
  });
}

void Connection::advance() {
  if (advancing_) return;  // a handler answered at once: the loop below goes on
  advancing_ = true;
  steps_in_a_row_ = 0;
  while (step()) {
    if (++steps_in_a_row_ < kStepsInARowMax) continue;
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->advance(); });
    break;
  }
  advancing_ = false;
}

bool Connection::step() {
  switch (state_) {
    case State::kHandshake:
      return shake_hands();
    case State::kHead:
      return read_head();
    case State::kBody:
      return read_body();
    case State::kHandling:
      // Only to notice that the client goes away.
      if (!may_read_) {
        wait_readable();
      } else if (transport_.is_tls() && peer_closed()) {
        client_gone_->store(true, std::memory_order_relaxed);
      }
      return false;
    case State::kWriting:
      return write();
    case State::kDraining:
      return drain();
    case State::kClosed:
      return false;
  }
  return false;
}

bool Connection::shake_hands() {
  switch (transport_.handshake().status) {
    case Transport::Status::kBytes:
      state_ = State::kHead;
      due_in(shared_->options.idle_timeout);
      return true;
    case Transport::Status::kWantsRead:
      wait_readable();
      return false;
    case Transport::Status::kWantsWrite:
      wait_writable();
      return false;
    case Transport::Status::kEnd:
      break;
  }
  if (transport_.met_plain_http()) return refuse(400, "This port speaks TLS: use https.");
  close();
  return false;
}
// Takes what the client still sends, so that closing is not a reset that destroys the answer on its
// way.
bool Connection::drain() {
  in_.consume(in_.size());
  in_.make_room(kDrainBufferBytes);
  const Received received = receive();
  if (received == Received::kEnd) close();
  return received == Received::kBytes;
}

Connection::Received Connection::receive() {
  if (!may_read_) {
    wait_readable();
    return Received::kNothingYet;
  }
  const std::size_t room = in_.room_size();
  const Transport::Outcome got = transport_.receive(in_.room(), room);
  switch (got.status) {
    case Transport::Status::kBytes:
      in_.add(got.bytes);
      may_read_ = transport_.is_tls() || got.bytes == room;
      fresh_ = true;
      return Received::kBytes;
    case Transport::Status::kEnd:
      return Received::kEnd;
    case Transport::Status::kWantsRead:
      may_read_ = false;
      wait_readable();
      return Received::kNothingYet;
    case Transport::Status::kWantsWrite:
      wait_writable();
      return Received::kNothingYet;
  }
  return Received::kEnd;
}

void Connection::wait_readable() {
  if (read_armed_) return;
  read_armed_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& ec) {
    self->read_armed_ = false;
    if (ec || self->state_ == State::kClosed) return;
    self->may_read_ = true;
    self->on_readable();
  });
}

void Connection::wait_writable() {
  if (write_armed_) return;
  write_armed_ = true;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const error_code& ec) {
    self->write_armed_ = false;
    if (!ec && self->state_ != State::kClosed) self->advance();
  });
}

void Connection::on_readable() {
  if (state_ == State::kHandling) {
    // A client that only shut its sending side down still wants the answer: so no close here.
    if (peer_closed()) client_gone_->store(true, std::memory_order_relaxed);
  } else if (state_ == State::kWriting) {
    if (std::exchange(write_waits_for_reading_, false)) {
      advance();
    } else if (stream_ && peer_closed()) {
      close();
    }
  } else {
    advance();
  }
}

bool Connection::peer_closed() {
  const Transport::Outcome seen = transport_.peek();
  if (seen.status == Transport::Status::kWantsRead) {
    may_read_ = false;
    wait_readable();
  }
  return seen.status == Transport::Status::kEnd;
}

// The moment by which more must have moved: a timeout from now, but no later than one timeout and
// what `moved` bytes may take since `began_`.
void Connection::due_while_moving(std::chrono::milliseconds timeout, std::uint64_t moved) {
  auto by = Clock::now() + timeout;
  if (const std::uint64_t least = shared_->options.bytes_per_second_min; least > 0) {
    const auto allowed = std::chrono::milliseconds(moved * 1000 / least);
    by = std::min(by, began_ + timeout + allowed);
  }
  deadline_.store(ticks(by), std::memory_order_relaxed);
}
void Connection::due_in(std::chrono::milliseconds from_now) {
  deadline_.store(ticks(Clock::now() + from_now), std::memory_order_relaxed);
}

void Connection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  never_due();
  client_gone_->store(true, std::memory_order_relaxed);
  error_code ignored;
  transport_.finish();
  socket_.close(ignored);
  spool_.reset();
  file_.close();
  if (stream_) std::exchange(stream_, nullptr)->close();
  const std::shared_ptr<Connection> self =
      shared_from_this();  // the table may hold the last reference
  const std::lock_guard lock(shared_->mutex);
  if (shared_->connections.erase(this) > 0) {
    const auto count = shared_->connections_of.find(client_);
    if (--count->second == 0) shared_->connections_of.erase(count);
  }
  if (shared_->connections.empty()) shared_->emptied.notify_all();
}

}  // namespace pawl::engine
