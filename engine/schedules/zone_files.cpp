#include "engine/schedules/zone_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pawl::engine {
namespace {

constexpr const char* kFolder = "/usr/share/zoneinfo";
constexpr std::size_t kNameMax = 50;  // [aws] of ScheduleExpressionTimezone
constexpr std::uintmax_t kFileBytesMax = 64 * 1024;

// No way out of the folder.
bool is_zone_name(const std::string& name) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
  });
  return is_plain && !name.empty() && name.size() <= kNameMax && name.front() != '/' &&
         name.back() != '/';
}

std::shared_ptr<const TimeZone> read_zone(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return nullptr;
  if (std::filesystem::file_size(path, error) > kFileBytesMax) return nullptr;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto zone = TimeZone::parse(bytes);
  return zone ? std::make_shared<const TimeZone>(*std::move(zone)) : nullptr;
}

std::string folder_of_system() {
  const char* folder = std::getenv("TZDIR");
  return folder == nullptr || *folder == '\0' ? kFolder : folder;
}

}  // namespace

ZoneFiles::ZoneFiles() : ZoneFiles(folder_of_system()) {}

std::shared_ptr<const TimeZone> ZoneFiles::find(const std::string& name) {
  if (!is_zone_name(name)) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second;
  auto zone = name == "UTC" ? std::make_shared<const TimeZone>() : read_zone(folder_ + "/" + name);
  if (zone) zones_.emplace(name, zone);
  return zone;
}

}  // namespace pawl::engine
