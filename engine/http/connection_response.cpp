// How a connection sends its answers: from memory, from a file, or as a stream is written.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/post.hpp>

#include "engine/http/connection.h"
#include "engine/http/response_head.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kIdleBufferBytes = 8 * 1024;
constexpr std::size_t kFileChunkBytes = 128 * 1024;
constexpr std::size_t kBodyInHeadBytes = 16 * 1024;  // smaller bodies are copied behind the head
constexpr std::chrono::milliseconds kDrainTimeout{2'000};

}  // namespace

bool Connection::refuse(int status, std::string_view message) {
  const auto& refusal = shared_->options.refusal;
  if (refusal && !request_.path.empty()) {  // its head is there
    if (auto said = refusal(request_, status, std::string(message))) {
      return refuse(*std::move(said));
    }
  }
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
    boost::asio::post(self->socket_.get_executor(), [weak] {
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
      boost::system::error_code ignored;
      transport_.finish();
      socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
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
  request_.path.clear();
  state_ = State::kHead;
  fresh_ = !in_.empty();
  if (body_.capacity() > kBodyInHeadBytes) std::string().swap(body_);
  if (out_.capacity() > 2 * kBodyInHeadBytes) std::string().swap(out_);
  if (in_.empty() && in_.capacity() > kIdleBufferBytes) in_.release();
  due_in(fresh_ ? shared_->options.read_timeout : shared_->options.idle_timeout);
  return true;
}
}  // namespace pawl::engine
