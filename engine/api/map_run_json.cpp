#include "engine/api/map_run_json.h"

#include <limits>

#include "engine/http/aws_json.h"

namespace pawl::engine {

using asl::Json;

namespace {

// [seen] resultsWritten is the count of what has ended, also without a ResultWriter, and 0 while it
// runs.
// What concerns a redrive is told of a run that had one, or where there is something to tell.
Json counts_body(const MapRunCounts& counts, const MapRunRow& run) {
  Json body = counts_json(counts);
  body["resultsWritten"] = run.status == states::Status::kRunning ? 0 : counts.ended();
  for (const char* name : {"failuresNotRedrivable", "pendingRedrive"}) {
    if (run.redrive_count == 0 && body.at(name) == 0) body.erase(name);
  }
  return body;
}

}  // namespace

Json counts_json(const MapRunCounts& counts) {
  return {{"pending", counts.pending},
          {"running", counts.running},
          {"succeeded", counts.succeeded},
          {"failed", counts.failed},
          {"timedOut", counts.timed_out},
          {"aborted", counts.aborted},
          {"total", counts.total()},
          {"failuresNotRedrivable", counts.failures_not_redrivable},
          {"pendingRedrive", counts.pending_redrive}};
}

MapRunRow require_map_run(Api& api, const std::string& arn) {
  parse_arn(arn, "mapRun");
  auto row = api.store.map_runs().find(arn);
  if (!row) throw ServiceError{"ResourceNotFound", "Resource not found: '" + arn + "'"};
  return *std::move(row);
}

// [aws] "Until the specified concurrency limit can allow for more child workflow executions to run,
// the execution remains in the Pending redrive state."
bool is_pending_redrive(const MapRunRow& run, const ExecutionRow& child) {
  return run.status == states::Status::kRunning && child.status != states::Status::kRunning &&
         child.status != states::Status::kSucceeded &&
         child.what.map_child->redrive < run.redrive_count;
}

ExecutionRow child_now(Api& api, const MapRunRow& run, ExecutionRow child) {
  if (is_pending_redrive(run, child) &&
      api.map_runs.is_running(run.arn, child.what.map_child->first_item)) {
    child.status = states::Status::kRunning;
    child.stopped_at.reset();
  }
  return child;
}

Json map_run_list_item(const MapRunRow& row) {
  Json item = {{"executionArn", row.execution_arn},
               {"mapRunArn", row.arn},
               {"stateMachineArn", row.state_machine_arn},
               {"startDate", epoch_seconds(row.started_at)}};
  if (row.stopped_at) item["stopDate"] = epoch_seconds(*row.stopped_at);
  return item;
}

Json map_run_description(Api& api, const MapRunRow& row) {
  const MapRunProgress progress = api.map_runs.progress(row.arn).value_or(MapRunProgress{});
  // [seen] A run without a bound says so by the largest number.
  const std::int64_t unbounded = std::numeric_limits<std::int32_t>::max();
  Json body = {{"mapRunArn", row.arn},
               {"executionArn", row.execution_arn},
               {"status", states::to_string(row.status)},
               {"startDate", epoch_seconds(row.started_at)},
               {"maxConcurrency", row.max_concurrency == 0 ? unbounded : row.max_concurrency},
               {"toleratedFailurePercentage", row.tolerated_percentage.value_or(0.0)},
               {"toleratedFailureCount", row.tolerated_count.value_or(0)},
               {"redriveCount", row.redrive_count},
               {"itemCounts", counts_body(progress.items, row)},
               {"executionCounts", counts_body(progress.executions, row)}};
  if (row.stopped_at) body["stopDate"] = epoch_seconds(*row.stopped_at);
  if (row.redriven_at) body["redriveDate"] = epoch_seconds(*row.redriven_at);
  return body;
}

}  // namespace pawl::engine
