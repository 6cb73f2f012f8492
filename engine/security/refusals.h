// What a request is answered that must not be served, in the words of the service it was for.
#pragma once

#include <chrono>
#include <string>

#include "engine/http/message.h"

namespace pawl::engine {

enum class Refusal {
  kNoCredentials,
  kUnknownCredentials,  // a token or an access key that is none (any more)
  kExpiredToken,
  kWrongSessionToken,   // one that does not belong to the access key
  kMalformedSignature,  // an Authorization that cannot be read
  kOtherSignature,      // signed in another way than Version 4
  kWrongSignature,
  kOutsideItsTime,         // signed too long ago, or in the future
  kWrongScopeOfSignature,  // signed for another region or service
  kWrongBody,              // not the one that was signed
  kDenied,                 // the caller's scope is too small
  kThrottled,
  kForeign,  // a web page of another site, or a Host that is not this machine's
};

struct Refused {
  Refusal why = Refusal::kNoCredentials;
  std::string detail = {};  // instead of the usual message; never a secret
};

// For the metrics: "no-credentials".
std::string_view name_of(Refusal why);

// `access` is what the request asked for: its dialect says the shape, its scope what is missing.
// [aws] Message texts as the services send them.
HttpResponse refusal_response(const HttpRequest& request,
                              const Access& access,
                              const Refused& refused);

}  // namespace pawl::engine
