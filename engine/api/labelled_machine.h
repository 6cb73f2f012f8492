// The part of a definition that the children of a Distributed Map run, as the API shows it.
#pragma once

#include <optional>
#include <string>

#include "engine/api/api.h"

namespace pawl::engine {

// The processor of the Distributed Map with this label, as it stands in the definition; nothing
// when the definition has none of this label.
std::optional<std::string> labelled_definition(Api& api,
                                               const MachineRow& row,
                                               const std::string& label);

}  // namespace pawl::engine
