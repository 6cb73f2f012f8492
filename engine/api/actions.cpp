#include "engine/api/actions.h"

#include "engine/api/actions/declarations.h"

namespace pawl::engine {

std::vector<Action> step_functions_actions(Api& api) {
  return {
      actions::create_activity(api),
      actions::create_state_machine(api),
      actions::create_state_machine_alias(api),
      actions::delete_activity(api),
      actions::delete_state_machine(api),
      actions::delete_state_machine_alias(api),
      actions::delete_state_machine_version(api),
      actions::describe_activity(api),
      actions::describe_execution(api),
      actions::describe_map_run(api),
      actions::describe_state_machine(api),
      actions::describe_state_machine_alias(api),
      actions::describe_state_machine_for_execution(api),
      actions::get_activity_task(api),
      actions::get_execution_history(api),
      actions::list_activities(api),
      actions::list_executions(api),
      actions::list_map_runs(api),
      actions::list_state_machine_aliases(api),
      actions::list_state_machine_versions(api),
      actions::list_state_machines(api),
      actions::list_tags_for_resource(api),
      actions::publish_state_machine_version(api),
      actions::redrive_execution(api),
      actions::send_task_failure(api),
      actions::send_task_heartbeat(api),
      actions::send_task_success(api),
      actions::start_execution(api),
      actions::start_sync_execution(api),
      actions::stop_execution(api),
      actions::tag_resource(api),
      actions::test_state(api),
      actions::untag_resource(api),
      actions::update_map_run(api),
      actions::update_state_machine(api),
      actions::update_state_machine_alias(api),
      actions::validate_state_machine_definition(api),
  };
}

}  // namespace pawl::engine
