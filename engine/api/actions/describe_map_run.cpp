#include "engine/api/actions/declarations.h"
#include "engine/api/map_run_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {

Action describe_map_run(Api& api) {
  return {"DescribeMapRun",
          Scope::kRead,
          shapes::structure({shapes::required("mapRunArn", shapes::long_arn())}),
          direct([&api](const asl::Json& request) {
            return map_run_description(api, require_map_run(api, text_of(request, "mapRunArn")));
          })};
}

}  // namespace pawl::engine::actions
