#include "engine/api/actions/declarations.h"
#include "engine/api/map_run_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

std::optional<std::int64_t> integer_member(const Json& request, const char* name) {
  const auto found = request.find(name);
  if (found == request.end() || found->is_null()) return std::nullopt;
  return found->get<std::int64_t>();
}

Json update_run(Api& api, const Json& request) {
  const MapRunRow row = require_map_run(api, text_of(request, "mapRunArn"));
  MapRunChange change;
  change.max_concurrency = integer_member(request, "maxConcurrency");
  change.tolerated_count = integer_member(request, "toleratedFailureCount");
  const auto percentage = request.find("toleratedFailurePercentage");
  if (percentage != request.end() && !percentage->is_null()) {
    change.tolerated_percentage = percentage->get<double>();
  }
  const bool running = row.status == states::Status::kRunning;
  if (!running || !api.map_runs.change(row.arn, change)) {
    throw ServiceError{"ValidationException",
                       "Map Run has completed and cannot be updated: '" + row.arn + "'",
                       400,
                       {{"reason", "CANNOT_UPDATE_COMPLETED_MAP_RUN"}}};
  }
  return Json::object();
}

}  // namespace

Action update_map_run(Api& api) {
  return {"UpdateMapRun",
          Scope::kAdmin,
          shapes::structure(
              {shapes::required("mapRunArn", shapes::long_arn()),
               shapes::optional("maxConcurrency", shapes::integer().at_least(0)),
               shapes::optional("toleratedFailurePercentage", shapes::number().range(0, 100)),
               shapes::optional("toleratedFailureCount", shapes::whole().at_least(0))}),
          direct([&api](const Json& request) { return update_run(api, request); })};
}

}  // namespace pawl::engine::actions
