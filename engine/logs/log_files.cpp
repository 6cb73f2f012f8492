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

fs::path LogFiles::folder_of(const std::string& group) const { return folder_ / file_name(group); }

fs::path LogFiles::file_of(const std::string& group, const std::string& stream) const {
  return folder_of(group) / (file_name(stream) + std::string(kEnding));
}

void LogFiles::put(const std::string& group,
                   const std::string& stream,
                   const std::vector<LogEvent>& events) {
  std::string lines;
  for (const LogEvent& event : events) lines += line_of(event, now_());
  const std::lock_guard lock(mutex_);
  fs::create_directories(folder_of(group));
  std::ofstream file(file_of(group, stream), std::ios::app | std::ios::binary);
  file << lines;
  file.flush();
  if (!file) throw std::runtime_error("cannot write " + file_of(group, stream).string());
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
  for (const auto& entry : fs::directory_iterator(folder_)) {
    if (entry.is_directory()) names.push_back(name_of(entry.path().filename().string()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> LogFiles::streams(const std::string& group) const {
  std::vector<std::string> names;
  if (!has_group(group)) return names;
  for (const auto& entry : fs::directory_iterator(folder_of(group))) {
    std::string name = entry.path().filename().string();
    if (!name.ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    names.push_back(name_of(name));
  }
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
