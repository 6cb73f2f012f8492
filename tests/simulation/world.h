// One execution of the core in a world that a case decides: a clock, a disk that fails, a process
// that dies, and an outside that answers late, twice, out of order or never. After each step
// whatever must always hold is looked at.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asl/parse.h"
#include "states/step.h"
#include "tests/simulation/case.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/flight.h"
#include "tests/simulation/model.h"
#include "tests/simulation/outside.h"

namespace pawl::simulation {

struct Run {
  std::vector<std::string> complaints;  // of what does not hold; empty when all does
  std::vector<states::Event> history;   // as it was read back from the disk
  std::optional<states::Outcome> outcome;
  int steps = 0;
  int faults = 0;  // that came to pass
  int recoveries = 0;
};

class World {
 public:
  World(const Case& simulated, std::shared_ptr<const asl::StateMachine> machine);
  // To the end of the execution.
  Run run();

 private:
  // A step that was decided and is not durable yet.
  struct Pending {
    int append = 0;
    std::vector<states::Event> events;
    std::vector<states::Effect> effects;
    states::Stimulus stimulus;
    // What it answers to, and what came too late because of it: said again when the step is lost.
    std::vector<Message> messages;
  };
  struct Scheduled {
    std::string place;
    std::int64_t at_ms = 0;
  };
  // What comes next, and when it is due.
  struct Next {
    std::int64_t due_ms = 0;
    enum class What : std::uint8_t { kNothing, kTimer, kMessage, kStop, kRedrive } what{};
    std::pair<states::WorkId, states::TimerKind> timer{};
    Message message;
  };

  void turn();
  Next next() const;
  void deliver(const Next& next);
  bool give(const states::Stimulus& stimulus, const Message* message = nullptr);
  void start();
  void remember(const states::CallTask& call);

  // The disk.
  void settle();  // makes pending steps durable, or has them fail as the case says
  bool must_settle(std::int64_t next_ms);
  std::int64_t first_consequence_ms(const Pending& pending) const;
  void write(const Pending& pending);
  void lose_pending();
  void recover();
  void pass_outage(const Outage& outage);
  const Fault* fault_of(int append) const;

  // The outside.
  void perform(const states::Effect& effect);
  void disturb();

  // What must hold.
  void complain(std::string what) { run_.complaints.push_back(std::move(what)); }
  void check_step(const std::vector<states::Event>& events);
  void check_resume(const Flight& flight, const char* when);
  void check_sleep();
  void check_end();

  states::Env env() { return {now(), entropy_, limits_, token_of_}; }
  asl::Timestamp now() const { return {kBegin.ms + now_ms_}; }

  const Case& case_;
  const std::shared_ptr<const asl::StateMachine> machine_;
  std::shared_ptr<const states::ExecutionInfo> info_;
  states::Limits limits_;
  const std::function<std::string(states::WorkId)> token_of_;
  Dice dice_;
  Dice entropy_;

  std::int64_t now_ms_ = 0;
  std::size_t outages_passed_ = 0;
  int appends_ = 0;
  bool stopped_ = false;
  std::optional<std::int64_t> redrive_at_ms_;
  int redrives_ = 0;

  states::Execution live_;
  states::Execution shadow_;  // what the events give that were encoded and decoded again
  Flight decided_;            // what is in flight when everything decided comes to pass
  Flight durable_;            // and what the outside was told of
  Disk disk_;
  std::deque<Pending> pending_;
  std::map<states::WorkId, Scheduled> scheduled_;
  Outside outside_;
  Run run_;
};

}  // namespace pawl::simulation
