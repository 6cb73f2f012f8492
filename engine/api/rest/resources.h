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
// histogram.cpp
void count_by_start(const RestCall& call);
// inspection.cpp
void inspect_execution(const RestCall& call);
// topics.cpp
void stream_topics(const RestCall& call);
// whoami.cpp
void get_caller(const RestCall& call);
// diagnostics.cpp
void get_diagnostics(const RestCall& call);
// tokens.cpp
void list_tokens(const RestCall& call);
void create_token(const RestCall& call);
void get_token(const RestCall& call);
void delete_token(const RestCall& call);
// forks.cpp
void fork_execution(const RestCall& call);
// diff.cpp
void diff_executions(const RestCall& call);
void compare_executions(const RestCall& call);
// map_runs.cpp
void list_map_runs(const RestCall& call);
void get_map_run(const RestCall& call);
void list_map_run_executions(const RestCall& call);
void get_map_run_by_name(const RestCall& call);
void list_map_run_items(const RestCall& call);
// steps.cpp
void list_steps(const RestCall& call);
void get_step(const RestCall& call);
void get_step_io(const RestCall& call);
void get_attempt(const RestCall& call);
// events.cpp
void list_events(const RestCall& call);
void get_event(const RestCall& call);
// events_stream.cpp
void stream_events(const RestCall& call);
// definitions.cpp
void validate_definition(const RestCall& call);
// graph.cpp
void graph_definition(const RestCall& call);
// state_test.cpp
void test_state(const RestCall& call);
// versions.cpp
void list_versions(const RestCall& call);
void publish_version(const RestCall& call);
void get_version_of_machine(const RestCall& call);
void delete_version(const RestCall& call);
// aliases.cpp
void list_aliases(const RestCall& call);
void create_alias(const RestCall& call);
void get_alias(const RestCall& call);
void put_alias(const RestCall& call);
void delete_alias(const RestCall& call);
// tags.cpp
void get_tags(const RestCall& call);
void put_tags(const RestCall& call);
// counts.cpp
void count_executions(const RestCall& call);
// bulk.cpp
void bulk_stop(const RestCall& call);
void bulk_redrive(const RestCall& call);
// export.cpp
void export_execution(const RestCall& call);
void export_by_verb(const RestCall& call);
// jobs.cpp
void list_jobs(const RestCall& call);
void start_job(const RestCall& call);
void get_job(const RestCall& call);
void cancel_job(const RestCall& call);
// job_logs.cpp
void get_job_log(const RestCall& call);
// models.cpp
void list_models(const RestCall& call);
void create_model(const RestCall& call);
void get_model(const RestCall& call);
void delete_model(const RestCall& call);
// model_versions.cpp
void list_model_versions(const RestCall& call);
void register_model_version(const RestCall& call);
void get_model_version(const RestCall& call);
void patch_model_version(const RestCall& call);
void delete_model_version(const RestCall& call);
// model_aliases.cpp
void list_model_aliases(const RestCall& call);
void get_model_alias(const RestCall& call);
void put_model_alias(const RestCall& call);
void delete_model_alias(const RestCall& call);
// endpoints.cpp
void list_endpoints(const RestCall& call);
void create_endpoint(const RestCall& call);
void get_endpoint(const RestCall& call);
void patch_endpoint(const RestCall& call);
void delete_endpoint(const RestCall& call);
// invocations.cpp
void invoke_endpoint(const RestCall& call);
void list_invocations(const RestCall& call);
// tasks.cpp
void succeed_task(const RestCall& call);
void fail_task(const RestCall& call);
void heartbeat_of_task(const RestCall& call);
// activities.cpp
void list_activities(const RestCall& call);
void create_activity(const RestCall& call);
void get_activity(const RestCall& call);
void delete_activity(const RestCall& call);
void poll_activity(const RestCall& call);
// artifacts.cpp
void list_artifacts(const RestCall& call);
void get_artifact(const RestCall& call);  // HEAD, too
void put_artifact(const RestCall& call);
void delete_artifact(const RestCall& call);
// lineage.cpp
void get_lineage(const RestCall& call);
// schedules.cpp
void list_schedules(const RestCall& call);
void create_schedule(const RestCall& call);
void get_schedule(const RestCall& call);
void patch_schedule(const RestCall& call);
void delete_schedule(const RestCall& call);
void pause_schedule(const RestCall& call);
void resume_schedule(const RestCall& call);
// schedule_runs.cpp
void list_next_fires(const RestCall& call);
void trigger_schedule(const RestCall& call);
void backfill_schedule(const RestCall& call);
// runs.cpp
void list_runs(const RestCall& call);
void create_run(const RestCall& call);
void get_run(const RestCall& call);
void patch_run(const RestCall& call);
void delete_run(const RestCall& call);
// run_comparison.cpp
void compare_runs(const RestCall& call);
// run_metrics.cpp
void log_run_metrics(const RestCall& call);
void list_run_metrics(const RestCall& call);
void get_run_curve(const RestCall& call);
// schema.cpp
void get_definition_schema(const RestCall& call);
// openapi/document.cpp
void get_openapi(const RestCall& call);
// clock.cpp
void get_clock(const RestCall& call);
void advance_clock(const RestCall& call);
// version.cpp
void get_version(const RestCall& call);

}  // namespace pawl::engine::rest
