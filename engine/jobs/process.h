// The job's process as its supervisor holds it: made behind a gate, signalled and killed with all
// it started.
#pragma once

#include <sys/types.h>

#include "engine/files/files.h"
#include "engine/jobs/job_folder.h"

namespace pawl::engine {

class JobProcess {
 public:
  // Makes the process (own session and group, no terminal, killed when we die). It waits at the
  // gate: nothing of the job runs before release(). Throws std::system_error.
  JobProcess(const JobFolder& folder, const ClaimedSpec& spec);

  void release();
  pid_t pid() const { return pid_; }
  int output() const { return output_.get(); }
  int errors() const { return errors_.get(); }
  void close_output() { output_.reset(); }
  void close_errors() { errors_.reset(); }

  // SIGTERM to the job's process group. False while there is nobody to take it (the sandbox is
  // still being made).
  bool terminate() const;
  // SIGKILL to everything the job started, whatever its group. Call again until nothing is left.
  void kill_all() const;

 private:
  pid_t pid_ = 0;
  bool sandboxed_ = false;
  Fd gate_;
  Fd output_;
  Fd errors_;
};

}  // namespace pawl::engine
