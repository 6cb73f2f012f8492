// The books of a crash run: what was promised, what was seen, and what was done outside. Nothing in
// here talks to a server, so that it can be shown to notice what it is there for.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::crash {

using asl::Json;

// How an execution has ended, as DescribeExecution says.
struct Ending {
  std::string status;
  std::string output;
  double stopped_at = 0;
  friend bool operator==(const Ending&, const Ending&) = default;
};

// What a crash run came to. Each text names an execution or a side effect.
struct Findings {
  std::int64_t executions = 0;          // acknowledged
  std::int64_t effects = 0;             // side effects that were counted
  std::int64_t repeated_in_flight = 0;  // sent again because the server died over them
  std::vector<std::string> lost;
  std::vector<std::string> doubled;
  std::vector<std::string> history_faults;
  std::vector<std::string> changed;  // after their end
  bool is_clean() const {
    return lost.empty() && doubled.empty() && history_faults.empty() && changed.empty();
  }
};

// Thread-safe. Times are milliseconds since 1970.
class Ledger {
 public:
  // A server is started, after the one before it has died; returns its number.
  std::size_t started(std::int64_t at_ms);
  // A side effect outside, done by this server; `key` names execution, state, item and attempt.
  // When it arrived says nothing: what a server has sent may arrive after its death.
  void arrived(const std::string& key, std::size_t server);
  // StartExecution has answered 200.
  void acknowledged(const std::string& execution);
  // It has ended and these are its events; `expected` says how many of each type there must be.
  void ended(const std::string& execution,
             const Ending& ending,
             const Json& events,
             const std::map<std::string, int>& expected);
  // Looked at again, later. nullopt: it is not there.
  void seen_again(const std::string& execution, const std::optional<Ending>& ending);
  // A side effect that may happen once only, even when the server dies over it: how often it was
  // found.
  void counted(const std::string& key, std::int64_t times);
  void complain(const std::string& what);

  std::vector<std::string> endings_known() const;
  Findings findings() const;

 private:
  struct Call {
    std::string key;
    std::int64_t scheduled_ms = 0;
    std::int64_t ended_ms = 0;
  };
  void check_effects(Findings& out) const;

  mutable std::mutex mutex_;
  std::vector<std::int64_t> starts_;                         // by number of the server
  std::map<std::string, std::vector<std::size_t>> senders_;  // of each side effect
  std::map<std::string, std::optional<Ending>> executions_;
  std::vector<Call> calls_;  // as the histories tell
  std::map<std::string, std::int64_t> counts_;
  Findings findings_;
};

// Ids from 1 without a gap, causes in the past, one end that is last, and so many of each type.
std::vector<std::string> faults_in(const Json& events, const std::map<std::string, int>& expected);

}  // namespace pawl::crash
