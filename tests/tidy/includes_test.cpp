// The dependency rule, read off the #include lines: what each folder may use.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/tree.h"

namespace pawl::tidy {
namespace {

struct Allowed {
  std::set<std::string> folders;    // of this tree, besides its own
  std::set<std::string> libraries;  // by the first part of what is included: "boost", "pcre2.h"
};

// One row per folder. `engine` is main.cpp.
const std::map<std::string, Allowed>& rule() {
  static const std::map<std::string, Allowed> kRule = {
      {"asl", {{}, {"nlohmann", "openssl", "pcre2.h"}}},
      {"engine", {{"engine/cli"}, {}}},
      {"engine/api",
       {{"asl",
         "states",
         "engine/artifacts",
         "engine/http",
         "engine/logs",
         "engine/runs",
         "engine/runtime",
         "engine/schedules",
         "engine/store"},
        {"openssl", "spdlog", "zlib.h"}}},
      {"engine/artifacts", {{"asl", "engine/files", "engine/objects", "engine/store"}, {"spdlog"}}},
      {"engine/aws",
       {{"asl", "engine/http", "engine/objects"}, {"pugixml.hpp", "spdlog", "zlib.h"}}},
      {"engine/cli",
       {{"asl",
         "states",
         "engine/connectors",
         "engine/files",
         "engine/http",
         "engine/jobs",
         "engine/objects",
         "engine/runtime",
         "engine/security",
         "engine/server",
         "engine/store"},
        {"CLI", "spdlog", "yaml-cpp"}}},
      {"engine/connections", {{"asl", "engine/files", "engine/http"}, {"openssl", "spdlog"}}},
      {"engine/connectors",
       {{"asl",
         "states",
         "engine/aws",
         "engine/connections",
         "engine/http",
         "engine/ml",
         "engine/objects",
         "engine/runtime"},
        {"pugixml.hpp", "spdlog"}}},
      {"engine/files", {{}, {}}},
      {"engine/http", {{"asl"}, {"boost", "openssl", "pcre2.h", "spdlog"}}},
      {"engine/jobs", {{"asl", "embedded", "engine/files"}, {"pcre2.h", "spdlog", "zlib.h"}}},
      {"engine/logs", {{"asl", "engine/http"}, {}}},
      {"engine/map_runs",
       {{"asl",
         "states",
         "engine/files",
         "engine/http",
         "engine/objects",
         "engine/runtime",
         "engine/store"},
        {"snappy-c.h", "spdlog", "zlib.h", "zstd.h"}}},
      {"engine/ml",
       {{"asl",
         "embedded",
         "engine/artifacts",
         "engine/files",
         "engine/http",
         "engine/jobs",
         "engine/objects",
         "engine/store"},
        {"boost", "openssl", "spdlog"}}},
      {"engine/objects",
       {{"asl", "engine/files", "engine/http", "engine/store"}, {"openssl", "spdlog"}}},
      {"engine/pages", {{"embedded", "engine/http"}, {"md4c-html.h"}}},
      {"engine/runs", {{"asl", "states", "engine/jobs", "engine/ml", "engine/store"}, {}}},
      {"engine/runtime", {{"asl", "states", "engine/store"}, {"openssl", "spdlog"}}},
      {"engine/schedules", {{"asl", "engine/runtime", "engine/store"}, {"spdlog"}}},
      {"engine/security", {{"asl", "engine/files", "engine/http"}, {"spdlog"}}},
      {"engine/server",
       {{"asl",
         "states",
         "engine/api",
         "engine/artifacts",
         "engine/aws",
         "engine/connections",
         "engine/connectors",
         "engine/http",
         "engine/jobs",
         "engine/logs",
         "engine/map_runs",
         "engine/ml",
         "engine/objects",
         "engine/pages",
         "engine/runtime",
         "engine/schedules",
         "engine/security",
         "engine/store",
         "engine/tracing"},
        {"CLI", "spdlog"}}},
      {"engine/store", {{"asl", "states"}, {"spdlog", "sqlite3.h"}}},
      {"engine/tracing",
       {{"asl", "states", "engine/http", "engine/runtime", "engine/store"}, {"spdlog"}}},
      {"states", {{"asl"}, {}}},
  };
  return kRule;
}

// How other folders may use these: by the headers that are their contract.
const std::map<std::string, std::set<std::string>>& contracts() {
  static const std::map<std::string, std::set<std::string>> kContracts = {
      {"engine/runtime",
       {"engine/runtime/activities.h",
        "engine/runtime/alarms.h",
        "engine/runtime/engine.h",
        "engine/runtime/history_cleaner.h",
        "engine/runtime/make_engine.h",
        "engine/runtime/map_runs.h",
        "engine/runtime/system_world.h",
        "engine/runtime/virtual_clock.h",
        "engine/runtime/world.h"}},
      {"engine/store",
       {"engine/store/artifacts.h",
        "engine/store/backup.h",
        "engine/store/catalog.h",
        "engine/store/journal.h",
        "engine/store/map_runs.h",
        "engine/store/outcome.h",
        "engine/store/records.h",
        "engine/store/run_metrics.h",
        "engine/store/store.h"}},
  };
  return kContracts;
}

// The world's headers that only the shell may use: the core gets time, disk and network as
// arguments.
const std::set<std::string> kOutsideWorld = {"chrono",
                                             "condition_variable",
                                             "filesystem",
                                             "fstream",
                                             "future",
                                             "iostream",
                                             "mutex",
                                             "random",
                                             "sys",
                                             "thread",
                                             "unistd.h"};
const std::map<std::string, std::string> kReasons = {
    {"asl/json.cpp",
     "a payload makes its text or its tree when first asked for, by whichever thread"},
    {"asl/timestamp.cpp", "the calendar of <chrono>, not its clocks"},
};

struct Include {
  std::string target;
  bool is_quoted = false;
  std::size_t line = 0;
};

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> includes;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(file.lines[i], match, kInclude)) {
      includes.push_back({match[2].str(), match[1].str() == "\"", i + 1});
    }
  }
  return includes;
}

