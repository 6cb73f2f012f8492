// OAuth 2.0 client credentials: the request for a token and what comes back.
// [spec] https://www.rfc-editor.org/rfc/rfc6749#section-4.4
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "asl/json.h"
#include "engine/http/client.h"

namespace pawl::engine {

struct OauthToken {
  std::string authorization;            // "Bearer abc"
  std::optional<std::int64_t> seconds;  // that it is valid for, as far as the server said
};
struct OauthRefusal {
  std::string reason;        // for people; holds nothing secret
  bool is_temporary = true;  // nobody has said no: the same request may succeed later
};

// `oauth`: OAuthParameters, complete.
ClientRequest token_request(const asl::Json& oauth);
std::variant<OauthToken, OauthRefusal> read_token(const ClientResult& answer);

}  // namespace pawl::engine
