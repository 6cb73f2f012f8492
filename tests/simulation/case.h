// Everything that one simulated run follows from. Made of a seed; made smaller when it shows a
// fault.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "asl/timestamp.h"

namespace pawl::simulation {

using asl::Json;

// 2023-11-14T22:13:20Z
inline constexpr asl::Timestamp kBegin{1'700'000'000'000};

// What becomes of the n-th append (from 1).
struct Fault {
  enum class Kind : std::uint8_t {
    kFails,        // nothing was written, and the server knows
    kCrashBefore,  // the process dies before the append is durable
    kCrashAfter,   // and after it, before anything that follows from it is done
  };
  Kind kind{};
  int append = 0;
};

// The server is away. What it decided since `from_ms` was never written; it is back at `until_ms`.
// Milliseconds since the begin.
struct Outage {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;
};

struct Case {
  std::uint64_t seed = 0;  // of the answers, and of whatever else the world draws
  Json definition;
  Json input;
  std::vector<Fault> faults;    // in order of append
  std::vector<Outage> outages;  // in order, apart from one another
  std::optional<std::int64_t> stop_at_ms;
  int transitions_per_step = 500;
  std::int64_t concurrency_max = 40;
  std::int64_t events_max = 25'000;
  // What nobody predicts: the order of things that happen at once, and redrives.
  bool is_wild = false;
};

Case case_of(std::uint64_t seed);

Json to_json(const Case& simulated);

// What the outside world does with one task, relative to when it was scheduled.
struct Reply {
  std::int64_t taken_after_ms = 0;  // by a worker, of an activity
  std::optional<std::int64_t> submitted_after_ms;
  std::vector<std::int64_t> heartbeats_after_ms;
  std::optional<std::int64_t> answered_after_ms;  // nullopt: never
  std::optional<std::string> error;               // with a cause of its own
  std::string cause;
  Json output;
};

// When it first says something.
std::int64_t first_word_after_ms(const Reply& reply);

enum class Manner : std::uint8_t { kCall, kActivity, kSubmitted };
Manner manner_of(const std::string& resource);

// A pure function of where and when the task is: `place` is the state with the numbers of the
// branches and iterations around it ("Task3/0/2").
Reply reply_to(std::uint64_t seed,
               const std::string& place,
               std::int64_t scheduled_at_ms,
               Manner manner);

}  // namespace pawl::simulation
