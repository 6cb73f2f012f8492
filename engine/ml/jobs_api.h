// Jobs for people: what runs and ran under the local runtime, with its log. Resources below
// /api/v1/jobs.
#pragma once

#include <string>

#include "engine/http/message.h"
#include "engine/ml/context.h"

namespace pawl::engine {

//   GET /api/v1/jobs                              {"items": [{"id", "kind", "name", "status",
//   "createdAt", ...}]} GET /api/v1/jobs/{kind}/{name}                one of them, with its
//   document GET /api/v1/jobs/{kind}/{name}/logs?offset=N  the log from byte N on, as plain text
// Kinds: training, glue, endpoint, function. Thread-safe; blocks on the disk.
class JobsApi {
 public:
  explicit JobsApi(MlContext& context) : context_(context) {}
  void handle(const HttpRequest& request, const Responder& respond);

 private:
  HttpResponse list(const HttpRequest& request);
  HttpResponse show(const std::string& kind, const std::string& name);
  HttpResponse log(const std::string& kind, const std::string& name, const HttpRequest& request);

  MlContext& context_;
};

}  // namespace pawl::engine
