// What one wants to know of a server that does not do what one expects.
#include "engine/api/readiness.h"
#include "engine/api/rest/resources.h"
#include "engine/store/store.h"

namespace pawl::engine::rest {

using asl::Json;

void get_diagnostics(const RestCall& call) {
  Api& api = call.api;
  const WriteCounts writes = api.store.write_counts();
  Json body = {{"version", api.config.version},
               {"now", time_json(api.clock.now())},
               {"virtualTime", api.virtual_clock != nullptr}};
  const Json readiness = readiness_json(api);
  body["ready"] = readiness.at("ready");
  body["checks"] = readiness.at("checks");
  body["store"] = {{"commits", writes.commits},
                   {"writes", writes.writes},
                   {"commitMs", static_cast<std::int64_t>(writes.seconds * 1000)}};
  if (api.config.diagnostics) {
    const Json server = api.config.diagnostics();
    for (const auto& [name, value] : server.items()) body[name] = value;
  }
  answer_json(call, 200, body);
}

}  // namespace pawl::engine::rest
