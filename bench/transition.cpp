// What does a transition of the pure core cost? A chain of ten Pass states, plain and with
// Parameters, and an inline Map over 10,000 items; no journal, no effects performed.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "asl/parse.h"
#include "states/step.h"

namespace {

using namespace pawl;  // NOLINT: a program of its own

class Counter final : public asl::Entropy {
 public:
  std::uint64_t next() override { return ++state_; }

 private:
  std::uint64_t state_ = 0;
};

std::shared_ptr<const asl::StateMachine> chain(const std::string& fields) {
  std::string states;
  for (int i = 0; i < 10; ++i) {
    const std::string exit =
        i == 9 ? R"("End":true)" : R"("Next":"S)" + std::to_string(i + 1) + "\"";
    states += (i == 0 ? "" : ",") + ("\"S" + std::to_string(i)) + R"(":{"Type":"Pass",)" + fields +
              exit + "}";
  }
  return asl::parse_definition(R"({"StartAt":"S0","States":{)" + states + "}}").machine;
}

std::shared_ptr<const asl::StateMachine> map(const std::string& fields) {
  return asl::parse_definition(R"({"StartAt":"M","States":{"M":{"Type":"Map",)" + fields +
                               R"("End":true,"ItemProcessor":{"StartAt":"P","States":
                                  {"P":{"Type":"Pass","End":true}}}}}})")
      .machine;
}

// Runs one execution to its end; returns how many events it wrote.
std::int64_t run(const asl::StateMachine& machine, const asl::Payload& input) {
  static Counter entropy;
  static const auto info = std::make_shared<const states::ExecutionInfo>();
  static const std::function<std::string(states::WorkId)> no_tokens = [](states::WorkId) {
    return std::string();
  };
  states::Limits limits;
  limits.history_events_max = 1'000'000;
  limits.transitions_per_step_max = 1'000'000;
  limits.payload_bytes_max = 1 << 30;
  states::Execution execution;
  execution.info = info;
  const states::Env env{asl::Timestamp{1'700'000'000'000}, entropy, limits, no_tokens};
  const states::Step step =
      states::step(machine, execution, states::Stimulus(states::Start{input}), env);
  benchmark::DoNotOptimize(step.effects.data());
  return static_cast<std::int64_t>(step.events.size());
}

void per_transition(benchmark::State& state,
                    const asl::StateMachine& machine,
                    const asl::Payload& input,
                    std::int64_t transitions) {
  std::int64_t events = 0;
  for (auto _ : state) events = run(machine, input);
  state.counters["events"] = static_cast<double>(events);
  state.counters["per_transition"] = benchmark::Counter(
      static_cast<double>(transitions),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void TenPassStates(benchmark::State& state) {
  const auto machine = chain("");
  per_transition(state, *machine, asl::Payload::of_text(R"({"a":1,"b":[1,2,3]})"), 10);
}
BENCHMARK(TenPassStates);

void TenPassStatesWithParameters(benchmark::State& state) {
  const auto machine = chain(R"("Parameters":{"a.$":"$.a","b":"text"},)");
  per_transition(state, *machine, asl::Payload::of_text(R"({"a":1,"b":[1,2,3]})"), 10);
}
BENCHMARK(TenPassStatesWithParameters);

asl::Payload items(std::int64_t count) {
  std::string text = "[0";
  for (std::int64_t i = 1; i < count; ++i) text += "," + std::to_string(i);
  return asl::Payload::of_text(text + "]");
}

void MapOverItems(benchmark::State& state) {
  const auto machine = map("");
  per_transition(state, *machine, items(state.range(0)), state.range(0));
}
BENCHMARK(MapOverItems)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

void MapOverItemsWithItemSelector(benchmark::State& state) {
  const auto machine =
      map(R"("ItemSelector":{"i.$":"$$.Map.Item.Index","v.$":"$$.Map.Item.Value"},)");
  per_transition(state, *machine, items(state.range(0)), state.range(0));
}
BENCHMARK(MapOverItemsWithItemSelector)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
