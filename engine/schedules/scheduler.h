// Starts executions when their schedules say so, each once: docs/decisions/0037. Keeps the
// schedules in the store's records, and what they wait for in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/alarms.h"
#include "engine/runtime/world.h"
#include "engine/schedules/schedule.h"
#include "engine/schedules/zone_files.h"
#include "engine/store/records.h"

namespace pawl::engine {

// An execution that a schedule starts.
struct StartOrder {
  std::string state_machine;  // as the schedule names it
  std::string name;           // of the execution
  std::string input;          // a text of JSON
  Labels labels;
};
struct StartOutcome {
  enum class Kind {
    kStarted,
    kAlreadyStarted,  // an execution of this name is there
    kRefused,         // for good: there is no such state machine, the input is too long
    kUnavailable      // the store takes no writes at the moment; nothing was started
  };
  Kind kind = Kind::kUnavailable;
  std::string execution_arn;  // of what is there
  std::string error;          // of what is not: "StateMachineDoesNotExist"
  std::string message;
};
// Answers once, from any thread; an answer that is dropped counts as kUnavailable.
using StartExecution = std::function<void(StartOrder, std::function<void(StartOutcome)>)>;

// One time that a schedule fired at, or was made to.
struct Firing {
  Timestamp time{};
  StartOutcome outcome;
};

struct SchedulerWorld {
  Records& records;
  Clock& clock;
  Alarms& alarms;
  std::function<void(std::function<void()>)> post;  // runs it on a thread that may wait
  std::string arn_prefix;  // "arn:aws:scheduler:us-east-1:123456789012:schedule/default/"
};

inline constexpr std::size_t kSchedulesMax = 10'000;

// How late executions were started: how many, and how many seconds in all.
struct ScheduleLag {
  std::uint64_t count = 0;
  double seconds = 0;
};

// Thread-safe. What changes schedules waits for the disk, and throws StoreUnavailable.
class Scheduler {
 public:
  // REQUIRES: what the world names outlives it, and nothing posted runs when it is destroyed.
  explicit Scheduler(SchedulerWorld world);
  ~Scheduler();

  // Reads the schedules and begins to fire them: what was missed, as each of them says.
  void begin(StartExecution start);

  using Found = std::shared_ptr<const Schedule>;
  Found find(const std::string& name) const;  // null: there is none
  // By name, those after `after`; of one state machine, unless it is empty: by its name, or what
  // ARN ends with it.
  std::vector<Found> list(const std::string& after,
                          const std::string& state_machine,
                          std::size_t most) const;

  enum class Added { kDone, kNameTaken, kTooMany };
  Added add(const Schedule& schedule);
  // What `edit` makes of it; null: there is none of this name. Nothing changes meanwhile: neither
  // do others edit it nor does it fire. What `edit` throws changes nothing.
  Found change(const std::string& name, const std::function<Schedule(const Schedule&)>& edit);
  // The same; `allow` may throw.
  bool remove(const std::string& name, const std::function<void(const Schedule&)>& allow);

  // Starts what it would have started at these times, but for what is there already. Waits for all
  // of it.
  std::vector<Firing> start(const Schedule& schedule, const std::vector<Timestamp>& times);
  // One execution of this name, now.
  Firing start_now(const Schedule& schedule, const std::string& name, const asl::Payload& input);

  // When something is to be done next: virtual time does not jump so far.
  std::optional<Timestamp> next_due() const;
  // The clock shows a later time than it should by now. Does not block.
  void clock_moved();

  std::string arn_of(const std::string& name) const;
  ZoneFiles& zones();
  ScheduleLag lag() const;

 private:
  class Core;
  const std::shared_ptr<Core> core_;
};

}  // namespace pawl::engine
