// The bytes of a client's request before its body. Pure; from any thread.
// [spec] RFC 9112, sections 3 and 5
#pragma once

#include <string>

#include "engine/http/client.h"
#include "engine/http/url.h"

namespace pawl::engine {

// Why the request cannot be sent as it is: a method or header that would not be one on the wire.
// Empty when it can.
std::string request_fault(const ClientRequest& request);

// Request line and headers, with the empty line at their end. Host comes from the request's headers
// or else from `url`; Content-Length from the body; a Connection or Transfer-Encoding of the
// request's own is left out. REQUIRES: request_fault() found nothing.
std::string request_head(const ClientRequest& request, const Url& url);

}  // namespace pawl::engine
