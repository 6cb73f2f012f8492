#include "engine/jobs/contract_glue.h"

#include <filesystem>

#include "engine/files/files.h"
#include "engine/jobs/runtime_files.h"

namespace pawl::engine {
namespace {

constexpr const char* kRoot = "/opt/glue";
constexpr std::chrono::seconds kStopGrace{10};  // [pawl] Glue documents none

std::string name_of(const std::string& path) { return std::filesystem::path(path).filename(); }

}  // namespace

JobSpec prepare_glue(const GlueContract& contract) {
  namespace fs = std::filesystem;
  make_folders(contract.folder);
  const std::string script = name_of(contract.script);
  if (const std::string here = contract.folder + "/" + script; here != contract.script)
    fs::copy_file(contract.script, here, fs::copy_options::overwrite_existing);
  JobSpec spec;
  spec.id = contract.id;
  // [aws] JOB_NAME comes first; then the arguments, each as two words.
  spec.argv = {contract.python,
               kRoot + ("/" + script),
               "--JOB_NAME",
               contract.job_name,
               "--JOB_RUN_ID",
               contract.run_id};
  for (const auto& [name, value] : contract.arguments) {
    if (name == "--JOB_NAME" || name == "--JOB_RUN_ID") continue;
    spec.argv.push_back(name.starts_with("--") ? name : "--" + name);
    spec.argv.push_back(value);
  }
  spec.mounts = {{contract.folder, kRoot, false},
                 {contract.around.runtime_folder, kRuntimeMount, true}};
  std::map<std::string, std::string> own;
  for (const std::string& path : contract.python_paths) {
    // An archive is searched as it is, a module by the folder it lies in.
    const std::string extension = fs::path(path).extension();
    const std::string seen = std::string(kRoot) + "/extra/" + name_of(path);
    spec.mounts.push_back({path, seen, true});
    const std::string searched = extension == ".py" ? std::string(kRoot) + "/extra" : seen;
    std::string& python_path = own["PYTHONPATH"];
    if ((":" + python_path + ":").find(":" + searched + ":") == std::string::npos)
      python_path += (python_path.empty() ? "" : ":") + searched;
  }
  spec.environment = job_environment(contract.around, own);
  spec.working_folder = kRoot;
  spec.relocatable = true;
  spec.stop_grace = kStopGrace;
  if (contract.timeout)
    spec.timeout = std::chrono::duration_cast<std::chrono::seconds>(*contract.timeout);
  return spec;
}

}  // namespace pawl::engine
