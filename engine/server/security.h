// Who may use this server: the gate, the tokens and the audit, as the configuration wants them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/api/metrics.h"
#include "engine/http/message.h"
#include "engine/http/sigv4.h"
#include "engine/objects/s3_api.h"
#include "engine/runtime/world.h"
#include "engine/security/audit.h"
#include "engine/security/gate.h"
#include "engine/security/rate_limit.h"
#include "engine/security/tokens.h"
#include "engine/server/config.h"

namespace pawl::engine {

// Thread-safe.
class Security {
 public:
  // Throws std::runtime_error: an address beyond loopback without anybody who could log in, tokens
  // that cannot be read, an audit that cannot be written. REQUIRES: `clock` and `metrics` outlive
  // it.
  // `jobs`: what the jobs of this server sign with.
  Security(const Config& config,
           const std::string& folder,
           const AwsCredentials& jobs,
           Clock& clock,
           Metrics& metrics);

  // Whether requests need credentials.
  bool is_required() const { return required_; }

  // Reads the keys of the configuration and the tokens. What it gives puts them and the rates in
  // force, and opens the file of the audit anew. Throws std::runtime_error when keys or tokens
  // cannot be read.
  std::function<void()> reloaded(const Config& config);

  // For HttpServerOptions::admit: sets the caller of `head`, or gives the refusal to send.
  std::optional<HttpResponse> admit(HttpRequest& head, const Access& access);
  // The refusal of a request that was admitted, for its body.
  std::optional<HttpResponse> check_body(HttpRequest& request, const Access& access);
  // What the chunks of an admitted request's body are signed with, when its key is known.
  std::optional<ChunkSigning> chunk_signing(const HttpRequest& request);
  // What is to be called with the answer: `respond`, and of a change the audit before it.
  Responder watched(const HttpRequest& request, const Access& access, Responder respond);

 private:
  HttpResponse refuse(const HttpRequest& head, const Access& access, const Refused& refused);
  // The refusal of a request, for its credentials or for its caller's rate, of which it takes one.
  std::optional<HttpResponse> judge(HttpRequest& request,
                                    const Access& access,
                                    const std::optional<Refused>& refused);
  RateState charge(const HttpRequest& request, bool known);

  AccessKeys keys_of(const Config& config) const;  // with that of the jobs

  const bool loopback_;
  const bool required_;
  Metrics& metrics_;
  TokenFile tokens_;
  Gate gate_;
  const AwsCredentials job_credentials_;
  const std::string jobs_;  // their name as a caller
  RateLimit rate_;
  std::unique_ptr<AuditLog> audit_;  // null: switched off
};

// The keys of the configuration with their secrets. Throws std::runtime_error: a secret that cannot
// be read, or none.
AccessKeys access_keys(const Config& config);

bool is_loopback(const std::string& host);
// Every address of this machine: "0.0.0.0", "::".
bool is_any_address(const std::string& host);

}  // namespace pawl::engine
