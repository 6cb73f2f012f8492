// What an AWS service answers instead of a result.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pawl::engine {

// Also thrown by handlers: a request that cannot be served ends its handler.
struct ServiceError {
  std::string type;     // "ResourceNotFound": the __type
  std::string message;  // for people
  int status = 400;     // [seen] every modelled error of Step Functions is a 400
  std::vector<std::pair<std::string, std::string>> members = {};  // "reason" and such
};

}  // namespace pawl::engine
