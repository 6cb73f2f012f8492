// One table of all services on the port: the first whose predicate takes the head of a request
// answers it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/api/metrics.h"
#include "engine/api/worker_pool.h"
#include "engine/http/aws_json.h"
#include "engine/http/message.h"

namespace pawl::engine {

// Services are added before the first request; afterwards thread-safe.
class Router {
 public:
  // Looks at the head of a request, and at how large its body is, only.
  using Predicate = std::function<bool(const HttpRequest&)>;
  // What a request that the predicate takes wants its caller to be allowed; by its head too.
  using AccessOf = std::function<Access(const HttpRequest&)>;

  // REQUIRES: both outlive the router; the metrics outlive the workers too.
  Router(WorkerPool& workers, Metrics& metrics) : workers_(workers), metrics_(metrics) {}

  // `name` labels the metrics. The handler runs on a worker and may block on the disk.
  void add(std::string name, Predicate serves, AccessOf access, HttpHandler handler);
  // The handler runs on the thread that read the request and must not block.
  void add_direct(std::string name, Predicate serves, AccessOf access, HttpHandler handler);

  // Of a request that no service takes: Scope::kRead, so that strangers learn nothing.
  Access access(const HttpRequest& request) const;

  // Never blocks. A request that no service takes gets AWS's error when it names an action, else
  // 404.
  void handle(HttpRequest request, Responder respond);

 private:
  struct Route {
    std::string name;
    Predicate serves;
    AccessOf access;
    HttpHandler handler;
    bool direct = false;
  };
  Responder counted(const HttpRequest& request, std::string route, Responder respond);

  WorkerPool& workers_;
  Metrics& metrics_;
  // Shared with the jobs that wait on a worker: they may outlive the router.
  std::vector<std::shared_ptr<const Route>> routes_;
};

// The predicate of an AWS JSON service: "SageMaker." of "SageMaker.CreateModel".
Router::Predicate target_starts_with(std::string prefix);
Router::Predicate path_starts_with(std::string prefix);
// The access of an AWS JSON service, whose actions are "<service>:<action>". REQUIRES: `json`
// outlives the router.
Router::AccessOf actions_of(const JsonService& json, std::string service);
// The same for each of its requests.
Router::AccessOf always(Access access);

}  // namespace pawl::engine
