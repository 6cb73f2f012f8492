#include "tests/simulation/case.h"

#include <algorithm>

#include "tests/simulation/dice.h"
#include "tests/simulation/generator.h"

namespace pawl::simulation {
namespace {

constexpr std::int64_t kFaultsMax = 6;
constexpr std::int64_t kAppendsBetween = 6;

std::vector<Fault> faults_by(Dice& dice) {
  std::vector<Fault> faults;
  int append = 0;
  for (std::int64_t i = dice.between(0, kFaultsMax); i > 0; --i) {
    append += static_cast<int>(dice.between(1, kAppendsBetween));
    faults.push_back({static_cast<Fault::Kind>(dice.below(3)), append});
  }
  return faults;
}

std::vector<Outage> outages_by(Dice& dice) {
  std::vector<Outage> outages;
  std::int64_t at_ms = 0;
  for (std::int64_t i = dice.one_in(2) ? 0 : dice.between(1, 3); i > 0; --i) {
    const std::int64_t from_ms = at_ms + dice.between(2, 6'000);
    at_ms = from_ms + dice.between(1, 9'000);
    outages.push_back({from_ms, at_ms});
  }
  return outages;
}

}  // namespace

Case case_of(std::uint64_t seed) {
  Dice dice(mixed(seed, "case"));
  Case made;
  made.seed = seed;
  made.is_wild = dice.one_in(5);
  Generator generator(dice, made.is_wild);
  made.definition = generator.machine();
  made.input = generator.input();
  made.faults = faults_by(dice);
  made.outages = outages_by(dice);
  if (dice.one_in(12)) made.stop_at_ms = dice.between(1, 20'000);
  if (dice.one_in(3)) made.transitions_per_step = static_cast<int>(dice.between(1, 3));
  if (dice.one_in(4)) made.concurrency_max = dice.between(1, 3);
  if (made.is_wild && dice.one_in(6)) made.events_max = dice.between(5, 40);
  return made;
}

Json to_json(const Case& simulated) {
  static const char* const kKinds[] = {"fails", "crash before", "crash after"};
  Json out = Json::object();
  out["seed"] = simulated.seed;
  out["definition"] = simulated.definition;
  out["input"] = simulated.input;
  out["faults"] = Json::array();
  for (const Fault& fault : simulated.faults) {
    Json one = Json::object();
    one["append"] = fault.append;
    one["what"] = kKinds[static_cast<std::size_t>(fault.kind)];
    out["faults"].push_back(std::move(one));
  }
  out["outages"] = Json::array();
  for (const Outage& outage : simulated.outages) {
    out["outages"].push_back(Json::array({outage.from_ms, outage.until_ms}));
  }
  if (simulated.stop_at_ms) out["stop_at_ms"] = *simulated.stop_at_ms;
  out["transitions_per_step"] = simulated.transitions_per_step;
  out["concurrency_max"] = simulated.concurrency_max;
  out["events_max"] = simulated.events_max;
  out["is_wild"] = simulated.is_wild;
  return out;
}

}  // namespace pawl::simulation
