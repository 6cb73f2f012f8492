// Where the items of a Map Run come from.
#pragma once

#include <memory>

#include "engine/map_runs/item_source.h"
#include "engine/map_runs/map_objects.h"
#include "states/map_run_settings.h"

namespace pawl::engine {

// What an ItemReader describes. Throws ReaderFault.
std::unique_ptr<ItemSource> open_source(MapObjects& objects,
                                        const states::MapRunSettings::Reader& reader);

// The elements of an array, or the members of an object. `items` outlives it.
std::unique_ptr<ItemSource> items_of_payload(const asl::Payload& items);

}  // namespace pawl::engine
