// Expiry in memory.
#pragma once

#include "engine/store/expiry.h"
#include "engine/store/memory_journal.h"
#include "engine/store/memory_map_runs.h"

namespace pawl::engine {

class MemoryExpiry final : public Expiry {
 public:
  MemoryExpiry(MemoryJournal& journal, MemoryMapRuns& map_runs)
      : journal_(journal), map_runs_(map_runs) {}

  std::vector<std::string> machines(const std::string& after, std::size_t limit) override;
  Step remove_some(const std::string& state_machine_arn,
                   asl::Timestamp ended_before,
                   std::size_t events_max) override;

 private:
  MemoryJournal& journal_;
  MemoryMapRuns& map_runs_;
};

}  // namespace pawl::engine
