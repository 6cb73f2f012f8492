// A schedule: what starts when, and how far it has got. Values and arithmetic only: no clock and no
// disk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"
#include "asl/timestamp.h"
#include "engine/schedules/expression.h"
#include "engine/schedules/time_zone.h"
#include "engine/store/journal.h"

namespace pawl::engine {

// What becomes of the times that passed while no server was there, or its clock leapt over them.
enum class Missed {
  kSkip,  // nothing
  kOne,   // the latest of them fires
  kAll    // each fires, the latest kMissedFiresMax of them
};
inline constexpr std::size_t kMissedFiresMax = 1000;
// The label by which the executions of a schedule are found: its name.
inline constexpr const char* kScheduleLabel = "schedule";
// Later than this, a time was missed. [aws] "invoke their targets with 60 second precision"
inline constexpr std::int64_t kPunctualMs = 60'000;

std::string_view to_string(Missed missed);  // "skip", "one", "all"
std::optional<Missed> parse_missed(std::string_view text);

// What people say of it.
struct ScheduleDefinition {
  std::string state_machine;  // its name or ARN, also with a version or an alias
  Expression expression;
  std::string timezone = "UTC";
  std::shared_ptr<const TimeZone> zone;  // null: this machine does not know it; it never fires
  asl::Payload input = asl::Payload::empty_object();
  // Both inclusive; neither counts for a single time.
  std::optional<Timestamp> start_date;
  std::optional<Timestamp> end_date;
  Missed missed = Missed::kOne;
  bool paused = false;
  std::optional<std::string> description;
  Labels labels;  // of its executions
};

// Why the last start failed.
struct FireFault {
  std::string error;  // "StateMachineDoesNotExist"
  std::string message;
  Timestamp at{};
};

struct Schedule {
  std::string name;
  ScheduleDefinition what;
  Timestamp created_at{};
  Timestamp updated_at{};                 // by people
  std::int64_t revision = 1;              // counts what people change
  std::int64_t firings = 0;               // counts what firing changes
  Timestamp anchor{};                     // a rate counts from here
  Timestamp considered{};                 // the times up to this one are dealt with
  std::optional<Timestamp> last_fire_at;  // the time it was to fire at, not the time it did
  std::optional<std::string> last_execution_arn;
  std::optional<FireFault> last_fault;  // none once a start has succeeded
};

// [aws] 1 to 64 letters, digits, '-', '_' and '.'.
bool is_schedule_name(std::string_view name);

Schedule new_schedule(std::string name, ScheduleDefinition what, Timestamp now);
// People's change. What was due before it is not, if it is about when to fire, or ends a pause.
Schedule changed(Schedule schedule, ScheduleDefinition what, Timestamp now);

// The first time after `after` that it fires at; nothing: never again. As if it were not paused.
std::optional<Timestamp> next_fire(const Schedule& schedule, Timestamp after);

// Whether it has fired for the last time.
inline bool is_completed(const Schedule& schedule) {
  return !next_fire(schedule, schedule.considered);
}

// What is to be done at a time.
struct DueFires {
  std::vector<Timestamp> times;         // to fire at now, in order
  std::optional<Timestamp> considered;  // nothing: no time has passed
};
DueFires due_fires(const Schedule& schedule, Timestamp now);

// Its times between two, both inclusive, whatever its dates say; at most `most`.
std::vector<Timestamp> times_between(const Schedule& schedule,
                                     Timestamp from,
                                     Timestamp to,
                                     std::size_t most);

}  // namespace pawl::engine
