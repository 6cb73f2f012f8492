// Where models of services are found on this machine, and the ones that have been read.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/aws/endpoints.h"
#include "engine/aws/service_model.h"

namespace pawl::engine {

// Folders that are laid out as botocore's data: <service>/<version>/service-2.json (or .json.gz)
// and endpoints.json. `configured`: goes before the others; several are separated by colons.
std::vector<std::string> model_folders(const std::string& configured);

// Reads each model when it is first asked for, and keeps the last few. Thread-safe.
class ServiceModels {
 public:
  static constexpr std::size_t kKept = 24;  // EC2's, the largest, takes some 20 MB

  explicit ServiceModels(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  // By the name that aws-sdk integrations use: "dynamodb", "sfn", "cloudwatchlogs". Null: no folder
  // has a model of it. Throws std::runtime_error when there is one that cannot be read.
  std::shared_ptr<const ServiceModel> find(const std::string& sdk_service);
  // Of the first folder that has an endpoints.json; without one, the rules are the plain ones.
  const AwsEndpoints& endpoints();
  // For messages: "/a/b and /c/d"
  std::string searched() const;

 private:
  void index();  // guarded
  std::shared_ptr<const ServiceModel> kept(const std::string& file);

  const std::vector<std::string> folders_;
  std::mutex mutex_;
  bool indexed_ = false;
  std::map<std::string, std::string> files_;  // by the SDK's name
  std::list<std::pair<std::string, std::shared_ptr<const ServiceModel>>> kept_;  // latest first
  std::unique_ptr<const AwsEndpoints> endpoints_;
};

}  // namespace pawl::engine
