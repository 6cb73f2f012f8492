// The query parameter `fields`: of each item only the members that are asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

class Fields {
 public:
  // Throws Problem: a member that the schema (openapi/operation.h) does not know.
  Fields(const RestCall& call, const char* schema);

  asl::Json of(asl::Json item) const;

 private:
  std::optional<std::vector<std::string>> wanted_;  // nothing: all
};

}  // namespace pawl::engine::rest
