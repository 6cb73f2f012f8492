// What the versions and aliases of registered models have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/api/rest/ml.h"

namespace pawl::engine::rest {

// Of a path that begins with /models/{}; throws Problem: no model of this name is registered.
const std::string& registered_model_of(const RestCall& call);

bool is_model_alias(const std::string& name);
// "3", or an alias. nullopt: there is neither.
std::optional<std::int64_t> model_version_named(const RestCall& call,
                                                const std::string& model,
                                                const std::string& name);

}  // namespace pawl::engine::rest
