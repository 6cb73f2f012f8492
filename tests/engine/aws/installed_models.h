// The models that botocore brings, for tests of whole protocols; Debian's python3-botocore has
// them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "engine/aws/service_models.h"

namespace pawl::engine {

inline ServiceModels& installed_models() {
  static ServiceModels models({"/usr/lib/python3/dist-packages/botocore/data"});
  return models;
}

// Null: not installed; the test is skipped then.
inline std::shared_ptr<const ServiceModel> installed_model(const std::string& service) {
  return installed_models().find(service);
}

inline const ModelOperation& operation_of(const ServiceModel& model, const std::string& name) {
  const ModelOperation* operation = model.find(name);
  if (operation == nullptr) throw std::runtime_error("no operation " + name);
  return *operation;
}

}  // namespace pawl::engine
