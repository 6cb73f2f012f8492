#include <memory>

#include "engine/cli/commands.h"
#include "engine/jobs/job.h"

namespace pawl::engine {

std::function<int()> declare_job_supervisor(CLI::App& app) {
  auto folder = std::make_shared<std::string>();
  app.add_option("folder", *folder, "Folder of the job")->required();
  return [folder] { return run_job_supervisor(*folder); };
}

}  // namespace pawl::engine
