// What a case must come to: a direct interpreter of the definition over its own idea of time,
// written apart from the core, which has no part in it.
#pragma once

#include <compare>
#include <optional>
#include <string>

#include "tests/simulation/case.h"
#include "tests/simulation/model_values.h"

namespace pawl::simulation {

struct Prediction {
  std::string status;  // empty: nobody can tell
  Json output;
  std::optional<std::string> error;
  std::optional<std::string> cause;
  std::string why_not;  // with an empty status
};

Prediction predict(const Case& simulated);

// When something is done, and when it should have been: an outage lies between. What was due first
// is done first.
struct Instant {
  std::int64_t now_ms = 0;
  std::int64_t due_ms = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

// Milliseconds since the begin.
class Calendar {
 public:
  explicit Calendar(const Case& simulated) : simulated_(simulated) {}
  Instant at(std::int64_t due_ms) const;
  Instant after(const Instant& from, std::int64_t ms) const { return at(from.now_ms + ms); }

 private:
  const Case& simulated_;
};

// When whoever watches loses patience and stops the execution.
inline constexpr std::int64_t kPatienceMs = 3'600'000;

}  // namespace pawl::simulation
