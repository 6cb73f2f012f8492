// The handlers of the resources, by file; routes.cpp lists them.
#pragma once

#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

// state_machines.cpp
void list_state_machines(const RestCall& call);
void create_state_machine(const RestCall& call);
void get_state_machine(const RestCall& call);
void put_state_machine(const RestCall& call);
void delete_state_machine(const RestCall& call);
// executions.cpp
void start_execution(const RestCall& call);
void list_executions(const RestCall& call);
void list_executions_of_machine(const RestCall& call);
void get_execution(const RestCall& call);
void redrive_execution(const RestCall& call);
void stop_execution(const RestCall& call);
// replay.cpp
void replay_execution(const RestCall& call);
// forks.cpp
void fork_execution(const RestCall& call);
// diff.cpp
void diff_executions(const RestCall& call);
// map_runs.cpp
void list_map_runs(const RestCall& call);
void get_map_run(const RestCall& call);
void list_map_run_executions(const RestCall& call);
// steps.cpp
void list_steps(const RestCall& call);
void get_step(const RestCall& call);
void get_step_io(const RestCall& call);
// events.cpp
void list_events(const RestCall& call);
// events_stream.cpp
void stream_events(const RestCall& call);
// definitions.cpp
void validate_definition(const RestCall& call);
// clock.cpp
void get_clock(const RestCall& call);
void advance_clock(const RestCall& call);
// version.cpp
void get_version(const RestCall& call);

}  // namespace pawl::engine::rest
