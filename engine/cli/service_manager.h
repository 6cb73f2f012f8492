// What a service of systemd tells its manager.
#pragma once

#include <string>

namespace pawl::engine {

// Sends "READY=1" or "STOPPING=1" to the socket of NOTIFY_SOCKET; without one, or when nobody
// listens there, nothing happens.
// [spec] https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html#Notes
void notify_service_manager(const std::string& state);

}  // namespace pawl::engine
