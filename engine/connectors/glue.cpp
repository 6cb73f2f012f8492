#include "asl/errors.h"
#include "asl/text.h"
#include "engine/connectors/ml.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;

const SdkService kGlue = {"Glue", "AWSGlue", "AWSGlueException"};

// [seen] The JobRun of GetJobRun with JobName, epoch milliseconds, members sorted.
Payload sync_document(const Json& run) {
  return Payload::of_text(nlohmann::json::parse(asl::to_text(run)).dump());
}

}  // namespace

GlueConnector::GlueConnector(MlServices& services)
    : services_(services), actions_(by_name(glue_actions(services))) {}

bool GlueConnector::matches(const std::string& resource) {
  return parse_integration(resource).service == "glue";
}

Cancel GlueConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  if (arn.action != "startJobRun") {
    reply->failed(
        {asl::errors::kTaskFailed,
         "The integration " + call.task.resource + " is not available in this version of Pawl."});
    return {};
  }
  const Json request = with_text_maps(call.task.parameters.json());
  const auto answer = run_action(actions_.at("StartJobRun"), request, call.idempotency_token());
  if (const auto* refused = std::get_if<ServiceError>(&answer)) {
    reply->failed(optimised_error(kGlue, *refused, refused->type != "ValidationException"));
    return {};
  }
  const std::string job = text_of(request, "JobName");
  const std::string run = text_of(std::get<Json>(answer), "JobRunId");
  // [aws] "JobName" is added to the answer so that later states know whose run it is.
  Json output = std::get<Json>(answer);
  output["JobName"] = job;
  Payload submitted = Payload::of(with_sdk_metadata(std::move(output)));
  if (arn.pattern != "sync") {
    reply->succeeded(std::move(submitted));
    return {};
  }
  if (!call.task.submitted) reply->submitted(std::move(submitted));
  services_.glue.watch(job, run, [reply](const Json& ended) {
    const Payload document = sync_document(ended);
    if (text_of(ended, "JobRunState") == "SUCCEEDED") {
      reply->succeeded(document);
    } else {
      reply->failed({asl::errors::kTaskFailed, document.text()});
    }
  });
  return [&services = services_, job, run] {
    services.glue.stop_runs({{"JobName", job}, {"JobRunIds", Json::array({run})}});
  };
}

}  // namespace pawl::engine
