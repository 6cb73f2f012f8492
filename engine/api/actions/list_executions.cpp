#include <algorithm>
#include <utility>
#include <vector>

#include "engine/api/actions/declarations.h"
#include "engine/api/execution_json.h"
#include "engine/api/map_run_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// Nothing also for PENDING_REDRIVE.
std::optional<states::Status> status_filter(const Json& request) {
  const auto status = text_member(request, "statusFilter");
  return status ? states::status_of(*status) : std::nullopt;
}

std::optional<bool> redrive_filter(const Json& request) {
  const auto redriven = text_member(request, "redriveFilter");
  return redriven ? std::optional(*redriven == "REDRIVEN") : std::nullopt;
}

Journal::Filter filter_of_children(const MapRunRow& run, const Json& request) {
  Journal::Filter filter;
  filter.map_run = run.id;
  filter.status = status_filter(request);
  filter.redriven = redrive_filter(request);
  // Once the run has ended none waits, and each has the status that it ended with.
  const bool waits = text_member(request, "statusFilter") == kPendingRedrive;
  const std::int64_t redrive = run.status == states::Status::kRunning ? run.redrive_count : 0;
  if (waits || filter.status) filter.pending = Journal::Filter::PendingRedrive{redrive, waits};
  return filter;
}

Journal::Filter filter_of(Api& api, const Json& request) {
  const auto machine = text_member(request, "stateMachineArn");
  const auto map_run = text_member(request, "mapRunArn");
  if (machine.has_value() == map_run.has_value()) {
    throw ServiceError{"ValidationException",
                       "Must provide exactly one of stateMachineArn and mapRunArn"};
  }
  if (map_run) {
    return filter_of_children(require_map_run(api, *map_run), request);
  }
  const StatesArn arn = parse_arn(*machine, "stateMachine");
  const MachineTarget target = require_target(api, arn.text);
  const MachineRow& row = *target.row;
  if (row.type == asl::MachineType::kExpress) {
    throw ServiceError{"StateMachineTypeNotSupported",
                       "This operation is not supported by this type of state machine"};
  }
  Journal::Filter filter{
      .state_machine_arn = row.arn, .version_or_alias_arn = {}, .status = {}, .map_run = {}};
  if (!arn.qualifier.empty()) filter.version_or_alias_arn = arn.text;
  filter.status = status_filter(request);
  filter.redriven = redrive_filter(request);
  if (!filter.status && text_member(request, "statusFilter")) {
    throw ServiceError{"ValidationException",
                       "The status PENDING_REDRIVE can be listed by mapRunArn only"};
  }
  return filter;
}

bool is_newer(const ExecutionRow& a, const ExecutionRow& b) {
  const auto place = [](const ExecutionRow& row) {
    return std::pair(row.what.info.start_time, row.key);
  };
  return place(a) > place(b);
}

// EXPRESS children that a redrive has started again: the store knows only how they ended before.
std::vector<ExecutionRow> running_again(Api& api,
                                        const MapRunRow& run,
                                        const Journal::Filter& filter,
                                        const std::optional<Journal::Cursor>& before) {
  std::vector<ExecutionRow> rows;
  if (run.redrive_count == 0) return rows;
  for (const std::int64_t item : api.map_runs.running(run.arn)) {
    const auto known = api.store.map_runs().children(run.id, item, 1);
    if (known.empty() || known.front().first_item != item) continue;
    auto row = api.store.journal().find(known.front().key);
    if (!row || !is_pending_redrive(run, *row)) continue;
    if (filter.redriven && *filter.redriven != (row->redrive_count > 0)) continue;
    const std::pair place(row->what.info.start_time, row->key);
    if (!before || place < std::pair(before->start, before->key)) rows.push_back(*std::move(row));
  }
  return rows;
}

// One more than fit on the page, if there are more.
std::vector<ExecutionRow> rows_of(Api& api,
                                  const Journal::Filter& filter,
                                  const std::optional<MapRunRow>& run,
                                  const std::optional<Journal::Cursor>& before,
                                  std::size_t limit) {
  auto rows = api.store.journal().list(filter, before, limit);
  if (!run || filter.status != states::Status::kRunning) return rows;
  for (ExecutionRow& row : running_again(api, *run, filter, before)) rows.push_back(std::move(row));
  std::sort(rows.begin(), rows.end(), is_newer);
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

Json list_runs(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const Journal::Filter filter = filter_of(api, request);
  const std::string scope = "ListExecutions " +
                            text_member(request, "stateMachineArn").value_or("") + " " +
                            text_member(request, "mapRunArn").value_or("") + " " +
                            text_member(request, "statusFilter").value_or("") + " " +
                            text_member(request, "redriveFilter").value_or("");
  std::optional<Journal::Cursor> before;
  if (const auto token = text_member(request, "nextToken")) {
    const Json cursor = api.tokens.open(scope, *token, now);
    before = Journal::Cursor{.start = {cursor[0].get<std::int64_t>()},
                             .key = cursor[1].get<std::int64_t>()};
  }
  Json result = {{"executions", Json::array()}};
  std::optional<MapRunRow> run;
  if (filter.map_run) run = api.store.map_runs().find(*filter.map_run);
  const auto wanted = text_member(request, "statusFilter");
  const std::size_t limit = page_size(request);
  auto rows = rows_of(api, filter, run, before, limit + 1);
  const bool has_more = rows.size() > limit;
  if (has_more) rows.resize(limit);
  for (ExecutionRow& row : rows) {
    if (run) row = child_now(api, *run, std::move(row));
    Json item = execution_list_item(row);
    if (run) {
      if (is_pending_redrive(*run, row)) item["status"] = kPendingRedrive;
      item["mapRunArn"] = run->arn;
      item["itemCount"] = row.what.map_child->items;
    }
    // The store cannot tell those that run again from those that wait for it.
    if (wanted && item["status"] != *wanted) continue;
    result["executions"].push_back(std::move(item));
  }
  if (has_more) {
    const Json cursor = Json::array({rows.back().what.info.start_time.ms, rows.back().key});
    result["nextToken"] = api.tokens.make(scope, cursor, now);
  }
  return result;
}

}  // namespace

Action list_executions(Api& api) {
  // [seen] The order in which the message lists the values.
  const Shape status = shapes::text().one_of(
      {"SUCCEEDED", "TIMED_OUT", kPendingRedrive, "ABORTED", "FAILED", "RUNNING"});
  return {
      "ListExecutions",
      Scope::kRead,
      shapes::structure(
          {shapes::optional("stateMachineArn", shapes::arn()),
           shapes::optional("statusFilter", status),
           shapes::optional("maxResults", shapes::page_size()),
           shapes::optional("nextToken", shapes::text().length(1, 3096)),
           shapes::optional("mapRunArn", shapes::text().length(1, 2000)),
           shapes::optional("redriveFilter", shapes::text().one_of({"REDRIVEN", "NOT_REDRIVEN"}))}),
      direct([&api](const Json& request) { return list_runs(api, request); })};
}

}  // namespace pawl::engine::actions
