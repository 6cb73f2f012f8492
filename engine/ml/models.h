// SageMaker models and endpoint configurations: documents that endpoints are made from.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/ml/context.h"
#include "engine/ml/model_registry.h"

namespace pawl::engine {

// Thread-safe. Calls may throw ServiceError or StoreUnavailable. Documents hold times in
// milliseconds.
class Models {
 public:
  Models(MlContext& context, ModelRegistry& registry) : context_(context), registry_(registry) {}

  // {"ModelArn"}. ValidationException: the name is taken, a container says nothing that can be
  // served. The same non-empty `owner` again gets what it has made. What a model package says is
  // read now: later changes of it change nothing here.
  asl::Json create(const asl::Json& request, const std::string& owner);
  asl::Json describe(const std::string& name);
  void remove(const std::string& name);
  // Tells the lineage of models that it has not heard of, as after a crash.
  void recover();

  // The container definitions that the model of this document has served, in order: those of
  // packages in place of the containers that name them.
  static asl::Json containers_of(const asl::Json& document);

 private:
  void add_served(asl::Json& served, asl::Json& container);
  void note(const Record& record);

  MlContext& context_;
  ModelRegistry& registry_;
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
