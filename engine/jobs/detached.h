// Starts a program that outlives this one: own session, no terminal, no inherited descriptors, not
// our child.
#pragma once

#include <string>
#include <vector>

namespace pawl::engine {

// The environment variable that tells the started program its ready descriptor.
inline constexpr const char* kReadyFdVariable = "PAWL_READY_FD";

// Runs `command` and waits until it reports through the ready descriptor or is gone. Empty: it
// reported "ok". Otherwise what it reported, or why it could not be started.
std::string start_detached(const std::vector<std::string>& command, int wait_ms);

// Called by the started program: passes `report` on and closes the descriptor. No effect without
// one.
void report_ready(const std::string& report);

}  // namespace pawl::engine
