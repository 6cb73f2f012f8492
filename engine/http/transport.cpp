#include "engine/http/transport.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <stdexcept>

namespace pawl::engine {
namespace {

using Status = Transport::Status;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

// OpenSSL's own socket BIO uses write(), which kills the process with SIGPIPE when the peer is
// gone.
int descriptor_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bio_write(BIO* bio, const char* bytes, int count) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
  if (sent < 0 && (would_block() || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* room, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::recv(descriptor_of(bio), room, static_cast<std::size_t>(size), 0);
  if (count < 0 && (would_block() || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(count);
}

long bio_control(BIO* /*bio*/, int what, long /*number*/, void* /*pointer*/) {
  return what == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* socket_method() {
  static BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pawl socket");
    if (method == nullptr) throw std::runtime_error("no memory for TLS");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
  }();
  return kMethod;
}

BIO* socket_bio(int socket) {
  BIO* bio = BIO_new(socket_method());
  if (bio == nullptr) throw std::runtime_error("no memory for TLS");
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

Transport::Outcome outcome_of_plain(ssize_t count) {
  if (count > 0) return {Status::kBytes, static_cast<std::size_t>(count)};
  return {Status::kEnd, 0};
}

int clamped(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void Transport::FreeSsl::operator()(SSL* ssl) const { SSL_free(ssl); }

Transport::Transport(int socket, SSL_CTX* tls) : socket_(socket) {
  if (tls == nullptr) return;
  ssl_.reset(SSL_new(tls));
  if (!ssl_) throw std::runtime_error("no memory for TLS");
  BIO* bio = socket_bio(socket);
  SSL_set_bio(ssl_.get(), bio, bio);  // owns it
  SSL_set_accept_state(ssl_.get());
  SSL_set_mode(ssl_.get(),
               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                   SSL_MODE_RELEASE_BUFFERS);
}

Transport::~Transport() = default;

Transport::Outcome Transport::outcome_of(int result) {
  if (result > 0) return {Status::kBytes, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {Status::kWantsRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Status::kWantsWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Status::kEnd, 0};
    default:
      broken_ = true;  // [spec of OpenSSL] no more is to be done with it, no SSL_shutdown either
      return {Status::kEnd, 0};
  }
}

Transport::Outcome Transport::handshake() {
  ERR_clear_error();
  const Outcome outcome = outcome_of(SSL_do_handshake(ssl_.get()));
  shaken_ = outcome.status == Status::kBytes;
  if (broken_ && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) {
    ssl_.reset();
    plain_http_ = true;
  }
  return outcome;
}

Transport::Outcome Transport::receive(char* room, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();
    return outcome_of(SSL_read(ssl_.get(), room, clamped(size)));
  }
  while (true) {
    const ssize_t count = ::recv(socket_, room, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && would_block()) return {Status::kWantsRead, 0};
    return outcome_of_plain(count);
  }
}

Transport::Outcome Transport::peek() {
  char byte = 0;
  if (ssl_) {
    ERR_clear_error();
    return outcome_of(SSL_peek(ssl_.get(), &byte, 1));
  }
  const ssize_t count = ::recv(socket_, &byte, 1, MSG_PEEK);
  if (count < 0 && would_block()) return {Status::kWantsRead, 0};
  return outcome_of_plain(count);
}

Transport::Outcome Transport::send(std::string_view first, std::string_view second) {
  if (ssl_) {
    const std::string_view next = first.empty() ? second : first;
    ERR_clear_error();
    return outcome_of(SSL_write(ssl_.get(), next.data(), clamped(next.size())));
  }
  std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                              {const_cast<char*>(second.data()), second.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  while (true) {
    const ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && would_block()) return {Status::kWantsWrite, 0};
    if (sent < 0) return {Status::kEnd, 0};
    return {Status::kBytes, static_cast<std::size_t>(sent)};
  }
}

void Transport::finish() {
  if (!ssl_ || !shaken_ || broken_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  shaken_ = false;  // once is enough
}

}  // namespace pawl::engine
