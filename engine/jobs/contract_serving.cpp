#include "engine/jobs/contract_serving.h"

#include "engine/files/files.h"
#include "engine/jobs/runtime_files.h"

namespace pawl::engine {
namespace {

using Driver = ImageRuntime::Driver;

constexpr std::chrono::seconds kStopGrace{
    30};  // [aws] a serving container gets 30 s from SIGTERM to SIGKILL

std::vector<std::string> command_for(const ServingContract& contract) {
  const auto& runtime = contract.runtime;
  if (runtime.driver == Driver::kCommand) {
    if (runtime.serve.empty())
      throw NoImageRuntime("ClientError: no local runtime for image " + contract.image +
                           ": its catalogue row has no \"serve\" command");
    return runtime.serve;
  }
  const auto program = contract.environment.find("SAGEMAKER_PROGRAM");
  const bool has_program = program != contract.environment.end() && !program->second.empty();
  const bool is_algorithm = runtime.driver == Driver::kXgboost && !has_program;
  return {runtime.python,
          kRuntimeMount + std::string(is_algorithm ? "/pawl_xgboost.py" : "/pawl_ml_runtime.py"),
          "serve"};
}

}  // namespace

JobSpec prepare_serving(const ServingContract& contract) {
  JobSpec spec;
  spec.id = contract.id;
  spec.argv = command_for(contract);
  make_folders(contract.folder + "/model");
  make_folders(contract.model_folder);
  auto own = contract.environment;
  own["SAGEMAKER_BIND_TO_PORT"] = std::to_string(contract.port);
  spec.environment = job_environment(contract.around, own);
  spec.working_folder = "/opt/ml";
  spec.mounts = {{contract.folder, "/opt/ml", false},
                 {contract.around.runtime_folder, kRuntimeMount, true}};
  if (contract.model_folder != contract.folder + "/model")
    spec.mounts.push_back({contract.model_folder, "/opt/ml/model", false});
  spec.relocatable = contract.runtime.driver != Driver::kCommand;
  spec.stop_grace = kStopGrace;
  return spec;
}

}  // namespace pawl::engine
