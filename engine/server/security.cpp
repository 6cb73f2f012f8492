#include "engine/server/security.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "engine/http/client_group.h"
#include "engine/http/origin_check.h"

namespace pawl::engine {
namespace {

bool anybody_can_log_in(const TokenFile& tokens, asl::Timestamp now) {
  const std::vector<Token> all = tokens.list();
  return std::any_of(
      all.begin(), all.end(), [now](const Token& token) { return !token.is_expired(now); });
}

std::string first_line(const std::string& folder, const std::string& file) {
  const std::filesystem::path path = std::filesystem::path(folder) / file;
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error(path.string() + " cannot be read");
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

// What is given itself, by a file or by a variable.
std::string secret_of(const std::string& folder,
                      const std::string& given,
                      const std::string& file,
                      const std::string& variable) {
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    return value == nullptr ? "" : value;
  }
  return file.empty() ? given : first_line(folder, file);
}

RateOptions rate_options(const Config& config) {
  RateOptions options;
  options.per_second = config.rate_limit;
  options.burst = config.rate_burst == 0 ? 2.0 * config.rate_limit : config.rate_burst;
  return options;
}

void add_rate_headers(const RateState& rate, HttpResponse& response) {
  response.headers.set("RateLimit-Limit", std::to_string(rate.limit));
  response.headers.set("RateLimit-Remaining", std::to_string(std::max(rate.left, 0)));
  response.headers.set("RateLimit-Reset", std::to_string(rate.reset_s));
}

std::unique_ptr<AuditLog> audit_of(const Config& config,
                                   const std::string& folder,
                                   std::function<asl::Timestamp()> now) {
  if (config.audit_log == "off") return nullptr;
  AuditOptions options{
      .file = config.audit_log, .megabytes = config.log_file_megabytes, .files = config.log_files};
  if (options.file.empty()) options.file = folder + "/audit.log";
  return std::make_unique<AuditLog>(std::move(options), std::move(now));
}

}  // namespace

bool is_any_address(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

bool is_loopback(const std::string& host) { return host.starts_with("127.") || host == "::1"; }

AccessKeys access_keys(const Config& config) {
  AccessKeys keys;
  for (const auto& [id, key] : config.keys) {
    AccessKey& taken = keys[id];
    taken.scope = parse_scope(key.scope).value_or(Scope::kRead);
    taken.secret = secret_of(config.config_folder, key.secret, key.secret_file, key.secret_env);
    if (taken.secret.empty()) throw std::runtime_error("the access key " + id + " has no secret");
    taken.session_token = secret_of(
        config.config_folder, key.session_token, key.session_token_file, key.session_token_env);
    const bool wants_token = !key.session_token_file.empty() || !key.session_token_env.empty();
    if (wants_token && taken.session_token.empty())
      throw std::runtime_error("the access key " + id + " has an empty session token");
  }
  return keys;
}

Security::Security(const Config& config,
                   const std::string& folder,
                   const AwsCredentials& jobs,
                   Clock& clock,
                   Metrics& metrics)
    : loopback_(is_loopback(config.host)),
      required_(config.auth_required || (!loopback_ && !config.insecure)),
      metrics_(metrics),
      tokens_(tokens_file(folder)),
      gate_({.required = required_, .region = config.region, .account = config.account},
            tokens_,
            [&clock] { return clock.now(); }),
      job_credentials_(jobs),
      jobs_("key:" + jobs.access_key),
      rate_(rate_options(config)),
      audit_(audit_of(config, folder, [&clock] { return clock.now(); })) {
  const bool anybody = !config.keys.empty() || anybody_can_log_in(tokens_, clock.now());
  if (!loopback_ && required_ && !anybody) {
    throw std::runtime_error(
        "listening on " + config.host +
        " lets everybody in reach ask this server to run programs: make a token for those who may "
        "(pawl token create) or configure access keys ([keys.ID]), use a loopback address, or "
        "--insecure if that is what you want");
  }
  gate_.set_keys(keys_of(config));
}

AccessKeys Security::keys_of(const Config& config) const {
  AccessKeys keys = access_keys(config);
  if (required_) keys[job_credentials_.access_key] = {job_credentials_.secret_key, Scope::kAdmin};
  return keys;
}

std::function<void()> Security::reloaded(const Config& config) {
  return
      [this, keys = keys_of(config), tokens = tokens_.read_again(), rates = rate_options(config)] {
        gate_.set_keys(keys);
        tokens();
        rate_.set(rates);
        if (audit_) audit_->reopen();
      };
}

std::optional<HttpResponse> Security::admit(HttpRequest& head, const Access& access) {
  // Whoever needs credentials cannot be driven by a web page, which has none.
  if (!required_) {
    if (const auto why = why_foreign(head, loopback_)) {
      if (access.dialect != Dialect::kProblem) return error_response(403, *why);
      return refusal_response(head, access, {Refusal::kForeign, std::string(*why)});
    }
  }
  const auto refused = gate_.admit(head, access);
  if (!refused && Gate::is_pending(head)) return std::nullopt;
  return judge(head, access, refused);
}

std::optional<HttpResponse> Security::check_body(HttpRequest& request, const Access& access) {
  const bool pending = Gate::is_pending(request);
  const auto refused = gate_.check_body(request, access);
  if (pending) return judge(request, access, refused);
  if (refused) return refuse(request, access, *refused);
  return std::nullopt;
}

std::optional<HttpResponse> Security::judge(HttpRequest& request,
                                            const Access& access,
                                            const std::optional<Refused>& refused) {
  if (rate_.is_on() && access.scope != Scope::kOpen) {
    request.caller.rate = charge(request, !refused);
    if (request.caller.rate.left < 0) return refuse(request, access, {Refusal::kThrottled});
  }
  if (refused) return refuse(request, access, *refused);
  return std::nullopt;
}

// Whoever is known has a rate of its own; strangers share that of their address.
RateState Security::charge(const HttpRequest& request, bool known) {
  const std::string& name = request.caller.name;
  if (known && name == jobs_) return {};
  const bool by_name = known && name != kAnonymous;
  return rate_.take(by_name ? name : client_group(request.remote_address),
                    std::chrono::steady_clock::now());
}

HttpResponse Security::refuse(const HttpRequest& head,
                              const Access& access,
                              const Refused& refused) {
  metrics_.add("pawl_http_refusals_total",
               "reason=\"" + std::string(name_of(refused.why)) + "\"",
               "Requests refused for who sent them, by reason.");
  HttpResponse response = refusal_response(head, access, refused);
  if (head.caller.rate.limit > 0) add_rate_headers(head.caller.rate, response);
  if (refused.why == Refusal::kThrottled)
    response.headers.set("Retry-After", std::to_string(std::max(head.caller.rate.reset_s, 1)));
  // Of strangers there may be many: what they try is counted, not written down.
  if (audit_ && refused.why == Refusal::kDenied) audit_->record(audited(head, access), response);
  return response;
}

std::optional<ChunkSigning> Security::chunk_signing(const HttpRequest& request) {
  const auto signer = gate_.signer_of(request);
  if (!signer) return std::nullopt;
  const Signature& signature = signer->signature;
  return ChunkSigning{signer->secret,
                      {signature.day, signature.region, signature.service},
                      signature.time,
                      signature.value};
}

Responder Security::watched(const HttpRequest& request, const Access& access, Responder respond) {
  if (request.caller.rate.limit > 0 && access.dialect == Dialect::kProblem) {
    respond = [rate = request.caller.rate, respond = std::move(respond)](HttpResponse response) {
      add_rate_headers(rate, response);
      respond(std::move(response));
    };
  }
  if (!audit_ || access.scope <= Scope::kRead) return respond;
  return
      [this, what = audited(request, access), respond = std::move(respond)](HttpResponse response) {
        audit_->record(what, response);
        respond(std::move(response));
      };
}

}  // namespace pawl::engine
