// What a job's folder holds, and who may say so. The folder is the only thing server and supervisor
// share:
//
//   spec.json      what to run; its creation claims the id (written whole, never changed)
//   lock           held by the supervisor (POSIX record lock) as long as it lives
//   status.json    absent: the process was never made; "started"; "ended"
//   stop           present: somebody wants the job stopped
//   log            output, one line per line
//   metrics.jsonl  scraped metric points
//   tmp/           the job's own /tmp
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/files/files.h"
#include "engine/jobs/job.h"

namespace pawl::engine {

// How the sandbox is made on this machine; found once by trying, written into the spec.
struct SandboxPlan {
  std::string program;             // bubblewrap; empty: no sandbox
  std::vector<std::string> flags;  // what this machine's kernel needs or allows
};

struct ClaimedSpec {
  JobSpec job;
  SandboxPlan sandbox;
};

// A process, told apart from a later one with the same number.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/PID/stat
  std::string boot_id;
};

struct JobStatus {
  ProcessIdentity supervisor;
  ProcessIdentity process;  // leader of the job's process group
  std::int64_t started_at_ms = 0;
  std::optional<JobEnd> end;
};

class JobFolder {
 public:
  explicit JobFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

  // False when the id was claimed before.
  bool claim(const ClaimedSpec& spec) const;
  std::optional<ClaimedSpec> spec() const;

  // nullopt: the process was never made.
  std::optional<JobStatus> status() const;
  void write_status(const JobStatus& status) const;

  void request_stop() const;
  bool stop_requested() const;

  // The lock's holder; 0 when it is free. A process does not see its own lock.
  pid_t lock_holder() const;
  // The open, locked file; an empty Fd when another process holds it.
  Fd try_lock() const;

 private:
  std::string path_;
};

}  // namespace pawl::engine
