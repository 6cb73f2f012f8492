// One start of an execution by a schedule: by what name, and with what input. docs/decisions/0037
#pragma once

#include <string>
#include <string_view>

#include "asl/json.h"
#include "engine/schedules/schedule.h"

namespace pawl::engine {

// "nightly-2026-12-01T10-00-00Z": the same for the same schedule and time, so that a second start
// of it is none. A name too long for an execution's (80 characters) is cut, and told from others by
// a digest.
std::string fire_name(std::string_view schedule, Timestamp time);
// For what is started by hand: a name of its own.
std::string fire_name(std::string_view schedule, std::string_view suffix);

// What the input's text may hold in place of values.
// [aws]
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
struct FireContext {
  std::string schedule_arn;
  Timestamp time{};
  int attempt = 1;

  // Of this attempt: 16 hexadecimal digits, the same whenever it is computed.
  std::string execution_id() const;
};
// The input's text with each <aws.scheduler.…> that it knows replaced.
std::string fire_input(const asl::Payload& input, const FireContext& context);

}  // namespace pawl::engine
