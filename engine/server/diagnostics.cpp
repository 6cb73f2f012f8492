#include "engine/server/diagnostics.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

// Of the database with its log; 0: it is not there.
std::uintmax_t database_bytes(const std::string& folder) {
  std::uintmax_t bytes = 0;
  for (const char* name : {"/pawl.db", "/pawl.db-wal"}) {
    std::error_code failed;
    const std::uintmax_t size = fs::file_size(folder + name, failed);
    if (!failed) bytes += size;
  }
  return bytes;
}

// [spec] proc(5): the second number of statm is the resident set, in pages.
std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

Json server_diagnostics(const std::string& folder, std::chrono::steady_clock::time_point started) {
  const auto uptime = std::chrono::steady_clock::now() - started;
  Json disk = {{"databaseBytes", database_bytes(folder)}};
  std::error_code failed;
  const fs::space_info space = fs::space(folder, failed);
  if (!failed) disk["freeBytes"] = space.available;
  return {{"uptimeMs", std::chrono::duration_cast<std::chrono::milliseconds>(uptime).count()},
          {"process",
           {{"id", ::getpid()},
            {"residentBytes", resident_bytes()},
            {"processors", std::thread::hardware_concurrency()}}},
          {"disk", std::move(disk)}};
}

}  // namespace pawl::engine
