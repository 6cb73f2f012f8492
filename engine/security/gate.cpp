#include "engine/security/gate.h"

#include <algorithm>

#include "engine/http/hash.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kKeyCaller = "key:";
constexpr std::string_view kPending = "pending";
constexpr std::size_t kHashDigits = 64;

// The text of "Bearer pawl_...", else nothing.
std::optional<std::string_view> bearer_of(const HttpRequest& head) {
  const std::string_view authorization = head.headers.get("Authorization");
  if (!equal_without_case(authorization.substr(0, kBearer.size()), kBearer)) return std::nullopt;
  return trimmed(authorization.substr(kBearer.size()));
}

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// What the signature says of its payload cannot be taken from this service.
std::optional<Refused> check_payload(const Signature& signature) {
  if (signature.service == "s3") {
    if (!signature.payload_hash.empty()) return std::nullopt;
    return Refused{Refusal::kMalformedSignature,
                   "Missing required header for this request: x-amz-content-sha256"};
  }
  // [pawl] Only S3 leaves bodies unsigned, and only its bodies bring signatures of their own.
  if (signature.payload_hash.empty() || is_hash(signature.payload_hash)) return std::nullopt;
  return Refused{Refusal::kWrongBody};
}

// [aws] A key of its own takes no session token; a temporary one is unknown without its token.
std::optional<Refused> check_session(const Signature& signature, const AccessKey& key) {
  if (hash::equal(signature.session_token, key.session_token)) return std::nullopt;
  if (signature.session_token.empty()) return Refused{Refusal::kUnknownCredentials};
  return Refused{Refusal::kWrongSessionToken};
}

}  // namespace

Gate::Gate(GateOptions options, TokenFile& tokens, std::function<asl::Timestamp()> now)
    : options_(std::move(options)), tokens_(tokens), now_(std::move(now)) {}

void Gate::set_keys(AccessKeys keys) {
  const std::lock_guard guard(mutex_);
  keys_ = std::move(keys);
  has_keys_.store(!keys_.empty(), std::memory_order_relaxed);
}

std::optional<AccessKey> Gate::key_of(const std::string& id) {
  const std::lock_guard guard(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

std::optional<Refused> Gate::admit(HttpRequest& head, const Access& access) {
  head.caller = {std::string(kAnonymous), options_.required ? Scope::kOpen : Scope::kAdmin};
  if (access.scope == Scope::kOpen) return std::nullopt;
  if (auto refused = identify(head, access)) return refused;
  if (is_pending(head)) return std::nullopt;
  return check_scope(head.caller, access);
}

bool Gate::is_pending(const HttpRequest& request) { return request.caller.name == kPending; }

std::optional<Refused> Gate::identify(HttpRequest& head, const Access& access) {
  if (const auto token = bearer_of(head)) return by_token(head, *token);
  // SDKs always sign. Where no key is known and none is needed, nobody asks by whom.
  const bool can_tell = options_.required || has_keys_.load(std::memory_order_relaxed);
  if (can_tell && is_signed(head)) return by_signature(head, access);
  if (options_.required) return Refused{Refusal::kNoCredentials};
  return std::nullopt;
}

std::optional<Refused> Gate::by_token(HttpRequest& head, std::string_view text) {
  const auto token = tokens_.find(text);
  if (!token) {
    if (options_.required) return Refused{Refusal::kUnknownCredentials};
    return std::nullopt;
  }
  if (token->is_expired(now_())) return Refused{Refusal::kExpiredToken};
  head.caller = {"token:" + token->name, token->scope};
  return std::nullopt;
}

std::optional<Refused> Gate::by_signature(HttpRequest& head, const Access& access) {
  auto read = read_signature(head);
  if (auto* refused = std::get_if<Refused>(&read)) {
    if (options_.required) return std::move(*refused);
    return std::nullopt;
  }
  const Signature& signature = std::get<Signature>(read);
  const auto key = key_of(signature.key_id);
  if (!key) {
    if (options_.required) return Refused{Refusal::kUnknownCredentials};
    return std::nullopt;
  }
  if (auto refused = check_session(signature, *key)) return refused;
  if (auto refused = check_place(signature, access)) return refused;
  if (auto refused = check_time(signature, now_())) return refused;
  if (auto refused = check_payload(signature)) return refused;
  if (signature.payload_hash.empty()) {
    head.caller = {std::string(kPending), Scope::kOpen};
    return std::nullopt;
  }
  if (!is_signed_with(key->secret, head, signature, signature.payload_hash))
    return Refused{Refusal::kWrongSignature};
  head.caller = {std::string(kKeyCaller) + signature.key_id, key->scope};
  return std::nullopt;
}

std::optional<Refused> Gate::check_place(const Signature& signature, const Access& access) const {
  if (signature.region != options_.region) {
    return Refused{Refusal::kWrongScopeOfSignature,
                   "Credential should be scoped to a valid region."};
  }
  if (!access.service.empty() && signature.service != access.service) {
    return Refused{Refusal::kWrongScopeOfSignature,
                   "Credential should be scoped to correct service: '" + access.service + "'."};
  }
  return std::nullopt;
}

std::optional<Refused> Gate::check_body(HttpRequest& request, const Access& access) {
  const bool pending = is_pending(request);
  if (!pending && !request.caller.name.starts_with(kKeyCaller)) return std::nullopt;
  if (request.body_file) return std::nullopt;  // S3 compares it while it reads it
  const auto read = read_signature(request);
  const auto* signature = std::get_if<Signature>(&read);
  if (signature == nullptr) return std::get<Refused>(read);
  const std::string body_hash = hash::hex(hash::sha256(request.body));
  if (!pending) {
    // [aws] What is no hash is UNSIGNED-PAYLOAD or the like.
    if (!is_hash(signature->payload_hash) || signature->payload_hash == body_hash)
      return std::nullopt;
    return Refused{Refusal::kWrongBody};
  }
  const auto key = key_of(signature->key_id);
  if (!key) return Refused{Refusal::kUnknownCredentials};
  if (!is_signed_with(key->secret, request, *signature, body_hash))
    return Refused{Refusal::kWrongSignature};
  request.caller.name = std::string(kKeyCaller) + signature->key_id;
  request.caller.scope = key->scope;
  return check_scope(request.caller, access);
}

std::optional<Gate::Signer> Gate::signer_of(const HttpRequest& request) {
  if (!request.caller.name.starts_with(kKeyCaller)) return std::nullopt;
  auto read = read_signature(request);
  auto* signature = std::get_if<Signature>(&read);
  if (signature == nullptr) return std::nullopt;
  const auto key = key_of(signature->key_id);
  if (!key) return std::nullopt;
  return Signer{std::move(*signature), key->secret};
}

// [aws] "User: arn:... is not authorized to perform: states:StartExecution because no
// identity-based policy allows the states:StartExecution action". Pawl's own resources say what
// scope is missing.
std::optional<Refused> Gate::check_scope(const Caller& caller, const Access& access) const {
  if (caller.scope >= access.scope) return std::nullopt;
  if (access.dialect == Dialect::kProblem) return Refused{Refusal::kDenied};
  const std::string user =
      "arn:aws:iam::" + options_.account + ":user/" + caller.name.substr(caller.name.find(':') + 1);
  return Refused{Refusal::kDenied,
                 "User: " + user + " is not authorized to perform: " + access.action +
                     " because no identity-based policy allows the " + access.action + " action"};
}

}  // namespace pawl::engine
