// One kind of Task integration.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/runtime/world.h"

namespace pawl::engine {

// Stops the work of one call, best effort. Empty: there is nothing to stop.
using Cancel = std::function<void()>;

// A connector is re-entrant: the same TaskCall again (task.resumed, same idempotency token)
// attaches to the work that the first one began and never repeats what has been done. Thread-safe.
class Connector {
 public:
  virtual ~Connector() = default;
  // Begins the work; may block on the store, not on the work itself. Reports through `reply`, now
  // or later.
  virtual Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) = 0;
};

// "arn:aws:states:::sagemaker:createTrainingJob.sync" taken apart.
// [aws] arn:partition:states:region:account:servicename:apiname, with .sync, .sync:2 or
// .waitForTaskToken at its end
struct IntegrationArn {
  std::string service;  // "sagemaker", "aws-sdk:sagemaker"
  std::string action;   // "createTrainingJob"
  std::string pattern;  // "", "sync", "sync:2", "waitForTaskToken"
};
// service is empty when `resource` is none.
IntegrationArn parse_integration(const std::string& resource);

}  // namespace pawl::engine
