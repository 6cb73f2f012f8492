// The items of Map Runs that have ended without success: a redrive goes on with the same ones. They
// stay as long as the execution can be redriven.
#pragma once

#include <string>

#include "engine/runtime/world.h"
#include "engine/store/store.h"

namespace pawl::engine {

// Notes in a run's folder whose it is.
void name_kept_items(const std::string& folder, const std::string& map_run_arn);

// Removes the folders in `folder` of runs that no execution can go on with. Blocks; throws what the
// store throws.
void remove_kept_items(Store& store,
                       const std::string& folder,
                       asl::Timestamp now,
                       const states::Limits& limits);

}  // namespace pawl::engine
