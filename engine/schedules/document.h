// A schedule as the store keeps it.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/schedules/schedule.h"
#include "engine/schedules/zone_files.h"

namespace pawl::engine {

inline constexpr const char* kScheduleKind = "schedule";

asl::Json document_of(const Schedule& schedule);
// Throws std::runtime_error for what document_of() does not write. A time zone that this machine
// does not know any more is the schedule's last fault.
Schedule schedule_of(std::string name, const asl::Json& document, ZoneFiles& zones);

}  // namespace pawl::engine
