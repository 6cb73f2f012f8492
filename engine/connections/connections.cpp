#include "engine/connections/connections.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "engine/connections/auth_parameters.h"
#include "engine/connections/connection_file.h"
#include "engine/connections/endpoint_rule.h"

namespace pawl::engine {
namespace {

using asl::Json;
using asl::StateError;

constexpr std::size_t kConnectionsMax = 3000;      // [aws] per Region
constexpr std::int64_t kRefreshAhead_ms = 60'000;  // [aws] a token that expires sooner is renewed
constexpr const char* kAuthorized = "AUTHORIZED";
constexpr const char* kAuthorizing = "AUTHORIZING";
constexpr const char* kDeauthorized = "DEAUTHORIZED";

std::string text_at(const Json& object, const char* member) {
  return object.at(member).get<std::string>();
}

bool is_oauth(const Json& document) {
  return document.at("AuthorizationType") == "OAUTH_CLIENT_CREDENTIALS";
}

// [aws] "Events.ConnectionResource.InvalidConnectionState" and so on. The causes are ours.
StateError connection_error(const std::string& name, std::string cause) {
  return {"Events.ConnectionResource." + name, std::move(cause)};
}

StateError invalid_state(const Json& document) {
  return connection_error("InvalidConnectionState",
                          "The connection " + text_at(document, "Name") + " is in the state " +
                              text_at(document, "ConnectionState") + ".");
}

ServiceError invalid(std::string message) { return {"ValidationException", std::move(message)}; }

// [aws] Times in whole seconds.
Json this_second(asl::Timestamp now) { return now.ms / 1000 * 1000; }

constexpr const char* kTimes[] = {"CreationTime", "LastModifiedTime", "LastAuthorizedTime"};

void copy_times(const Json& document, Json& answer) {
  for (const char* name : kTimes) {
    if (const auto time = document.find(name); time != document.end()) {
      answer[name] = epoch_seconds({time->get<std::int64_t>()});
    }
  }
}

// What the actions that change a connection answer.
Json changed(const Json& document) {
  Json answer = {{"ConnectionArn", document.at("ConnectionArn")},
                 {"ConnectionState", document.at("ConnectionState")}};
  copy_times(document, answer);
  return answer;
}

Json summary(const Json& document) {
  Json answer = Json::object();
  for (const char* member :
       {"ConnectionArn", "Name", "ConnectionState", "StateReason", "AuthorizationType"}) {
    if (document.contains(member)) answer[member] = document.at(member);
  }
  copy_times(document, answer);
  return answer;
}

void refuse_private_apis(const Json& request) {
  const auto auth = request.find("AuthParameters");
  const bool is_private = request.contains("InvocationConnectivityParameters") ||
                          (auth != request.end() && auth->contains("ConnectivityParameters"));
  if (is_private) {
    throw invalid("Connections to private APIs are not available in this version of Pawl.");
  }
}

}  // namespace

Connections::Connections(HttpClient& http, ConnectionsOptions options)
    : http_(http), options_(std::move(options)) {
  for (Json& document : read_connections(options_.file)) {
    const std::string name = text_at(document, "Name");
    entries_[name].document = std::move(document);
  }
  const std::lock_guard lock(mutex_);
  for (auto& [name, entry] : entries_) {
    // The server went down while it waited for the token.
    if (entry.document.at("ConnectionState") == kAuthorizing) begin_authorization(entry);
  }
}

std::string Connections::arn_prefix() const {
  return "arn:aws:events:" + options_.region + ":" + options_.account + ":connection/";
}

Json Connections::create(const Json& request) {
  refuse_private_apis(request);
  const std::string name = text_at(request, "Name");
  const Json now = this_second(options_.now());
  Json document = {{"ConnectionArn", arn_prefix() + name + "/" + new_uuid()}, {"Name", name}};
  for (const char* member : {"Description", "KmsKeyIdentifier"}) {
    if (request.contains(member)) document[member] = request.at(member);
  }
  document["AuthorizationType"] = request.at("AuthorizationType");
  document["AuthParameters"] =
      known_part(auth_parameters_shape(true), request.at("AuthParameters"));
  document["ConnectionState"] = is_oauth(document) ? kAuthorizing : kAuthorized;
  document["SecretId"] = new_uuid();
  for (const char* time : kTimes) document[time] = now;
  check_auth(document);

  const std::lock_guard lock(mutex_);
  if (entries_.contains(name)) {
    throw ServiceError{"ResourceAlreadyExistsException",
                       "Connection '" + name + "' already exists."};
  }
  if (entries_.size() >= kConnectionsMax) {
    throw ServiceError{"LimitExceededException", "The limit of connections is reached."};
  }
  Entry& entry = entries_[name];
  entry.document = std::move(document);
  try {
    save();
  } catch (const std::exception&) {
    entries_.erase(name);
    throw;
  }
  if (is_oauth(entry.document)) begin_authorization(entry);
  Json answer = changed(entry.document);
  answer.erase("LastAuthorizedTime");  // [seen]
  return answer;
}

// [pawl] What is not given stays; with other AuthParameters the connection is authorized anew.
Json Connections::update(const Json& request) {
  refuse_private_apis(request);
  std::vector<Authorized> served;
  std::optional<asl::Result<CallCredentials>> result;
  Json answer;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = require(request);
    const Json before = entry.document;
    Json& document = entry.document;
    for (const char* member : {"Description", "KmsKeyIdentifier", "AuthorizationType"}) {
      if (request.contains(member)) document[member] = request.at(member);
    }
    const bool is_authorized_anew =
        request.contains("AuthParameters") ||
        before.at("AuthorizationType") != document.at("AuthorizationType");
    try {
      if (is_authorized_anew) {
        const std::string type = text_at(document, "AuthorizationType");
        Json given = Json::object();
        if (request.contains("AuthParameters")) {
          given = known_part(auth_parameters_shape(false), request.at("AuthParameters"));
        }
        const bool is_other = before.at("AuthorizationType") != document.at("AuthorizationType");
        const Json& stored = before.at("AuthParameters");
        document["AuthParameters"] =
            updated_auth(is_other ? auth_of_type(type, stored) : stored, given);
        check_auth(document);
        document["ConnectionState"] = is_oauth(document) ? kAuthorizing : kAuthorized;
        document["LastAuthorizedTime"] = this_second(options_.now());
        if (!document.contains("SecretId")) document["SecretId"] = new_uuid();
        document.erase("StateReason");
      }
      document["LastModifiedTime"] = this_second(options_.now());
      save();
    } catch (...) {
      document = before;
      throw;
    }
    if (is_authorized_anew) {
      entry.token.reset();
      ++entry.version;
      entry.authorizing = false;
      if (is_oauth(document)) {
        begin_authorization(entry);
      } else {
        served = std::exchange(entry.waiting, {});
        result = credentials(entry);
      }
    }
    answer = changed(document);
  }
  for (const Authorized& done : served) done(*result);
  return answer;
}