std::string place_of(const SourceFile& file, const Include& include) {
  return file.path + ":" + std::to_string(include.line) + ": " + include.target;
}

bool is_core(const std::string& folder) { return folder == "asl" || folder == "states"; }

bool has_row(const SourceFile& file) { return rule().contains(file.folder()); }

std::string first_part(const std::string& target) { return target.substr(0, target.find('/')); }

// Headers of C++, C and the system: no library of others.
bool is_of_the_system(const std::string& target) {
  static const std::set<std::string> kFolders = {"arpa", "linux", "net", "netinet", "sys"};
  if (target.find('/') != std::string::npos) return kFolders.contains(first_part(target));
  static const std::set<std::string> kLibraries = {"pcre2.h", "sqlite3.h", "zlib.h"};
  return !kLibraries.contains(target);
}

TEST(Includes, EveryFolderHasARow) {
  for (const SourceFile& file : cpp_files()) {
    if (file.folder() == "tests" || file.folder() == "bench") continue;
    EXPECT_TRUE(has_row(file)) << file.path
                               << " lies in a folder without a row in includes_test.cpp";
  }
}

TEST(Includes, AFolderUsesOnlyWhatItsRowAllows) {
  for (const SourceFile& file : cpp_files()) {
    if (!has_row(file)) continue;
    const Allowed& allowed = rule().at(file.folder());
    for (const Include& include : includes_of(file)) {
      if (!include.is_quoted) continue;
      const std::string folder = SourceFile{include.target, {}}.folder();
      EXPECT_TRUE(folder == file.folder() || allowed.folders.contains(folder))
          << place_of(file, include);
    }
  }
}

TEST(Includes, LibrariesStayInTheirFolders) {
  for (const SourceFile& file : cpp_files()) {
    if (!has_row(file)) continue;
    const Allowed& allowed = rule().at(file.folder());
    for (const Include& include : includes_of(file)) {
      if (include.is_quoted || is_of_the_system(include.target)) continue;
      EXPECT_TRUE(allowed.libraries.contains(first_part(include.target)))
          << place_of(file, include);
    }
  }
}

TEST(Includes, HeadersOfTheCoreNameNoLibraryButTheJsonOne) {
  for (const SourceFile& file : cpp_files()) {
    if (!is_core(file.folder()) || !file.is_header()) continue;
    for (const Include& include : includes_of(file)) {
      if (include.is_quoted || is_of_the_system(include.target)) continue;
      EXPECT_EQ(first_part(include.target), "nlohmann") << place_of(file, include);
    }
  }
}

TEST(Includes, TheCoreSeesNoClockNoDiskAndNoThreads) {
  for (const SourceFile& file : cpp_files()) {
    if (!is_core(file.folder()) || kReasons.contains(file.path)) continue;
    for (const Include& include : includes_of(file)) {
      if (include.is_quoted) continue;
      EXPECT_FALSE(kOutsideWorld.contains(first_part(include.target))) << place_of(file, include);
    }
  }
}

TEST(Includes, OtherFoldersKeepToAContract) {
  for (const SourceFile& file : cpp_files()) {
    if (!has_row(file)) continue;
    for (const Include& include : includes_of(file)) {
      const std::string folder = SourceFile{include.target, {}}.folder();
      if (folder == file.folder() || !contracts().contains(folder)) continue;
      EXPECT_TRUE(contracts().at(folder).contains(include.target)) << place_of(file, include);
    }
  }
}

TEST(Includes, OnlyTheHttpFolderKnowsBeast) {
  for (const SourceFile& file : cpp_files()) {
    for (const Include& include : includes_of(file)) {
      if (!include.target.starts_with("boost/beast")) continue;
      const bool is_http = file.path.find("engine/http/") != std::string::npos;
      EXPECT_TRUE(is_http || file.folder() == "bench") << place_of(file, include);
    }
  }
}

TEST(Includes, HeadersHavePragmaOnce) {
  for (const SourceFile& file : cpp_files()) {
    if (!file.is_header()) continue;
    const bool has =
        std::find(file.lines.begin(), file.lines.end(), "#pragma once") != file.lines.end();
    EXPECT_TRUE(has) << file.path;
  }
}

}  // namespace
}  // namespace pawl::tidy
