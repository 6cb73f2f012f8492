// What a call of a remote service is signed with: the environment's credentials, or those of the
// role that the task's Credentials name.
// [aws]
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "asl/result.h"
#include "asl/timestamp.h"
#include "engine/http/client.h"
#include "engine/http/sigv4.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

struct RoleOptions {
  std::string region;
  std::string sts_url;  // empty: roles are not assumed, every call is the environment's
};

// Whether a URL is AWS's own, so that what is called there wants AWS's credentials.
bool is_of_aws(const std::string& url);
// Where AWS assumes roles.
std::string sts_of_aws(const std::string& region);

// Thread-safe.
class RoleCredentials {
 public:
  // REQUIRES: both outlive it.
  RoleCredentials(HttpClient& http, Clock& clock, RoleOptions options)
      : http_(http), clock_(clock), options_(std::move(options)) {}

  // Nothing: the call is not signed. A role that cannot be assumed is the task's error.
  using Found = std::function<void(asl::Result<std::optional<AwsCredentials>>)>;
  // At once, or when the role has been assumed; then on another thread.
  void find(const TaskCall& call, Found found);

 private:
  struct Assumed {
    AwsCredentials credentials;
    asl::Timestamp expires;
  };
  ClientRequest assume_role(const TaskCall& call) const;
  std::optional<AwsCredentials> kept(const std::string& key);
  void keep(const std::string& key, const Assumed& assumed);

  HttpClient& http_;
  Clock& clock_;
  const RoleOptions options_;
  std::mutex mutex_;
  std::map<std::string, Assumed> assumed_;  // guarded; by role and state machine
};

}  // namespace pawl::engine
