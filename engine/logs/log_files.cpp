#include "engine/logs/log_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "engine/http/message.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".jsonl";

// Names hold slashes; percent-encoded they are names of files. "." and ".." encode to themselves.
std::string file_name(const std::string& name) {
  if (name == "." || name == "..") return "%2E" + name.substr(1);
  return percent_encode(name);
}

// The longest name of a file is shorter than AWS's names may be: a long one goes on in a folder,
// whose name ends with what no encoding holds.
constexpr std::size_t kPartMax = 200;
constexpr std::string_view kGoesOn = "%+";

fs::path path_of(const std::string& name) {
  std::string rest = file_name(name);
  fs::path path;
  for (; rest.size() > kPartMax; rest.erase(0, kPartMax)) {
    path /= rest.substr(0, kPartMax) + std::string(kGoesOn);
  }
  return path / rest;
}

// Calls with every entry of the folder and its name, whole but encoded. There is none when it is
// gone.
void each_in(const fs::path& folder,
             const std::string& before,
             const std::function<void(const fs::directory_entry&, std::string)>& visit) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) {
    std::string name = before + entry.path().filename().string();
    if (!name.ends_with(kGoesOn)) {
      visit(entry, std::move(name));
      continue;
    }
    name.resize(name.size() - kGoesOn.size());
    each_in(entry.path(), name, visit);
  }
}

std::string name_of(const std::string& file) { return percent_decode(file).value_or(file); }

// When a file was made, as far as the file system knows; else when it last changed.
asl::Timestamp birth_of(const fs::path& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BTIME | STATX_MTIME, &status) != 0) return {};
  const bool has_birth = (status.stx_mask & STATX_BTIME) != 0;
  const auto& time = has_birth ? status.stx_btime : status.stx_mtime;
  return {time.tv_sec * 1000 + time.tv_nsec / 1'000'000};
}

// Whether the file ends in the middle of a line, because a crash has cut it.
bool ends_within_a_line(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  char last = '\n';
  if (file.seekg(-1, std::ios::end)) file.get(last);
  return last != '\n';
}

// More than this are not remembered together.
constexpr std::size_t kSummariesMax = 10'000;

}  // namespace

fs::path LogFiles::folder_of(const std::string& group) const { return folder_ / path_of(group); }

fs::path LogFiles::file_of(const std::string& group, const std::string& stream) const {
  return (folder_of(group) / path_of(stream)).concat(kEnding);
}

void LogFiles::put(const std::string& group,
                   const std::string& stream,
                   const std::vector<LogEvent>& events) {
  std::string lines;
  for (const LogEvent& event : events) lines += log_line(event, now_());
  const std::lock_guard lock(mutex_);
  const fs::path path = file_of(group, stream);
  fs::create_directories(path.parent_path());
  if (ends_within_a_line(path)) lines.insert(0, "\n");
  std::ofstream file(path, std::ios::app | std::ios::binary);
  file << lines;
  file.flush();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

bool LogFiles::create_group(const std::string& group) {
  const std::lock_guard lock(mutex_);
  return fs::create_directories(folder_of(group));
}

bool LogFiles::delete_group(const std::string& group) {
  const std::lock_guard lock(mutex_);
  const bool was_there = fs::remove_all(folder_of(group)) > 0;
  forget_summaries();
  return was_there;
}

bool LogFiles::create_stream(const std::string& group, const std::string& stream) {
  const std::lock_guard lock(mutex_);
  const fs::path path = file_of(group, stream);
  if (fs::exists(path)) return false;
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::app | std::ios::binary);
  if (!file) throw std::runtime_error("cannot write " + path.string());
  return true;
}

bool LogFiles::delete_stream(const std::string& group, const std::string& stream) {
  const std::lock_guard lock(mutex_);
  const bool was_there = fs::remove(file_of(group, stream));
  forget_summaries();
  return was_there;
}

bool LogFiles::has_group(const std::string& group) const {
  return fs::is_directory(folder_of(group));
}

bool LogFiles::has_stream(const std::string& group, const std::string& stream) const {
  return fs::exists(file_of(group, stream));
}

std::vector<std::string> LogFiles::groups() const {
  std::vector<std::string> names;
  if (!fs::is_directory(folder_)) return names;
  each_in(folder_, "", [&names](const fs::directory_entry& entry, const std::string& name) {
    if (entry.is_directory()) names.push_back(name_of(name));
  });
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> LogFiles::streams(const std::string& group) const {
  std::vector<std::string> names;
  if (!has_group(group)) return names;
  each_in(folder_of(group), "", [&names](const fs::directory_entry&, std::string name) {
    if (!name.ends_with(kEnding)) return;
    name.resize(name.size() - kEnding.size());
    names.push_back(name_of(name));
  });
  std::sort(names.begin(), names.end());
  return names;
}

asl::Timestamp LogFiles::group_made_at(const std::string& group) const {
  return birth_of(folder_of(group));
}

asl::Timestamp LogFiles::stream_made_at(const std::string& group, const std::string& stream) const {
  const asl::Timestamp born = birth_of(file_of(group, stream));
  const auto known = summary(group, stream);
  return known->first_at ? std::min(born, known->first_taken_at) : born;
}

std::uint64_t LogFiles::stored_bytes(const std::string& group) const {
  std::uint64_t bytes = 0;
  each_in(folder_of(group), "", [&bytes](const fs::directory_entry& entry, const std::string&) {
    std::error_code gone;
    const std::uint64_t size = entry.file_size(gone);
    if (!gone) bytes += size;
  });
  return bytes;
}

std::shared_ptr<const StreamSummary> LogFiles::summary(const std::string& group,
                                                       const std::string& stream) const {
  const fs::path path = file_of(group, stream);
  const std::lock_guard lock(summaries_mutex_);
  if (summaries_.size() >= kSummariesMax && !summaries_.contains(path)) summaries_.clear();
  std::shared_ptr<const StreamSummary>& known = summaries_[path];
  known = summarise_stream(path, known);
  return known;
}

void LogFiles::forget_summaries() const {
  const std::lock_guard lock(summaries_mutex_);
  summaries_.clear();
}

bool LogFiles::is_line_begin(const std::string& group,
                             const std::string& stream,
                             std::uint64_t position) const {
  if (position == 0) return true;
  std::ifstream file(file_of(group, stream), std::ios::binary);
  char before = 0;
  return file.seekg(static_cast<std::streamoff>(position - 1)) && file.get(before) &&
         before == '\n';
}

void LogFiles::read(const std::string& group,
                    const std::string& stream,
                    const Reading& reading,
                    const std::function<bool(StoredLogEvent)>& visit) const {
  each_log_line(file_of(group, stream),
                reading.from,
                reading.to,
                [&](std::string_view line, std::uint64_t position) {
                  const auto times = log_line_times(line);
                  if (!times || !reading.wants(times->at)) return true;
                  auto event = stored_log_event(line, position);
                  return !event || visit(*std::move(event));
                });
}

}  // namespace pawl::engine
