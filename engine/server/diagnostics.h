// What /diagnostics tells of a server beside what the API knows: its process and its disk.
#pragma once

#include <chrono>
#include <string>

#include "asl/json.h"

namespace pawl::engine {

// {"uptimeMs", "process": {...}, "disk": {...}}
asl::Json server_diagnostics(const std::string& folder,
                             std::chrono::steady_clock::time_point started);

}  // namespace pawl::engine
