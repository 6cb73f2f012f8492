// One declaration for each file of this folder; actions.cpp lists them.
#pragma once

#include "engine/api/api.h"
#include "engine/http/aws_json.h"

namespace pawl::engine::actions {

Action create_activity(Api& api);
Action create_state_machine(Api& api);
Action create_state_machine_alias(Api& api);
Action delete_activity(Api& api);
Action delete_state_machine(Api& api);
Action delete_state_machine_alias(Api& api);
Action delete_state_machine_version(Api& api);
Action describe_activity(Api& api);
Action describe_execution(Api& api);
Action describe_map_run(Api& api);
Action describe_state_machine(Api& api);
Action describe_state_machine_alias(Api& api);
Action describe_state_machine_for_execution(Api& api);
Action get_activity_task(Api& api);
Action get_execution_history(Api& api);
Action list_activities(Api& api);
Action list_executions(Api& api);
Action list_map_runs(Api& api);
Action list_state_machine_aliases(Api& api);
Action list_state_machine_versions(Api& api);
Action list_state_machines(Api& api);
Action list_tags_for_resource(Api& api);
Action publish_state_machine_version(Api& api);
Action redrive_execution(Api& api);
Action send_task_failure(Api& api);
Action send_task_heartbeat(Api& api);
Action send_task_success(Api& api);
Action start_execution(Api& api);
Action start_sync_execution(Api& api);
Action stop_execution(Api& api);
Action tag_resource(Api& api);
Action test_state(Api& api);
Action untag_resource(Api& api);
Action update_map_run(Api& api);
Action update_state_machine(Api& api);
Action update_state_machine_alias(Api& api);
Action validate_state_machine_definition(Api& api);

}  // namespace pawl::engine::actions
