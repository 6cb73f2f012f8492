// Who may talk to a server that has no passwords because it listens on loopback only: programs of
// this machine. A web page can make a browser of this machine send requests too; its Host (DNS
// rebinding) or its Origin gives it away.
#pragma once

#include <optional>
#include <string_view>

#include "engine/http/message.h"

namespace pawl::engine {

// Why such a server must not answer (403), else nullopt. With `listening_on_loopback` false
// there is nothing to tell foreign from own by, and nothing is refused: such a listener has
// authentication.
std::optional<std::string_view> why_foreign(const HttpRequest& request, bool listening_on_loopback);

// "127.0.0.1:8083", "[::1]", "localhost", "bucket.localhost:8083", "sync-localhost": any port, any
// case.
bool means_loopback(std::string_view host_header);

}  // namespace pawl::engine
