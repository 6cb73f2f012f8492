// Real jobs in a folder of their own: a manager, shell commands as jobs, and waiting for their
// ends.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>

#include "engine/jobs/job.h"

namespace pawl::engine {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = ::testing::TempDir() + "pawl-jobs-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string make(const std::string& name) const {
    std::filesystem::create_directories(path_ + "/" + name);
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Where a job's end arrives.
class EndBox {
 public:
  std::function<void(const JobEnd&)> receiver() {
    return [this](const JobEnd& end) {
      const std::lock_guard guard(mutex_);
      end_ = end;
      arrived_.notify_all();
    };
  }
  JobEnd wait() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, std::chrono::seconds(60), [this] { return end_.has_value(); }))
      throw std::runtime_error("the job did not end");
    return *end_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<JobEnd> end_;
};

// Counts its runs in `shared`, then waits there for a file "go".
inline JobSpec surviving_job(const std::string& shared) {
  JobSpec spec;
  spec.id = "survivor";
  spec.argv = {"/bin/sh", "-c", "echo run >> runs; until [ -e go ]; do sleep 0.02; done; exit 9"};
  spec.mounts = {{shared, shared, false}};
  spec.working_folder = shared;
  return spec;
}

class JobTest : public ::testing::Test {
 public:
  static JobManager::Options options_in(const std::string& folder) {
    JobManager::Options options;
    options.folder = folder;
    options.supervisor_program = std::filesystem::read_symlink("/proc/self/exe");
    return options;
  }

 protected:
  JobManager::Options options() const { return options_in(scratch_.path() + "/jobs"); }

  static JobSpec shell_job(const std::string& id, const std::string& script) {
    JobSpec spec;
    spec.id = id;
    spec.argv = {"/bin/sh", "-c", script};
    return spec;
  }
  static JobEnd run(JobManager& manager, const JobSpec& spec) {
    EndBox box;
    manager.start_or_attach(spec, box.receiver());
    return box.wait();
  }
  // Waits until the file exists: how a job in a test says "I am here".
  static bool wait_for_file(const std::string& path) {
    for (int attempt = 0; attempt < 3000; ++attempt) {
      if (std::filesystem::exists(path)) return true;
      ::usleep(10'000);
    }
    return false;
  }

  ScratchFolder scratch_;
};

}  // namespace pawl::engine
