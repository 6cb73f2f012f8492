// Glue's Python shell: a script, its arguments on the command line, the awsglue package at hand.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/jobs/contract.h"
#include "engine/jobs/job.h"

namespace pawl::engine {

struct GlueContract {
  std::string id;        // JobSpec::id
  std::string job_name;  // handed over as --JOB_NAME
  std::string run_id;    // handed over as --JOB_RUN_ID
  std::string folder;    // of this machine; the run's working folder
  std::string script;    // file of this machine
  std::vector<std::pair<std::string, std::string>>
      arguments;  // "--KEY", "VALUE": default, own and not overridable, merged
  std::vector<std::string> python_paths;    // files and folders of this machine: --extra-py-files
  std::string python = "/usr/bin/python3";  // Catalogue::find(JobCommand.Name).python
  JobSurroundings around;
  std::optional<std::chrono::minutes> timeout;
};

// Copies the script into the folder. Throws std::system_error when the disk fails.
JobSpec prepare_glue(const GlueContract& contract);

}  // namespace pawl::engine
