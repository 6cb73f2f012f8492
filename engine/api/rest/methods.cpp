#include "engine/api/rest/methods.h"

namespace pawl::engine {

Problem wrong_method(const std::string& allowed) {
  Problem problem{.status = 405,
                  .name = "method-not-allowed",
                  .title = "Method not allowed",
                  .detail = "This resource takes " + allowed};
  problem.headers.set("Allow", allowed);
  return problem;
}

}  // namespace pawl::engine
