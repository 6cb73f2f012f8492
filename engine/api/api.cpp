#include "engine/api/api.h"

#include "engine/http/aws_json.h"

namespace pawl::engine {

using asl::Json;

Api::Api(ApiDependencies dependencies, ApiConfig configuration)
    : engine(dependencies.engine),
      store(dependencies.store),
      clock(dependencies.clock),
      activities(dependencies.activities),
      alarms(dependencies.alarms),
      connectors(dependencies.connectors),
      logs(dependencies.logs),
      map_runs(dependencies.map_runs),
      virtual_clock(dependencies.virtual_clock),
      token_desk(dependencies.token_desk),
      ml(dependencies.ml),
      schedules(dependencies.schedules),
      artifacts(dependencies.artifacts),
      config(std::move(configuration)),
      tokens(store.setting("page-token-key", [] { return new_uuid() + new_uuid(); })),
      runs({store.records(), store.run_metrics(), config.scraped_file}) {}

std::optional<std::string> text_member(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return std::nullopt;
  return found->get<std::string>();
}

std::string text_of(const Json& request, const char* name) {
  return request.at(name).get<std::string>();
}

std::int64_t integer_of(const Json& request, const char* name, std::int64_t absent) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? absent : found->get<std::int64_t>();
}

bool flag_of(const Json& request, const char* name, bool absent) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? absent : found->get<bool>();
}

std::size_t page_size(const Json& request) {
  const std::int64_t wanted = integer_of(request, "maxResults", 0);
  return wanted == 0 ? 100 : static_cast<std::size_t>(wanted);
}

bool has_running_execution(Api& api, const std::string& state_machine_arn) {
  Journal::Filter filter;
  filter.state_machine_arn = state_machine_arn;
  filter.status = states::Status::kRunning;
  return !api.store.journal().list(filter, std::nullopt, 1).empty();
}

bool is_gone(Api& api, const MachineRow& row) {
  return row.deleting && !has_running_execution(api, row.arn);
}

MachineRow require_machine(Api& api, const std::string& arn) {
  auto row = api.store.catalog().find_machine(arn);
  if (!row || is_gone(api, *row)) throw state_machine_does_not_exist(arn);
  return *std::move(row);
}

ExecutionRow require_execution(Api& api, const std::string& arn) {
  parse_arn(arn, "execution");
  auto row = api.store.journal().find(arn);
  if (!row) throw execution_does_not_exist(arn);
  return *std::move(row);
}

ActivityRow require_activity(Api& api, const std::string& arn) {
  parse_arn(arn, "activity");
  auto row = api.store.catalog().find_activity(arn);
  if (!row) throw ServiceError{"ActivityDoesNotExist", "Activity Does Not Exist: '" + arn + "'"};
  return *std::move(row);
}

ServiceError unavailable() {
  return {"ServiceUnavailable", "The journal takes no writes at the moment; nothing was done", 503};
}

ServiceError state_machine_does_not_exist(const std::string& arn) {
  return {"StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'"};
}

ServiceError execution_does_not_exist(const std::string& arn) {
  return {"ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"};
}

}  // namespace pawl::engine
