// Which addresses HTTP Tasks and token requests may go to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pawl::engine {

// [aws] An HTTP Task calls https only. [pawl] http to this very machine is taken too, and to the
// hosts that the configuration names: docs/decisions/0023-http-tasks-and-their-secrets.md
bool may_be_called(std::string_view url, const std::vector<std::string>& plain_http_hosts);

}  // namespace pawl::engine
