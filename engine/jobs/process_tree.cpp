#include "engine/jobs/process_tree.h"

#include <dirent.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <sstream>
#include <system_error>

#include "engine/files/files.h"

namespace pawl::engine {

std::optional<ProcessEntry> process_entry(pid_t pid) {
  std::optional<std::string> text;
  try {
    text = read_file("/proc/" + std::to_string(pid) + "/stat");
  } catch (const std::system_error&) {
    return std::nullopt;  // ESRCH: it went while it was read
  }
  if (!text) return std::nullopt;
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const auto name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(name_end + 1));
  ProcessEntry entry;
  entry.pid = pid;
  fields >> entry.state >> entry.parent >> entry.group;
  std::string skipped;
  for (int field = 6; field < 22; ++field) fields >> skipped;
  fields >> entry.start_ticks;
  if (!fields) return std::nullopt;
  return entry;
}

std::string boot_id() {
  std::string id = read_file("/proc/sys/kernel/random/boot_id").value_or("");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

ProcessIdentity identify(pid_t pid) {
  const auto entry = process_entry(pid);
  return {pid, entry ? entry->start_ticks : 0, boot_id()};
}

bool is_alive(const ProcessIdentity& process) {
  const auto entry = process_entry(process.pid);
  return entry && entry->state != 'Z' && entry->start_ticks == process.start_ticks &&
         boot_id() == process.boot_id;
}

std::vector<ProcessEntry> descendants_of(pid_t root) {
  std::multimap<pid_t, ProcessEntry> by_parent;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  if (!folder) return {};
  while (const dirent* item = ::readdir(folder.get())) {
    pid_t pid = 0;
    const char* end = item->d_name + std::strlen(item->d_name);
    if (std::from_chars(item->d_name, end, pid).ptr != end) continue;
    if (const auto entry = process_entry(pid)) by_parent.emplace(entry->parent, *entry);
  }
  std::vector<ProcessEntry> found;
  std::vector<pid_t> parents{root};
  for (std::size_t next = 0; next < parents.size(); ++next) {
    const auto [first, last] = by_parent.equal_range(parents[next]);
    for (auto child = first; child != last; ++child) {
      found.push_back(child->second);
      parents.push_back(child->second.pid);
    }
  }
  return found;
}

}  // namespace pawl::engine
