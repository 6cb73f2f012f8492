// What requests with an idempotency key were answered, so that the same request, sent again, gets
// the same answer and does nothing: also when the server died in between. docs/decisions/0028
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "asl/timestamp.h"

namespace pawl::engine {

struct KeptAnswer {
  int status = 0;
  std::string headers;  // as its owner writes them
  std::string body;
};

struct KeyedRequest {
  std::string key;
  std::string fingerprint;  // of the request
  // Made with the row: whatever the request names by itself, it names after this. A request that is
  // taken up again after a crash finds what it has begun.
  std::string seed;
  asl::Timestamp reserved_at{};
  asl::Timestamp begun_at{};              // the same on the clock that executions go by
  std::optional<KeptAnswer> answer = {};  // none: it is in progress, or was when the server died
};

// Thread-safe; writes block until durable and throw StoreUnavailable when the disk does not take
// them.
class Answers {
 public:
  virtual ~Answers() = default;

  // The request that has the key: `request`, when the key was free or was reserved before then;
  // else the one that took it. Nothing: what is kept takes up `bytes_max` already. Removes a few of
  // those reserved before then, so that each key that comes makes room for itself.
  virtual std::optional<KeyedRequest> reserve(const KeyedRequest& request,
                                              asl::Timestamp expired_before,
                                              std::int64_t bytes_max) = 0;
  // Nothing happens when another request has the key by now.
  virtual void keep(const std::string& key, const std::string& seed, const KeptAnswer& answer) = 0;
  // About what all of it takes up.
  virtual std::int64_t bytes() = 0;

  static constexpr int kRemovedAtOnce = 16;
};

}  // namespace pawl::engine
