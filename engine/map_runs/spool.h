// The items of a Map Run on disk: what an ItemReader found, in the order in which it found it. The
// same after a restart, whatever has become of the objects meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/map_runs/item_source.h"

namespace pawl::engine {

// At most `most` items (0: all); returns how many. The file is there, and durable, only when it is
// whole. Throws ReaderFault; std::runtime_error when the disk does not take it, or when `stopping`
// becomes true.
std::int64_t spool_items(const std::string& path,
                         ItemSource& source,
                         std::int64_t most,
                         const std::atomic<bool>& stopping);

// REQUIRES: spool_items() made the file.
std::unique_ptr<ItemSource> read_spool(const std::string& path);

}  // namespace pawl::engine
