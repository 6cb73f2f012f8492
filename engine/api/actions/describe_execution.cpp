#include "engine/api/actions/declarations.h"
#include "engine/api/execution_json.h"
#include "engine/api/map_run_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

const Json kIncluded = {{"included", true}};

// [seen] FAILED, TIMED_OUT and ABORTED can be redriven and give no reason.
void add_redrive(Api& api, Json& body, const ExecutionRow& row) {
  if (const auto reason = why_not_redrivable(api, row)) {
    body["redriveStatus"] = "NOT_REDRIVABLE";
    body["redriveStatusReason"] = *reason;
  } else {
    // [aws] A child is redriven with its Map Run.
    body["redriveStatus"] = row.what.map_child ? "REDRIVABLE_BY_MAP_RUN" : "REDRIVABLE";
  }
}

Json describe_run(Api& api, const Json& request) {
  ExecutionRow row = require_execution(api, text_of(request, "executionArn"));
  std::optional<MapRunRow> run;
  if (row.what.map_child) run = api.store.map_runs().find(row.what.map_child->run);
  if (run) row = child_now(api, *run, std::move(row));
  Json body = execution_list_item(row);
  const bool has_data = text_member(request, "includedData") != "METADATA_ONLY";
  if (has_data) {
    if (const auto input = execution_input(api, row)) {
      body["input"] = input->text();
      body["inputDetails"] = kIncluded;
    }
  }
  if (const auto outcome = execution_outcome(api, row); outcome && has_data) {
    if (outcome->output) {
      body["output"] = outcome->output->text();
      body["outputDetails"] = kIncluded;
    }
    // [seen] Absent when there is none.
    if (outcome->status != states::Status::kTimedOut) {
      if (outcome->error.name) body["error"] = *outcome->error.name;
      if (outcome->error.cause) body["cause"] = *outcome->error.cause;
    }
  }
  if (row.what.info.trace_header) body["traceHeader"] = *row.what.info.trace_header;
  if (run) {
    body["mapRunArn"] = run->arn;
    if (is_pending_redrive(*run, row)) body["status"] = kPendingRedrive;
  }
  add_redrive(api, body, row);
  return body;
}

}  // namespace

Action describe_execution(Api& api) {
  return {"DescribeExecution",
          Scope::kRead,
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("includedData", shapes::included_data())}),
          direct([&api](const Json& request) { return describe_run(api, request); })};
}

}  // namespace pawl::engine::actions