Json Connections::describe(const Json& request) {
  const std::lock_guard lock(mutex_);
  const Json& document = require(request).document;
  Json answer = summary(document);
  for (const char* member : {"Description", "KmsKeyIdentifier"}) {
    if (document.contains(member)) answer[member] = document.at(member);
  }
  if (document.contains("SecretId")) {
    answer["SecretArn"] = "arn:aws:secretsmanager:" + options_.region + ":" + options_.account +
                          ":secret:events!connection/" + text_at(document, "Name") + "/" +
                          text_at(document, "SecretId");
  }
  answer["AuthParameters"] = without_secrets(document.at("AuthParameters"));
  return answer;
}

Json Connections::list(const Json& request) {
  const auto text = [&request](const char* member) { return request.value(member, std::string()); };
  const std::string prefix = text("NamePrefix");
  const std::string state = text("ConnectionState");
  const std::string after = text("NextToken");
  const auto limit = request.value("Limit", std::size_t{100});
  Json page = Json::array();
  Json answer = Json::object();
  const std::lock_guard lock(mutex_);
  // [pawl] The token is the last name of the page before.
  for (auto at = entries_.upper_bound(after); at != entries_.end(); ++at) {
    const Json& document = at->second.document;
    if (!at->first.starts_with(prefix)) continue;
    if (!state.empty() && document.at("ConnectionState") != state) continue;
    if (page.size() == limit) {
      answer["NextToken"] = page.back().at("Name");
      break;
    }
    page.push_back(summary(document));
  }
  answer["Connections"] = std::move(page);
  return answer;
}

