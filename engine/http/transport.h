// The bytes of one connection on a socket that does not block: as they are, or through TLS. OpenSSL
// works on the socket itself, so that a connection without TLS costs nothing more and an idle one
// with it keeps no buffers.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <string_view>

namespace pawl::engine {

// One thread at a time.
class Transport {
 public:
  enum class Status {
    kBytes,      // `bytes` of them; of handshake(): done
    kEnd,        // the peer closed, or broke off
    kWantsRead,  // try again when the socket is readable
    kWantsWrite,
  };
  struct Outcome {
    Status status = Status::kEnd;
    std::size_t bytes = 0;
  };

  // REQUIRES: `socket` stays open as long as anything else is called. `tls`: null for plain bytes.
  // Throws std::runtime_error when there is no memory for TLS.
  Transport(int socket, SSL_CTX* tls);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  bool is_tls() const { return ssl_ != nullptr; }

  // REQUIRES: is_tls(). Until it is done nothing else may be called.
  Outcome handshake();
  // The client speaks HTTP without TLS: what is sent from now on is not encrypted.
  bool met_plain_http() const { return plain_http_; }

  // With TLS there may be more, even though this is less than there was room for.
  Outcome receive(char* room, std::size_t size);
  // Whether a byte is there to be received; it stays there.
  Outcome peek();
  // `first`, then `second`, or a part of them.
  Outcome send(std::string_view first, std::string_view second = {});
  // Tells the peer that nothing more comes, as far as that goes without waiting.
  void finish();

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const;
  };
  Outcome outcome_of(int result);

  const int socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool shaken_ = false;
  bool broken_ = false;
  bool plain_http_ = false;
};

}  // namespace pawl::engine
