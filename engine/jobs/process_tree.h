// Other processes as /proc shows them.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/jobs/job_folder.h"

namespace pawl::engine {

struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  char state = '?';
  std::uint64_t start_ticks = 0;
};

std::optional<ProcessEntry> process_entry(pid_t pid);
std::string boot_id();
// Who `pid` is now; start_ticks 0 when there is no such process.
ProcessIdentity identify(pid_t pid);
// True when the very process (not a later one of the same number) is there and no zombie.
bool is_alive(const ProcessIdentity& process);
// Children, grandchildren ... of `root`, itself left out; parents before children.
std::vector<ProcessEntry> descendants_of(pid_t root);

}  // namespace pawl::engine
