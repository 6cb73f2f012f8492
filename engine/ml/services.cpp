#include "engine/ml/services.h"

#include <utility>

#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

std::vector<Action> over_http(std::vector<MlAction> actions) {
  std::vector<Action> out;
  for (MlAction& action : actions) {
    out.push_back({action.name,
                   action.scope,
                   action.request,
                   direct([run = std::move(action.run)](const asl::Json& request) {
                     return with_times_in_seconds(run(request, ""));
                   })});
  }
  return out;
}

// The store that takes no writes is the server's trouble, which clients may try again.
ServiceError sagemaker_failure(const std::exception& error) {
  return {"InternalFailure", error.what(), 500, {}};
}
ServiceError glue_failure_answer(const std::exception& error) {
  return {"InternalServiceException", error.what(), 500, {}};
}

// What clients ask for most often of all that these services have on AWS.
std::vector<std::string> sagemaker_unavailable() {
  return {
      "CreateAutoMLJob",
      "CreateHyperParameterTuningJob",
      "CreateLabelingJob",
      "CreateNotebookInstance",
      "CreatePipeline",
      "CreateProcessingJob",
      "CreateTransformJob",
      "DescribeHyperParameterTuningJob",
      "DescribeProcessingJob",
      "DescribeTransformJob",
      "ListHyperParameterTuningJobs",
      "ListProcessingJobs",
      "ListTransformJobs",
      "Search",
      "StopHyperParameterTuningJob",
      "StopProcessingJob",
      "StopTransformJob",
  };
}
std::vector<std::string> glue_unavailable() {
  return {
      "CreateCrawler",
      "CreateDatabase",
      "CreateTable",
      "CreateTrigger",
      "CreateWorkflow",
      "GetDatabase",
      "GetDatabases",
      "GetTable",
      "GetTables",
      "GetTags",
      "ResetJobBookmark",
      "StartCrawler",
      "StartWorkflowRun",
      "TagResource",
      "UntagResource",
  };
}

}  // namespace

void MlServices::recover() {
  training_jobs.recover();
  glue.recover();
  endpoints.recover();
  models.recover();
}

JsonService make_sagemaker_service(MlServices& services) {
  return JsonService({"SageMaker.", "1.1", "Message", sagemaker_unavailable(), sagemaker_failure},
                     over_http(sagemaker_actions(services)));
}

JsonService make_glue_service(MlServices& services) {
  return JsonService({"AWSGlue.", "1.1", "Message", glue_unavailable(), glue_failure_answer},
                     over_http(glue_actions(services)));
}

}  // namespace pawl::engine
