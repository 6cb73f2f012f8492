// SageMaker and Glue as Task integrations, on this server's own services.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html,
// .../connect-glue.html
#pragma once

#include <map>
#include <string>

#include "engine/connectors/connector.h"
#include "engine/ml/services.h"

namespace pawl::engine {

// arn:aws:states:::sagemaker:createTrainingJob(.sync), :createModel, :createEndpointConfig,
// :createEndpoint(.sync: ours).
class SageMakerConnector : public Connector {
 public:
  explicit SageMakerConnector(MlServices& services);
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  Cancel await_training(const asl::Json& request,
                        const std::shared_ptr<TaskReply>& reply,
                        const std::string& execution);
  void await_endpoint(const asl::Json& request, const std::shared_ptr<TaskReply>& reply);

  MlServices& services_;
  std::map<std::string, MlAction> actions_;
};

// arn:aws:states:::glue:startJobRun(.sync).
class GlueConnector : public Connector {
 public:
  explicit GlueConnector(MlServices& services);
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  MlServices& services_;
  std::map<std::string, MlAction> actions_;
};

// arn:aws:states:::aws-sdk:sagemaker:*, aws-sdk:glue:*: any action of these services.
class MlSdkConnector : public Connector {
 public:
  explicit MlSdkConnector(MlServices& services);
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  std::map<std::string, MlAction> sagemaker_;
  std::map<std::string, MlAction> glue_;
};

}  // namespace pawl::engine
