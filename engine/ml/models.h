// SageMaker models and endpoint configurations: documents that endpoints are made from.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/ml/context.h"

namespace pawl::engine {

// Thread-safe. Calls may throw ServiceError or StoreUnavailable. Documents hold times in
// milliseconds.
class Models {
 public:
  explicit Models(MlContext& context) : context_(context) {}

  // {"ModelArn"}. ValidationException: the name is taken, a container says nothing that can be
  // served. The same non-empty `owner` again gets what it has made.
  asl::Json create(const asl::Json& request, const std::string& owner);
  asl::Json describe(const std::string& name);
  void remove(const std::string& name);

 private:
  MlContext& context_;
};

class EndpointConfigs {
 public:
  explicit EndpointConfigs(MlContext& context) : context_(context) {}

  // {"EndpointConfigArn"}. ValidationException: the name is taken, or a variant's model does not
  // exist.
  asl::Json create(const asl::Json& request, const std::string& owner);
  asl::Json describe(const std::string& name);
  void remove(const std::string& name);

 private:
  MlContext& context_;
};

}  // namespace pawl::engine
