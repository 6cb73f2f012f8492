// aws-sdk integrations of any service that there is a model of.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/connectors/aws_caller.h"
#include "engine/connectors/connector.h"

namespace pawl::engine {

// A service's model and its operation, or the task's error that says which is missing.
struct ModelledOperation {
  std::shared_ptr<const ServiceModel> model;
  const ModelOperation* operation = nullptr;
};
// `service`: as aws-sdk integrations call it; `action`: "describeInstances".
asl::Result<ModelledOperation> find_operation(ServiceModels& models,
                                              const std::string& service,
                                              const std::string& action);
// Why an operation that has a model cannot be called: there is no endpoint.
asl::StateError no_endpoint(const std::string& resource, const ServiceModel& model);

// Connectors for some calls that do without a model.
struct UnmodelledCalls {
  std::function<bool(const TaskCall&)> takes;
  std::shared_ptr<Connector> connector;
  bool goes_first = false;  // else only where there is no model
};

class AwsSdkConnector : public Connector {
 public:
  // REQUIRES: both outlive it.
  AwsSdkConnector(ServiceModels& models,
                  AwsCaller& caller,
                  std::vector<UnmodelledCalls> unmodelled = {})
      : models_(models), caller_(caller), unmodelled_(std::move(unmodelled)) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  Connector* find_unmodelled(const TaskCall& call, bool goes_first) const;

  ServiceModels& models_;
  AwsCaller& caller_;
  const std::vector<UnmodelledCalls> unmodelled_;
};

}  // namespace pawl::engine
