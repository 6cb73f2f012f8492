// Who may do what: looks at the credentials of a request before anything of it is done.
//
// On a server that wants credentials every request needs some, but for those of Scope::kOpen. On
// one that does not (it listens on loopback), credentials it knows count, and a request with none
// or with others is everybody's: admin.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "asl/timestamp.h"
#include "engine/http/message.h"
#include "engine/security/refusals.h"
#include "engine/security/signature.h"
#include "engine/security/tokens.h"

namespace pawl::engine {

inline constexpr std::string_view kAnonymous = "anonymous";

struct AccessKey {
  std::string secret;
  Scope scope = Scope::kRead;
  std::string session_token = {};  // which requests must bring; empty: they must bring none
};
using AccessKeys = std::map<std::string, AccessKey, std::less<>>;  // by access key id

struct GateOptions {
  bool required = false;  // requests without credentials are refused
  std::string region = "us-east-1";
  std::string account = "123456789012";
};

// Thread-safe.
class Gate {
 public:
  // REQUIRES: `tokens` outlives it.
  Gate(GateOptions options, TokenFile& tokens, std::function<asl::Timestamp()> now);

  // In place of those before.
  void set_keys(AccessKeys keys);

  // Sees the head alone. Sets head.caller, or says why the request is refused. A signature that
  // covers a body of which the head does not tell the hash is not known yet to be right: then the
  // caller is pending.
  std::optional<Refused> admit(HttpRequest& head, const Access& access);
  // Sees the body too, of a request that was admitted: whether it is the one that was signed. Sets
  // a caller that was pending.
  std::optional<Refused> check_body(HttpRequest& request, const Access& access);
  static bool is_pending(const HttpRequest& request);
  // By what key an admitted request was signed; nothing: by none that is known.
  struct Signer {
    Signature signature;
    std::string secret;
  };
  std::optional<Signer> signer_of(const HttpRequest& request);

 private:
  std::optional<Refused> identify(HttpRequest& head, const Access& access);
  std::optional<Refused> by_token(HttpRequest& head, std::string_view text);
  std::optional<Refused> by_signature(HttpRequest& head, const Access& access);
  std::optional<Refused> check_place(const Signature& signature, const Access& access) const;
  std::optional<AccessKey> key_of(const std::string& id);
  std::optional<Refused> check_scope(const Caller& caller, const Access& access) const;

  const GateOptions options_;
  TokenFile& tokens_;
  const std::function<asl::Timestamp()> now_;
  std::mutex mutex_;
  AccessKeys keys_;  // guarded
  std::atomic<bool> has_keys_{false};
};

}  // namespace pawl::engine
