// The history of an execution, read whole.
#pragma once

#include <optional>
#include <vector>

#include "engine/api/api.h"
#include "engine/store/journal.h"
#include "states/history.h"

namespace pawl::engine {

std::vector<states::Event> read_events(Api& api, const ExecutionRow& row);
// With the machines that decided it; nothing when the definition of one is not there.
std::optional<states::History> read_history(Api& api, const ExecutionRow& row);

}  // namespace pawl::engine
