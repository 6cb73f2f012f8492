// EventBridge's connections: made by its actions, used by HTTP Tasks.
// [aws] https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "asl/result.h"
#include "asl/timestamp.h"
#include "engine/connections/credentials.h"
#include "engine/connections/oauth.h"
#include "engine/http/aws_json.h"
#include "engine/http/client.h"

namespace pawl::engine {

struct ConnectionsOptions {
  std::string file;  // of the connections and their secrets; made with mode 0600
  std::string region;
  std::string account;
  std::vector<std::string> plain_http_hosts = {};  // endpoint_rule.h
  std::function<asl::Timestamp()> now;
  std::function<void(std::function<void()>)> post;  // runs what may block on the disk
};

// Thread-safe.
class Connections {
 public:
  // Throws std::runtime_error when the file cannot be read. REQUIRES: `http` outlives it, or calls
  // nobody back any more; what `post` was given has run or never will when it goes.
  Connections(HttpClient& http, ConnectionsOptions options);

  // The actions. Requests satisfy their shapes; throw ServiceError, or std::runtime_error when the
  // disk does not take the change.
  asl::Json create(const asl::Json& request);
  asl::Json update(const asl::Json& request);
  asl::Json describe(const asl::Json& request);
  asl::Json list(const asl::Json& request);
  asl::Json deauthorize(const asl::Json& request);
  asl::Json remove(const asl::Json& request);

  // What a call with this connection carries, or the error of a task that cannot be called with it.
  // At once, or when an authorization that is under way has ended; then on another thread.
  using Authorized = std::function<void(asl::Result<CallCredentials>)>;
  void authorize(const std::string& arn, Authorized done);
  // [aws] The API has answered 401 or 407: an OAuth token is fetched anew, other connections are
  // deauthorized. `version`: of the credentials that it did not take.
  void refused(const std::string& arn, std::uint64_t version);

 private:
  struct Token {
    std::string authorization;
    std::optional<asl::Timestamp> expires;
  };
  struct Entry {
    asl::Json document;  // DescribeConnection's members, with secrets; times in milliseconds
    std::optional<Token> token;
    std::uint64_t version = 1;  // changes when another authorization counts
    bool authorizing = false;   // a token has been asked for
    std::vector<Authorized> waiting;
  };
  using Entries = std::map<std::string, Entry>;
  using Answer = std::variant<OauthToken, OauthRefusal>;

  std::string arn_prefix() const;
  Entry& require(const asl::Json& request);
  Entry* find(const std::string& arn);
  bool has_fresh_token(const Entry& entry) const;
  void check_auth(const asl::Json& document) const;
  void begin_authorization(Entry& entry);
  void authorized(const std::string& name, std::uint64_t version, const Answer& answer);
  std::optional<asl::StateError> apply_answer(Entry& entry, const Answer& answer);
  void withdraw(Entry& entry, const std::string& reason) const;
  asl::Result<CallCredentials> credentials(const Entry& entry) const;
  void save();
  void save_or_log();

  HttpClient& http_;
  const ConnectionsOptions options_;
  std::mutex mutex_;
  Entries entries_;  // by name; guarded
};

// AWSEvents.CreateConnection and the others. REQUIRES: `connections` outlives it.
JsonService make_connections_service(Connections& connections);

}  // namespace pawl::engine
