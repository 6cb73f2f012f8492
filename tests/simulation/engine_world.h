// Several executions on a whole engine: its shard, performer, recovery, sleepers and tokens, over a
// store whose journal lags and fails, with the clock and the outside in the simulation's hands.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/runtime/harness.h"
#include "tests/simulation/case.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/lagging_journal.h"

namespace pawl::simulation {

struct EngineCase {
  std::uint64_t seed = 0;
  std::vector<Case> executions;  // each with its own definition
  std::vector<Fault> faults;     // of the engine's appends, counted over all its lives
  bool disk_fails = false;  // appends and reads fail; then the engine tries again by its own clock,
                            // and nobody can tell what that changes
  // SQLite over a file system that tears writes and loses what was not synced; else in memory.
  bool is_on_disk = false;
  std::int64_t evict_after_ms = 30'000;
  std::size_t live_max = 100;
};

EngineCase engine_case_of(std::uint64_t seed);
std::string to_text(const EngineCase& simulated);

struct EngineRun {
  std::vector<std::string> complaints;
  int executions = 0;
  int predicted = 0;
  int faults = 0;
  int restarts = 0;
  int calls = 0;
};

EngineRun run_engine(const EngineCase& simulated);

// The smallest one that fails.
EngineCase shrunk(const EngineCase& failing);

// The services that the engine's tasks call. They outlive it.
class EngineOutside final : public engine::Connectors {
 public:
  using Complain = std::function<void(std::string)>;
  EngineOutside(const std::vector<Case>& cases, Complain complain);
  // Where to look what is durable. REQUIRES: before the first call.
  void use(engine::Journal& durable) { durable_ = &durable; }

  void call(const engine::TaskCall& call, std::shared_ptr<engine::TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override;

  std::optional<std::int64_t> next_due_ms() const;
  // Says what is due first, to `engine`.
  void speak(engine::Engine& engine, std::int64_t now_ms, Dice& dice);
  // What was said and is not known to have arrived is said again to the next one.
  void server_died();
  int calls() const { return calls_; }
  // It was told an answer long ago and still waits for it.
  bool waits_in_vain(const std::string& execution_arn, std::int64_t now_ms) const;

  static std::size_t number_of(const std::string& execution_arn);  // of its case
  static std::string arn_of(std::size_t number);

 private:
  using Key = std::pair<std::string, states::WorkId>;
  struct Word {
    std::int64_t due_ms = 0;
    states::Stimulus what;
    bool is_said = false;
    bool is_heard = false;  // and kept
  };
  struct Work {
    std::shared_ptr<engine::TaskReply> reply;
    std::optional<std::string> token;
    std::vector<Word> words;
    bool called_by_this_server = false;
  };
  void plan(Work& work, const engine::TaskCall& call, const std::vector<states::Event>& events);
  void check_call(const engine::TaskCall& call, const std::vector<states::Event>& events);
  void say(engine::Engine& engine, Work& work, std::size_t index, std::int64_t now_ms, Dice& dice);
  // What is due first of what can be said.
  std::optional<std::pair<Key, std::size_t>> first() const;
  static bool goes_by_token(const Word& word);
  static bool is_told_by_token(const Work& work);

  const std::vector<Case>& cases_;
  engine::Journal* durable_ = nullptr;
  const Complain complain_;
  std::vector<std::shared_ptr<const asl::StateMachine>> machines_;
  std::map<Key, Work> works_;
  int calls_ = 0;
};

}  // namespace pawl::simulation
