// The time zones of this machine, by their names in the IANA database: "Europe/Amsterdam".
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/schedules/time_zone.h"

namespace pawl::engine {

// Thread-safe.
class ZoneFiles {
 public:
  // Of the folder that TZDIR names, or else of /usr/share/zoneinfo.
  ZoneFiles();
  explicit ZoneFiles(std::string folder) : folder_(std::move(folder)) {}

  // Null: there is none of this name. "UTC" is always there. Each file is read once.
  std::shared_ptr<const TimeZone> find(const std::string& name);
  const std::string& folder() const { return folder_; }

 private:
  const std::string folder_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const TimeZone>> zones_;
};

}  // namespace pawl::engine
