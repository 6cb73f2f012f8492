// How a connection reads its requests and hands them on.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include <spdlog/spdlog.h>

#include "engine/http/connection.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kHeadBufferBytes = 8 * 1024;
constexpr std::size_t kBodyBufferBytes = 64 * 1024;
constexpr std::size_t kSpoolBufferBytes = 256 * 1024;
constexpr std::uint64_t kReserveBytesMax = 1 << 20;  // what a Content-Length alone may allocate

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
}  // namespace

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
}  // namespace pawl::engine