Json Connections::deauthorize(const Json& request) {
  std::vector<Authorized> waiting;
  StateError error;
  Json answer;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = require(request);
    const Json before = entry.document;
    withdraw(entry, "The authorization was removed by DeauthorizeConnection.");
    entry.document["AuthParameters"] = Json::object();
    entry.document.erase("SecretId");
    try {
      save();
    } catch (const std::exception&) {
      entry.document = before;  // its token is fetched again when it is needed
      throw;
    }
    waiting = std::exchange(entry.waiting, {});
    error = invalid_state(entry.document);
    answer = changed(entry.document);
    answer["ConnectionState"] = "DEAUTHORIZING";  // [aws] as it is until its secret is gone
  }
  for (const Authorized& done : waiting) done(error);
  return answer;
}

Json Connections::remove(const Json& request) {
  std::vector<Authorized> waiting;
  Json answer;
  {
    const std::lock_guard lock(mutex_);
    require(request);
    auto node = entries_.extract(text_at(request, "Name"));
    try {
      save();
    } catch (const std::exception&) {
      entries_.insert(std::move(node));
      throw;
    }
    waiting = std::move(node.mapped().waiting);
    answer = changed(node.mapped().document);
    answer["ConnectionState"] = "DELETING";  // [seen]
  }
  for (const Authorized& done : waiting) {
    done(connection_error("ResourceNotFound", "The connection was deleted."));
  }
  return answer;
}

void Connections::authorize(const std::string& arn, Authorized done) {
  std::optional<asl::Result<CallCredentials>> result;
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(arn);
    if (entry == nullptr) {
      result = connection_error("ResourceNotFound", "The connection " + arn + " does not exist.");
    } else if (entry->document.at("ConnectionState") == kDeauthorized) {
      result = invalid_state(entry->document);
    } else if (!is_oauth(entry->document) || has_fresh_token(*entry)) {
      result = credentials(*entry);
    } else {
      // [pawl] AWS may say Events.ConnectionResource.AuthInProgress here.
      entry->waiting.push_back(std::move(done));
      if (!entry->authorizing) begin_authorization(*entry);
      return;
    }
  }
  done(*std::move(result));
}

void Connections::refused(const std::string& arn, std::uint64_t version) {
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(arn);
    if (entry == nullptr || entry->version != version || entry->authorizing) return;
    if (is_oauth(entry->document)) {
      entry->token.reset();
      entry->document["ConnectionState"] = kAuthorizing;
      begin_authorization(*entry);
    } else {
      withdraw(*entry, "The API answered with status code 401 or 407.");
    }
  }
  options_.post([this] {
    const std::lock_guard lock(mutex_);
    save_or_log();
  });
}

// REQUIRES of what follows: mutex_ is held, but for authorized().
Connections::Entry& Connections::require(const Json& request) {
  const std::string name = text_at(request, "Name");
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    throw ServiceError{
        "ResourceNotFoundException",  // [seen] word for word
        "Failed to describe the connection(s). Connection '" + name + "' does not exist."};
  }
  return found->second;
}

Connections::Entry* Connections::find(const std::string& arn) {
  const std::size_t mark = arn.find(":connection/");
  if (mark == std::string::npos) return nullptr;
  const std::string rest = arn.substr(mark + 12);
  const auto found = entries_.find(rest.substr(0, rest.find('/')));
  const bool is_it = found != entries_.end() && found->second.document.at("ConnectionArn") == arn;
  return is_it ? &found->second : nullptr;
}

