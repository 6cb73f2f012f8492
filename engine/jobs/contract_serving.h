// SageMaker's hosting contract: `serve` on a port, /ping and /invocations, the model in
// /opt/ml/model.
#pragma once

#include <map>
#include <string>

#include "engine/jobs/catalogue.h"
#include "engine/jobs/contract.h"
#include "engine/jobs/job.h"

namespace pawl::engine {

struct ServingContract {
  std::string id;            // JobSpec::id
  std::string folder;        // of this machine; becomes /opt/ml
  std::string model_folder;  // the unpacked model; becomes /opt/ml/model
  std::string image;
  std::map<std::string, std::string> environment;  // the container's
  ImageRuntime runtime;
  JobSurroundings around;
  int port = 8080;  // on 127.0.0.1
};

// Throws NoImageRuntime when the image cannot serve, std::system_error when the disk fails.
JobSpec prepare_serving(const ServingContract& contract);

}  // namespace pawl::engine
