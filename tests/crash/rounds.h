// A server under load that is killed again and again.
#pragma once

#include <cstdint>
#include <ostream>
#include <vector>

#include "tests/crash/ledger.h"

namespace pawl::crash {

struct Plan {
  int rounds = 8;
  std::uint64_t seed = 1;
  int clients = 6;  // that start executions of ten steps; the other workloads have more and fewer
};

struct Outcome {
  Findings findings;
  int kills = 0;
  int kills_at_start = 0;  // of those, while the server was starting
  // Without an answer, by kill: the server started once, or was killed again as it started.
  std::vector<std::int64_t> gaps_ms;
  std::vector<std::int64_t> gaps_of_killed_starts_ms;
};

Outcome run_rounds(const Plan& plan);

void print(const Outcome& outcome, std::ostream& out);

}  // namespace pawl::crash
