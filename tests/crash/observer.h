// Stands outside of the server and counts what reaches it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "engine/http/server.h"
#include "engine/runtime/alarms.h"
#include "tests/crash/ledger.h"

namespace pawl::crash {

std::int64_t now_ms();

// Answers POST with {"done": key}, a little later; the calls that are meant to fail with a 500.
class Observer {
 public:
  Observer(Ledger& ledger, std::uint64_t seed);
  // Where the server of this number sends its calls.
  std::string url(std::size_t server) const;

 private:
  void answer(const engine::HttpRequest& request, engine::Responder respond);

  Ledger& ledger_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::unique_ptr<engine::Alarms> alarms_;
  std::unique_ptr<engine::HttpServer> server_;  // last: it uses all of the above
};

// The longest time between two answers of the server, whoever asked.
class Silence {
 public:
  void answered();
  // The longest since this was asked last.
  std::int64_t take_longest_ms();

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::int64_t longest_ms_ = 0;
};

}  // namespace pawl::crash
