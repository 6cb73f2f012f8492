// Which children of a Map Run a redrive can take up.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
#pragma once

#include <optional>
#include <string>

#include "engine/runtime/map_runs.h"
#include "engine/store/map_runs.h"
#include "states/redrive.h"

namespace pawl::engine {

// Nothing: it can be. Else AWS's reason.
std::optional<std::string> why_not_redrivable(const MapRunTable::Unsuccessful& child,
                                              asl::Timestamp now,
                                              const states::Limits& limits);

std::optional<std::string> why_not_redrivable(const MapRunTable::Result& child,
                                              asl::Timestamp now,
                                              const states::Limits& limits);

// How many cannot be. Reads every child that was unsuccessful.
MapRunTable::Count failures_not_redrivable(MapRunTable& table,
                                           std::int64_t run,
                                           asl::Timestamp now,
                                           const states::Limits& limits);

}  // namespace pawl::engine
