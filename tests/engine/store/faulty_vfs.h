// A SQLite VFS over the platform's own that fails on demand, and that can lose whatever was not
// synced, as a power cut does. Registered as "faulty"; one plan for the whole process.
#pragma once

#include <cstdint>

namespace pawl::engine::testing {

struct FaultPlan {
  std::int64_t at = 0;      // the write, sync or truncation that fails, from 1 on; 0: none
  std::int64_t length = 1;  // how many from there on fail
  bool torn = false;        // a failing write leaves half of its bytes behind
};

void register_faulty_vfs();
void arm(const FaultPlan& plan);  // counts from here on
bool fault_happened();
// REQUIRES: no file is open. Every file becomes what it was when it was last synced.
void lose_what_was_not_synced();
void forget_files();

}  // namespace pawl::engine::testing
