#include "engine/connectors/role_credentials.h"

#include "asl/errors.h"
#include "engine/connectors/xml_text.h"
#include "engine/http/url.h"

namespace pawl::engine {
namespace {

using asl::StateError;

constexpr std::int64_t kRenewAhead_ms = 5 * 60'000;

// [seen] word for word from "is not authorized"; AWS names the state machine's role before it.
StateError not_authorized(const std::string& role) {
  return {asl::errors::kTaskFailed,
          "The role of the state machine is not authorized to assume the task state's role, " +
              role + "."};
}

std::string key_of(const TaskCall& call) {
  return *call.task.role_arn + " " + call.state_machine_arn;
}

// [aws] Letters, digits and some signs, 2 to 64 of them.
std::string session_name(const std::string& execution) {
  std::string out;
  for (const char c : execution.substr(0, 64)) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    out += is_plain || c == '-' || c == '_' ? c : '-';
  }
  return out.size() < 2 ? "states" : out;
}

}  // namespace

bool is_of_aws(const std::string& url) {
  const auto parsed = parse_url(url);
  return parsed && parsed->secure &&
         (parsed->host.ends_with(".amazonaws.com") || parsed->host.ends_with(".amazonaws.com.cn") ||
          parsed->host.ends_with(".api.aws"));
}

std::string sts_of_aws(const std::string& region) {
  const std::string suffix = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return "https://sts." + region + suffix;
}

void RoleCredentials::find(const TaskCall& call, Found found) {
  if (!call.task.role_arn || options_.sts_url.empty()) return found(credentials_of_environment());
  const std::string key = key_of(call);
  if (auto known = kept(key)) return found(std::move(known));
  http_.send(assume_role(call),
             [this, key, role = *call.task.role_arn, found = std::move(found)](
                 const ClientResult& result) {
               const auto* answer = std::get_if<HttpResponse>(&result);
               if (answer == nullptr) {
                 return found(StateError{
                     asl::errors::kTaskFailed,
                     "Unable to execute HTTP request: " + std::get<ClientError>(result).message});
               }
               const AwsCredentials credentials{xml_element_text(answer->body, "AccessKeyId"),
                                                xml_element_text(answer->body, "SecretAccessKey"),
                                                xml_element_text(answer->body, "SessionToken")};
               if (answer->status >= 300 || credentials.secret_key.empty()) {
                 return found(not_authorized(role));
               }
               const auto expires =
                   asl::parse_timestamp(xml_element_text(answer->body, "Expiration"));
               if (expires) keep(key, {credentials, *expires});
               found(std::optional(credentials));
             });
}

ClientRequest RoleCredentials::assume_role(const TaskCall& call) const {
  ClientRequest request;
  request.method = "POST";
  request.url = options_.sts_url;
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body =
      "Action=AssumeRole&Version=2011-06-15&RoleArn=" + percent_encode(*call.task.role_arn) +
      "&RoleSessionName=" + percent_encode(session_name(call.execution_name)) +
      "&ExternalId=" + percent_encode(call.state_machine_arn);  // [aws]
  const auto credentials = credentials_of_environment();
  const auto url = parse_url(request.url);
  if (credentials && url) {
    sign_request(*credentials,
                 {options_.region, "sts", clock_.now()},
                 {"POST", url->authority(), url->target, request.body},
                 request.headers);
  }
  return request;
}

std::optional<AwsCredentials> RoleCredentials::kept(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto entry = assumed_.find(key);
  if (entry == assumed_.end()) return std::nullopt;
  if (entry->second.expires.ms - clock_.now().ms > kRenewAhead_ms) return entry->second.credentials;
  assumed_.erase(entry);
  return std::nullopt;
}

void RoleCredentials::keep(const std::string& key, const Assumed& assumed) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = clock_.now().ms;
  std::erase_if(assumed_, [now](const auto& entry) { return entry.second.expires.ms <= now; });
  assumed_.insert_or_assign(key, assumed);
}

}  // namespace pawl::engine
