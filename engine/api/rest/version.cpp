#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

void get_version(const RestCall& call) {
  const ApiConfig& config = call.api.config;
  answer_json(call,
              200,
              {{"name", "pawl"},
               {"version", config.version},
               {"region", config.arns.region},
               {"account", config.arns.account}});
}

}  // namespace pawl::engine::rest
