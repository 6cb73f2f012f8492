#include "engine/api/rest/resources.h"

namespace pawl::engine {

const std::vector<RestRoute>& rest_routes() {
  static const std::vector<RestRoute> kRoutes = {
      {"POST", "/asl:validate", rest::validate_definition, {}},
      {"GET", "/clock", rest::get_clock, {}},
      {"POST", "/clock:advance", rest::advance_clock, {}},
      {"GET",
       "/executions",
       rest::list_executions,
       {"pageSize", "pageToken", "startedAfter", "startedBefore", "stateMachine", "status"}},
      {"GET", "/executions/{}", rest::get_execution, {}},
      {"GET", "/executions/{}/diff", rest::diff_executions, {"pageSize", "pageToken", "with"}},
      {"GET", "/executions/{}/events", rest::list_events, {"pageSize", "pageToken"}},
      {"GET", "/executions/{}/events:stream", rest::stream_events, {"since"}},
      {"GET", "/executions/{}/map-runs", rest::list_map_runs, {"pageSize", "pageToken"}},
      {"GET", "/executions/{}/map-runs/{}", rest::get_map_run, {}},
      {"GET",
       "/executions/{}/map-runs/{}/executions",
       rest::list_map_run_executions,
       {"pageSize", "pageToken"}},
      {"GET", "/executions/{}/replay", rest::replay_execution, {"event"}},
      {"GET", "/executions/{}/steps", rest::list_steps, {"pageSize", "pageToken"}},
      {"GET", "/executions/{}/steps/{}", rest::get_step, {}},
      {"GET", "/executions/{}/steps/{}/io/{}", rest::get_step_io, {}},
      {"POST", "/executions/{}:fork", rest::fork_execution, {}},
      {"POST", "/executions/{}:redrive", rest::redrive_execution, {}},
      {"POST", "/executions/{}:stop", rest::stop_execution, {}},
      {"GET", "/state-machines", rest::list_state_machines, {"pageSize", "pageToken"}},
      {"POST", "/state-machines", rest::create_state_machine, {}},
      {"DELETE", "/state-machines/{}", rest::delete_state_machine, {}},
      {"GET", "/state-machines/{}", rest::get_state_machine, {}},
      {"PUT", "/state-machines/{}", rest::put_state_machine, {"validateOnly"}},
      {"GET",
       "/state-machines/{}/executions",
       rest::list_executions_of_machine,
       {"pageSize", "pageToken", "startedAfter", "startedBefore", "status"}},
      {"POST", "/state-machines/{}/executions", rest::start_execution, {}},
      {"GET", "/version", rest::get_version, {}},
  };
  return kRoutes;
}

}  // namespace pawl::engine
