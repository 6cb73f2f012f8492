#include "engine/logs/log_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "asl/text.h"
#include "engine/http/message.h"

namespace pawl::engine {
namespace {

using asl::Json;
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

// Calls with every entry of the folder and its name, whole but encoded.
void each_in(const fs::path& folder,
             const std::string& before,
             const std::function<void(const fs::directory_entry&, std::string)>& visit) {
  for (const auto& entry : fs::directory_iterator(folder)) {
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

std::string line_of(const LogEvent& event, asl::Timestamp now) {
  return asl::to_text(
             {{"timestamp", event.at.ms}, {"ingestionTime", now.ms}, {"message", event.message}}) +
         "\n";
}

std::optional<StoredLogEvent> event_of(const std::string& line, std::uint64_t position) {
  auto parsed = asl::parse_text(line);
  const auto* json = std::get_if<Json>(&parsed);
  // The last line of a file may have been cut by a crash.
  if (json == nullptr || !json->is_object() || !json->contains("message")) return std::nullopt;
  return StoredLogEvent{{json->value("timestamp", std::int64_t{0})},
                        {json->value("ingestionTime", std::int64_t{0})},
                        json->at("message").get<std::string>(),
                        position,
                        position + line.size() + 1};
}

}  // namespace

fs::path LogFiles::folder_of(const std::string& group) const { return folder_ / path_of(group); }

fs::path LogFiles::file_of(const std::string& group, const std::string& stream) const {
  return (folder_of(group) / path_of(stream)).concat(kEnding);
}

void LogFiles::put(const std::string& group,
                   const std::string& stream,
                   const std::vector<LogEvent>& events) {
  std::string lines;
  for (const LogEvent& event : events) lines += line_of(event, now_());
  const std::lock_guard lock(mutex_);
  const fs::path path = file_of(group, stream);
  fs::create_directories(path.parent_path());
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
  return fs::remove_all(folder_of(group)) > 0;
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

asl::Timestamp LogFiles::made_at(const std::string& group, const std::string& stream) const {
  // Files do not tell when they were made everywhere; the first event is as good.
  asl::Timestamp made{};
  if (stream.empty()) {
    struct stat status {};
    if (::stat(folder_of(group).c_str(), &status) == 0) made.ms = status.st_ctim.tv_sec * 1000;
    return made;
  }
  read(group, stream, 0, [&made](const StoredLogEvent& event) {
    made = event.taken_at;
    return false;
  });
  return made;
}

void LogFiles::read(const std::string& group,
                    const std::string& stream,
                    std::uint64_t from,
                    const std::function<bool(const StoredLogEvent&)>& visit) const {
  std::ifstream file(file_of(group, stream), std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::uint64_t position = from;
  for (std::string line; std::getline(file, line);) {
    const auto event = event_of(line, position);
    position += line.size() + 1;
    if (event && !visit(*event)) return;
  }
}

}  // namespace pawl::engine
