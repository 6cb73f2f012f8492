#include <algorithm>
#include <limits>
#include <string>

#include "tests/simulation/case.h"
#include "tests/simulation/dice.h"

namespace pawl::simulation {
namespace {

constexpr std::uint64_t kSlowOneIn = 12;
constexpr std::uint64_t kNeverOneIn = 15;
constexpr std::int64_t kQuickMs = 2'500;
constexpr std::int64_t kSlowMs = 90'000;
constexpr std::int64_t kHeartbeatMs = 900;
constexpr std::int64_t kHeartbeatsMax = 12;

// Not a whole second: then it never comes together with a timeout.
std::int64_t off_the_second(std::int64_t ms) { return ms % 500 == 0 ? ms + 1 : ms; }

Json output_of(Dice& dice) {
  Json output = Json::object();
  switch (dice.below(8)) {
    case 0:
      return dice.between(-3, 3);
    case 1:
      return "text";
    case 2:
      return Json::array({1, "two"});
    case 3:
      output["n"] = dice.between(0, 9);
      [[fallthrough]];
    default:
      output["r"] = dice.between(0, 99);
      output["ok"] = dice.one_in(2);
      return output;
  }
}

std::string error_of(Dice& dice) {
  static const char* const kErrors[] = {"A", "A", "B", "B", "C", "States.TaskFailed"};
  return kErrors[dice.below(std::size(kErrors))];
}

}  // namespace

std::int64_t first_word_after_ms(const Reply& reply) {
  std::int64_t first_ms =
      reply.answered_after_ms.value_or(std::numeric_limits<std::int32_t>::max());
  if (reply.taken_after_ms > 0) first_ms = std::min(first_ms, reply.taken_after_ms);
  if (reply.submitted_after_ms) first_ms = std::min(first_ms, *reply.submitted_after_ms);
  if (!reply.heartbeats_after_ms.empty()) {
    first_ms = std::min(first_ms, reply.heartbeats_after_ms.front());
  }
  return first_ms;
}

Manner manner_of(const std::string& resource) {
  if (resource.find(":activity:") != std::string::npos) return Manner::kActivity;
  const bool submits = resource.ends_with(".sync") || resource.ends_with(".waitForTaskToken");
  return submits ? Manner::kSubmitted : Manner::kCall;
}

Reply reply_to(std::uint64_t seed,
               const std::string& place,
               std::int64_t scheduled_at_ms,
               Manner manner) {
  Dice dice(mixed(seed, place + "@" + std::to_string(scheduled_at_ms)));
  Reply reply;
  std::int64_t begun_ms = 0;
  if (manner == Manner::kActivity) {
    begun_ms = reply.taken_after_ms = off_the_second(dice.between(1, kQuickMs));
  }
  if (manner == Manner::kSubmitted && !dice.one_in(6)) {
    begun_ms = *(reply.submitted_after_ms = off_the_second(dice.between(1, 300)));
  }
  const std::int64_t most = dice.one_in(kSlowOneIn) ? kSlowMs : kQuickMs;
  const std::int64_t takes_ms = off_the_second(begun_ms + dice.between(1, most));
  if (!dice.one_in(kNeverOneIn)) reply.answered_after_ms = takes_ms;
  // Only who holds a token can send one.
  if (manner != Manner::kCall && dice.one_in(2)) {
    std::int64_t at_ms = begun_ms;
    const std::int64_t last_ms = reply.answered_after_ms.value_or(kHeartbeatsMax * kHeartbeatMs);
    for (int i = 0; i < kHeartbeatsMax; ++i) {
      at_ms = off_the_second(at_ms + dice.between(1, kHeartbeatMs));
      if (at_ms >= last_ms) break;
      reply.heartbeats_after_ms.push_back(at_ms);
    }
  }
  if (dice.one_in(3)) {
    reply.error = error_of(dice);
    reply.cause = "cause " + std::to_string(dice.below(1000));
  } else {
    reply.output = output_of(dice);
  }
  return reply;
}

}  // namespace pawl::simulation
