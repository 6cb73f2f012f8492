// What tests of the server over time have in common.
#pragma once

#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "engine/http/server.h"

namespace pawl::engine {

inline const std::string kGet = "GET /g HTTP/1.1\r\nHost: localhost\r\n\r\n";

inline HttpResponse text_response(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

template <typename Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::yield();
    ::usleep(5'000);
  }
  return false;
}

inline HttpServerOptions impatient(std::chrono::milliseconds patience) {
  HttpServerOptions options;
  options.read_timeout = options.idle_timeout = options.write_timeout = patience;
  return options;
}

}  // namespace pawl::engine
