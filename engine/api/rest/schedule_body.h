// Schedules as requests give them and answers show them.
#pragma once

#include <string>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/rest.h"
#include "engine/schedules/scheduler.h"

namespace pawl::engine::rest {

Scheduler& scheduler_of(const RestCall& call);
// The schedule that the path names; throws Problem 404.
Scheduler::Found schedule_of_path(const RestCall& call);
Problem no_such_schedule(const RestCall& call);

// What people say of a schedule, as the members of a body.
asl::Json definition_json(const ScheduleDefinition& what);
// Throws Problem: of a member that cannot be taken. Whether its state machine is there is looked at
// when the body names it (`is_new_target`).
ScheduleDefinition definition_of_body(const RestCall& call,
                                      const asl::Json& body,
                                      bool is_new_target);
// Throws Problem when it will never fire.
void require_future(const Schedule& schedule);

asl::Json schedule_view(const RestCall& call, const Schedule& schedule);
// Strong: it is another when people have changed the schedule, and when it has fired.
std::string etag_of_schedule(const Schedule& schedule);
// If-Match, for a change: that a schedule has fired since is no reason to refuse it.
void require_schedule_conditions(const RestCall& call, const Schedule& schedule);
void answer_schedule(const RestCall& call, int status, const Schedule& schedule);

// {"at", "name", "outcome", ...} of what was started.
asl::Json firing_view(const std::string& name, const Firing& firing);

}  // namespace pawl::engine::rest