bool Connections::has_fresh_token(const Entry& entry) const {
  if (!entry.token || entry.authorizing) return false;
  const auto& expires = entry.token->expires;
  return !expires || expires->ms - options_.now().ms > kRefreshAhead_ms;
}

void Connections::check_auth(const Json& document) const {
  const Json& auth = document.at("AuthParameters");
  if (auto fault = auth_fault(text_at(document, "AuthorizationType"), auth)) {
    throw invalid(*std::move(fault));
  }
  if (!is_oauth(document)) return;
  const std::string endpoint = text_at(auth.at("OAuthParameters"), "AuthorizationEndpoint");
  if (!may_be_called(endpoint, options_.plain_http_hosts)) {
    throw invalid("The AuthorizationEndpoint must be an https URL.");
  }
}

void Connections::begin_authorization(Entry& entry) {
  entry.authorizing = true;
  const std::string name = text_at(entry.document, "Name");
  http_.send(token_request(entry.document.at("AuthParameters").at("OAuthParameters")),
             [this, name, version = entry.version](const ClientResult& result) {
               options_.post([this, name, version, answer = read_token(result)] {
                 authorized(name, version, answer);
               });
             });
}

void Connections::authorized(const std::string& name, std::uint64_t version, const Answer& answer) {
  std::vector<Authorized> waiting;
  std::optional<asl::Result<CallCredentials>> result;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    // Changed or gone in the meantime: who waits has been taken care of.
    if (found == entries_.end() || found->second.version != version) return;
    Entry& entry = found->second;
    entry.authorizing = false;
    if (auto error = apply_answer(entry, answer)) {
      result = *std::move(error);
    } else {
      result = credentials(entry);
    }
    waiting = std::exchange(entry.waiting, {});
    save_or_log();
  }
  for (const Authorized& done : waiting) done(*result);
}

// [aws] A token that cannot be fetched deauthorizes the connection. [pawl] Not one that worked and
// whose server is only away for a while.
std::optional<StateError> Connections::apply_answer(Entry& entry, const Answer& answer) {
  Json& document = entry.document;
  if (const auto* refusal = std::get_if<OauthRefusal>(&answer)) {
    if (refusal->is_temporary && document.at("ConnectionState") == kAuthorized) {
      return connection_error("InternalError", refusal->reason);
    }
    withdraw(entry, refusal->reason);
    return invalid_state(document);
  }
  const auto& token = std::get<OauthToken>(answer);
  const asl::Timestamp now = options_.now();
  std::optional<asl::Timestamp> expires;
  if (token.seconds)
    expires =
        asl::Timestamp{now.ms + std::clamp<std::int64_t>(*token.seconds, 0, 1LL << 31) * 1000};
  entry.token = Token{token.authorization, expires};
  ++entry.version;
  document["ConnectionState"] = kAuthorized;
  document["LastAuthorizedTime"] = this_second(now);
  document.erase("StateReason");
  return std::nullopt;
}

void Connections::withdraw(Entry& entry, const std::string& reason) const {
  entry.token.reset();
  entry.authorizing = false;
  ++entry.version;
  entry.document["ConnectionState"] = kDeauthorized;
  entry.document["StateReason"] = reason.substr(0, 512);  // [aws]
  entry.document["LastModifiedTime"] = this_second(options_.now());
}

asl::Result<CallCredentials> Connections::credentials(const Entry& entry) const {
  CallCredentials out =
      call_credentials(entry.document, entry.token ? entry.token->authorization : std::string());
  out.version = entry.version;
  return out;
}

void Connections::save() {
  Json documents = Json::array();
  for (const auto& [name, entry] : entries_) documents.push_back(entry.document);
  write_connections(options_.file, documents);
}

void Connections::save_or_log() {
  try {
    save();
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
  }
}

}  // namespace pawl::engine
