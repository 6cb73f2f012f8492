#include "engine/http/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/post.hpp>

#include "engine/http/client_group.h"
#include "engine/http/response_head.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kHeadBufferBytes = 8 * 1024;
constexpr std::size_t kBodyBufferBytes = 64 * 1024;
constexpr std::size_t kSpoolBufferBytes = 256 * 1024;
constexpr std::size_t kFileChunkBytes = 128 * 1024;
constexpr std::size_t kBodyInHeadBytes = 16 * 1024;  // smaller bodies are copied behind the head
constexpr std::uint64_t kReserveBytesMax = 1 << 20;  // what a Content-Length alone may allocate
constexpr std::chrono::milliseconds kDrainTimeout{2'000};
constexpr int kStepsInARowMax = 64;  // then other connections get their turn

// One per request, shared by the copies of its Responder.
class Answer {
 public:
  Answer(std::weak_ptr<Connection> connection,
         std::uint64_t request,
         std::unique_ptr<SpoolFile> spool)
      : connection_(std::move(connection)), request_(request), spool_(std::move(spool)) {}
  ~Answer() {
    if (!given_.load()) give(error_response(500, "The request was not answered."));
  }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  void give(HttpResponse response) {
    if (given_.exchange(true)) return;
    if (const std::shared_ptr<Connection> connection = connection_.lock()) {
      connection->answer(request_, std::move(response), std::move(spool_));
    } else if (response.stream) {
      response.stream->close();
    }
  }

 private:
  const std::weak_ptr<Connection> connection_;
  const std::uint64_t request_;
  std::unique_ptr<SpoolFile> spool_;
  std::atomic<bool> given_{false};
};

// "http://host/path" as proxies send it, or "/path": the part from the path on.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_without_case(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t slash = target.find_first_of("/?", scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

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
  // Weak: after the server stopped nothing runs this any more, and it must not keep its own queue
  // alive.
  asio::post(socket_.get_executor(),
             [weak = weak_from_this(),
              request,
              response = std::move(response),
              spooled = std::move(spooled)]() mutable {
               const std::shared_ptr<Connection> self = weak.lock();
               if (self) self->accept_answer(request, std::move(response), std::move(spooled));
             });
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

bool Connection::read_head() {
  if (fresh_) {
    fresh_ = false;
    // [spec] A server SHOULD ignore at least one empty line received prior to the request-line.
    //        https://www.rfc-editor.org/rfc/rfc9112#section-2.2
    while (!parser_.started() && !in_.empty() &&
           (in_.bytes().front() == '\r' || in_.bytes().front() == '\n')) {
      in_.consume(1);
    }
    if (!in_.empty()) {
      if (!parser_.started()) due_in(shared_->options.read_timeout);
      const RequestParser::Put put = parser_.put(in_.bytes());
      in_.consume(put.consumed);
      using Progress = RequestParser::Progress;
      if (put.progress == Progress::kHeadComplete) return begin_request();
      if (put.progress == Progress::kHeadTooLarge) {
        return refuse(431, "The request's head is larger than the server accepts.");
      }
      if (put.progress != Progress::kNeedMore)
        return refuse(400, "Bad request: " + parser_.error());
    }
  }
  if (in_.size() >= shared_->options.header_bytes_max) {
    return refuse(431, "The request's head is larger than the server accepts.");
  }
  in_.make_room(std::max(kHeadBufferBytes, in_.size() + in_.size() / 2));
  const Received received = receive();
  if (received == Received::kEnd) close();
  return received == Received::kBytes;
}

bool Connection::begin_request() {
  MessageHead& head = parser_.head();
  version_ = head.version;
  is_head_ = head.method == "HEAD";
  keep_alive_ = parser_.keep_alive() && !shared_->stopping.load(std::memory_order_relaxed);
  std::string why;
  if (const int status = check_head(head, why); status != 0) return refuse(status, why);

  const std::string_view target = without_authority(head.target);
  const std::size_t mark = target.find('?');
  request_ = HttpRequest{};
  request_.path = std::string(target.substr(0, mark));
  if (request_.path.empty()) request_.path = "/";
  if (mark != std::string_view::npos) request_.query = parse_query(target.substr(mark + 1));
  request_.method = std::move(head.method);
  request_.target = std::move(head.target);
  request_.headers = std::move(head.headers);
  request_.remote_address = remote_address_;
  request_.client_gone = client_gone_;
  if (shared_->options.admit) {
    if (auto refused = shared_->options.admit(request_)) return refuse(std::move(*refused));
  }
  return begin_body();
}

// 0, or the status with which the request is refused.
int Connection::check_head(const MessageHead& head, std::string& why) {
  int hosts = 0;
  int codings = 0;
  for (const auto& [name, value] : head.headers.fields()) {
    if (equal_without_case(name, "Host")) ++hosts;
    if (!equal_without_case(name, "Transfer-Encoding")) continue;
    ++codings;
    if (equal_without_case(trimmed(value), "chunked") && codings == 1) continue;
    why = "The transfer encoding is not supported.";
    return 501;
  }
  // [spec] A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request
  // message that lacks a
  //        Host header field and to any request message that contains more than one Host header
  //        field line. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
  if (hosts > 1 || (hosts == 0 && head.version >= 11)) {
    why = "Bad request: exactly one Host header is needed.";
    return 400;
  }
  const std::string_view target = without_authority(head.target);
  if (target.empty() || (target[0] != '/' && target[0] != '?' && target != "*")) {
    why = "Bad request: the target must be a path.";
    return 400;
  }
  const std::string_view expected = head.headers.get("Expect");
  if (!expected.empty() && !equal_without_case(expected, "100-continue")) {
    why = "The expectation is not supported.";
    return 417;
  }
  return 0;
}

bool Connection::begin_body() {
  const HttpServerOptions& options = shared_->options;
  body_bytes_ = 0;
  body_bytes_max_ = options.body_bytes_max;
  body_fault_ = {413, "The request's body is larger than the server accepts."};
  const bool to_file = options.spool && options.spool(request_);
  if (to_file) body_bytes_max_ = options.spooled_bytes_max;
  const std::optional<std::uint64_t> length = parser_.content_length();
  if (length.value_or(0) > body_bytes_max_) return refuse(body_fault_.first, body_fault_.second);
  if (to_file) {
    spool_ = SpoolFile::create(options.spool_folder);
    if (!spool_) {
      return refuse(500,
                    std::string("The request's body cannot be stored: ") + std::strerror(errno));
    }
  } else if (length) {
    request_.body.reserve(static_cast<std::size_t>(std::min(*length, kReserveBytesMax)));
  }
  state_ = State::kBody;
  fresh_ = true;
  began_ = Clock::now();
  due_in(options.read_timeout);
  return send_continue();
}

// True also when there is nothing to send.
bool Connection::send_continue() {
  if (version_ < 11 || !in_.empty() || !request_.headers.has("Expect")) return true;
  if (parser_.put({}).progress == RequestParser::Progress::kComplete) return true;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  const Transport::Outcome sent = transport_.send(kContinue);
  // All earlier answers were taken by the kernel; if these few bytes find no room the client is not
  // reading.
  if (sent.status != Transport::Status::kBytes || sent.bytes != kContinue.size()) {
    close();
    return false;
  }
  return true;
}

bool Connection::read_body() {
  if (fresh_) {
    fresh_ = false;
    const RequestParser::Put put = parser_.put(in_.bytes());
    in_.consume(put.consumed);
    using Progress = RequestParser::Progress;
    if (put.progress == Progress::kComplete) {
      dispatch();
      return true;
    }
    if (put.progress == Progress::kBodyRefused)
      return refuse(body_fault_.first, body_fault_.second);
    // What stays unparsed is a chunk's header or a trailer: those are short.
    if (put.progress != Progress::kNeedMore || in_.size() >= kBodyBufferBytes) {
      return refuse(400, "Bad request: " + parser_.error());
    }
  }
  in_.make_room(spool_ ? kSpoolBufferBytes : kBodyBufferBytes);
  const Received received = receive();
  if (received == Received::kBytes)
    due_while_moving(shared_->options.read_timeout, body_bytes_ + in_.size());
  if (received == Received::kEnd) close();
  return received == Received::kBytes;
}

bool Connection::keep_body_bytes(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (body_bytes_ > body_bytes_max_) return false;
  if (!spool_) {
    request_.body.append(bytes);
  } else if (!spool_->write(bytes)) {
    body_fault_ = {errno == ENOSPC || errno == EDQUOT ? 507 : 500,
                   std::string("The request's body cannot be stored: ") + std::strerror(errno)};
    return false;
  }
  return true;
}

void Connection::dispatch() {
  state_ = State::kHandling;
  never_due();
  ++request_number_;
  if (spool_) {
    spool_->close();
    request_.body_file = spool_->path();
  }
  const auto answer =
      std::make_shared<Answer>(weak_from_this(), request_number_, std::move(spool_));
  try {
    shared_->handler(std::move(request_),
                     [answer](HttpResponse response) { answer->give(std::move(response)); });
  } catch (const std::exception& failure) {
    spdlog::error("http: a handler failed: {}", failure.what());
    answer->give(error_response(500, "The server failed to answer this request."));
  }
}

void Connection::accept_answer(std::uint64_t request,
                               HttpResponse response,
                               std::unique_ptr<SpoolFile> spooled) {
  if (state_ != State::kHandling || request != request_number_) {
    if (response.stream) response.stream->close();
    return;
  }
  spool_ = std::move(spooled);
  start_response(std::move(response));
  advance();
}

bool Connection::refuse(int status, std::string_view message) {
  return refuse(error_response(status, message));
}

bool Connection::refuse(HttpResponse response) {
  spool_.reset();
  keep_alive_ = false;
  drain_ = true;
  start_response(std::move(response));
  return true;
}

void Connection::start_response(HttpResponse response) {
  file_.close();
  file_left_ = 0;
  if (response.file && !open_file(*response.file)) {
    response = error_response(500, "The file of the answer cannot be read.");
  }
  HeadOptions head;
  head.version = version_;
  stream_ = std::move(response.stream);
  stream_ended_ = false;
  chunked_ = stream_ && version_ >= 11;
  if (stream_) {
    head.framing = chunked_ ? BodyFraming::kChunked : BodyFraming::kUntilClose;
    if (!chunked_) keep_alive_ = false;
  } else if (response.status == 204 || response.status == 304) {
    head.framing = BodyFraming::kNone;
    response.body.clear();
    file_left_ = 0;
  }
  head.length = file_.is_open() ? file_left_ : response.body.size();
  head.keep_alive = keep_alive_;
  head.keep_length_header = is_head_ && head.length == 0;

  out_.clear();
  out_sent_ = body_sent_ = 0;
  body_.clear();
  append_response_head(out_, response, head);
  if (is_head_) {
    file_left_ = 0;
    if (stream_) std::exchange(stream_, nullptr)->close();
  } else if (!stream_ && !file_.is_open()) {
    if (response.body.size() <= kBodyInHeadBytes) {
      out_.append(response.body);
    } else {
      body_ = std::move(response.body);
    }
  }
  state_ = State::kWriting;
  began_ = Clock::now();
  sent_ = 0;
  due_in(shared_->options.write_timeout);
  if (!stream_) return;
  stream_->attach([weak = weak_from_this()] {
    const std::shared_ptr<Connection> self = weak.lock();
    if (!self) return;
    asio::post(self->socket_.get_executor(), [weak] {
      if (const std::shared_ptr<Connection> awake = weak.lock()) awake->advance();
    });
  });
  if (shared_->stopping.load()) stream_->finish();
}

bool Connection::open_file(const FileRange& file) {
  file_ = FileDescriptor(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file_.is_open() || ::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      file.offset + file.length > static_cast<std::uint64_t>(status.st_size)) {
    spdlog::error(
        "http: cannot answer with {} bytes from {} of {}", file.length, file.offset, file.path);
    file_.close();
    return false;
  }
  file_offset_ = file.offset;
  file_left_ = file.length;
  return true;
}

bool Connection::write() {
  if (stream_ && stream_->is_dropped()) {
    close();
    return false;
  }
  if (!flush()) return false;
  if (file_left_ > 0 || stream_) return refill();
  return finish_response();
}

// False while the kernel takes no more, and once the connection is closed.
bool Connection::flush() {
  while (out_sent_ < out_.size() || body_sent_ < body_.size()) {
    const std::string_view head = std::string_view(out_).substr(out_sent_);
    const Transport::Outcome sent =
        transport_.send(head, std::string_view(body_).substr(body_sent_));
    if (sent.status == Transport::Status::kEnd) {
      close();
      return false;
    }
    if (sent.status != Transport::Status::kBytes) {
      const bool for_reading = sent.status == Transport::Status::kWantsRead;
      if (!write_armed_) due_while_moving(shared_->options.write_timeout, sent_);
      if (for_reading) {
        write_waits_for_reading_ = true;
        wait_readable();
      } else {
        wait_writable();
      }
      return false;
    }
    const std::size_t from_out = std::min(sent.bytes, head.size());
    out_sent_ += from_out;
    body_sent_ += sent.bytes - from_out;
    sent_ += sent.bytes;
    if (write_armed_) due_while_moving(shared_->options.write_timeout, sent_);
  }
  return true;
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

bool Connection::refill() {
  out_.clear();
  out_sent_ = 0;
  return file_left_ > 0 ? refill_from_file() : refill_from_stream();
}

bool Connection::refill_from_file() {
  out_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kFileChunkBytes, file_left_)));
  const ssize_t count =
      ::pread(file_.get(), out_.data(), out_.size(), static_cast<off_t>(file_offset_));
  if (count < 0 && errno == EINTR) {
    out_.clear();
    return true;
  }
  if (count <= 0) {  // cut short since: the announced length cannot be kept
    close();
    return false;
  }
  out_.resize(static_cast<std::size_t>(count));
  file_offset_ += static_cast<std::uint64_t>(count);
  file_left_ -= static_cast<std::uint64_t>(count);
  due_while_moving(shared_->options.write_timeout, sent_);
  return true;
}

