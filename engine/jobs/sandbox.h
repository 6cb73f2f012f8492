// A job's private view of this machine: its own /opt/ml, /tmp and process numbers, the host's files
// and network otherwise. Made by bubblewrap, as root or as anybody; needs no container engine.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "engine/jobs/job_folder.h"

namespace pawl::engine {

// Why there is no sandbox on this machine, in words that tell what to do.
struct NoSandbox {
  std::string reason;
};

// Tries what this kernel allows by running /bin/true in it. `scratch` is an existing folder;
// `program` a path or a name.
std::variant<SandboxPlan, NoSandbox> probe_sandbox(const std::string& program,
                                                   const std::string& scratch);

// The command line that runs the job inside. `tmp` becomes its /tmp.
// REQUIRES: plan.program is not empty.
std::vector<std::string> sandbox_command(const SandboxPlan& plan,
                                         const JobSpec& job,
                                         const std::string& tmp);

// The same job for a machine without a sandbox: paths of mounts replaced by those of this machine,
// a mount within another one put there as a symbolic link, SAGEMAKER_BASE_DIR pointing at what
// would be /opt/ml. REQUIRES: job.relocatable or no mounts.
JobSpec relocate(const JobSpec& job);

// The program as the job would find it, on this machine; empty when it is not there.
std::string resolve_program(const JobSpec& job);

// What a job's environment starts from.
std::map<std::string, std::string> base_environment(const std::string& tmp);

}  // namespace pawl::engine
