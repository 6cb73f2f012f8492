// The backends that open.cpp chooses from. Each gets what follows its scheme in the URL.
#pragma once

#include "engine/store/store.h"

namespace pawl::engine {

// "PATH" or "PATH?vfs=NAME". The file and its folder are made when they are not there.
std::unique_ptr<Store> open_sqlite_store(const std::string& where);
// Nothing outlives the object; appends are "durable" before append() returns, and `done` runs on
// the caller's thread.
std::unique_ptr<Store> open_memory_store(const std::string& where);

}  // namespace pawl::engine