bool Connection::refill_from_stream() {
  if (stream_ended_) {
    stream_.reset();
    return true;
  }
  ResponseStream::Taken taken = stream_->take();
  if (taken.dropped) {
    close();
    return false;
  }
  if (!taken.bytes.empty() && chunked_) {
    std::array<char, 24> size{};
    const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", taken.bytes.size());
    out_.assign(size.data(), static_cast<std::size_t>(length));
    out_.append(taken.bytes);
    out_.append("\r\n");
  } else {
    out_ = std::move(taken.bytes);
  }
  stream_ended_ = taken.finished;
  if (taken.finished && chunked_) out_.append("0\r\n\r\n");
  if (!out_.empty() || stream_ended_) {
    began_ = Clock::now();  // nobody could be quick while there was nothing
    sent_ = 0;
    due_in(shared_->options.write_timeout);
    return true;
  }
  never_due();
  if (may_read_ && peer_closed()) {
    close();
  } else if (!may_read_) {
    wait_readable();
  }
  return false;
}

bool Connection::finish_response() {
  spool_.reset();
  file_.close();
  if (!keep_alive_ || shared_->stopping.load(std::memory_order_relaxed)) {
    if (drain_ || !in_.empty()) {
      error_code ignored;
      transport_.finish();
      socket_.shutdown(tcp::socket::shutdown_send, ignored);
      state_ = State::kDraining;
      may_read_ = true;
      due_in(kDrainTimeout);
      return true;
    }
    close();
    return false;
  }
  parser_.reset();
  version_ = 11;
  is_head_ = false;
  state_ = State::kHead;
  fresh_ = !in_.empty();
  if (body_.capacity() > kBodyInHeadBytes) std::string().swap(body_);
  if (out_.capacity() > 2 * kBodyInHeadBytes) std::string().swap(out_);
  if (in_.empty() && in_.capacity() > kHeadBufferBytes) in_.release();
  due_in(fresh_ ? shared_->options.read_timeout : shared_->options.idle_timeout);
  return true;
}

// Takes what the client still sends, so that closing is not a reset that destroys the answer on its
// way.
bool Connection::drain() {
  in_.consume(in_.size());
  in_.make_room(kBodyBufferBytes);
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
