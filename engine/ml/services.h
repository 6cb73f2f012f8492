// All machine-learning services of this server, and their actions as one table for every front end:
// the JSON protocols and the connectors of Task states.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/http/aws_json.h"
#include "engine/ml/context.h"
#include "engine/ml/endpoints.h"
#include "engine/ml/glue_jobs.h"
#include "engine/ml/model_registry.h"
#include "engine/ml/models.h"
#include "engine/ml/training_jobs.h"

namespace pawl::engine {

struct MlServices {
  explicit MlServices(MlContext& context_)
      : context(context_),
        training_jobs(context_),
        registry(context_),
        models(context_, registry),
        endpoint_configs(context_),
        endpoints(context_),
        glue(context_) {}

  // Goes on with all jobs and endpoints after a restart.
  void recover();

  MlContext& context;
  TrainingJobs training_jobs;
  ModelRegistry registry;
  Models models;
  EndpointConfigs endpoint_configs;
  Endpoints endpoints;
  GlueJobs glue;
};

// One API action. `owner` is the idempotency token of the task that calls it, or empty. Times in
// milliseconds. Throws ServiceError, StoreUnavailable.
struct MlAction {
  std::string name;
  Scope scope;
  Shape request;
  std::function<asl::Json(const asl::Json& request, const std::string& owner)> run;
};

// Sorted by name.
std::vector<MlAction> sagemaker_actions(MlServices& services);
std::vector<MlAction> glue_actions(MlServices& services);

JsonService make_sagemaker_service(MlServices& services);
JsonService make_glue_service(MlServices& services);

}  // namespace pawl::engine
