// SageMaker endpoints: models served behind /invocations by supervised processes on this machine.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
//       https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/http/message.h"
#include "engine/ml/completions.h"
#include "engine/ml/context.h"
#include "engine/ml/variant_router.h"

namespace pawl::engine {

// Thread-safe. Documents are DescribeEndpoint's answer with times in milliseconds. Calls may throw
// ServiceError or StoreUnavailable. Server processes outlive this process and are found again by
// recover().
class Endpoints {
 public:
  explicit Endpoints(MlContext& context) : context_(context) {}

  // {"EndpointArn"} once the endpoint is recorded as Creating. The same non-empty `owner` again
  // gets what it has.
  asl::Json create(const asl::Json& request, const std::string& owner);
  // {"EndpointArn"} once the endpoint is recorded as Updating: servers by another configuration
  // take over, without a gap, when all of them answer; when they do not, it goes on with those it
  // has.
  asl::Json update(const asl::Json& request, const std::string& owner);
  // {"EndpointArn"}: the variants' weights as they are to be from now on; or, where other numbers
  // of servers are wanted, as update() does, of the same models.
  asl::Json update_capacities(const asl::Json& request, const std::string& owner);
  asl::Json describe(const std::string& name);
  void remove(const std::string& name);
  // `settled` runs once, when the endpoint is InService or Failed (at once when it is).
  void watch(const std::string& name, std::function<void(const asl::Json& document)> settled);
  // InvokeEndpoint: forwards the request to one instance and answers with what it says.
  void invoke(const std::string& name, HttpRequest request, Responder respond);
  // Attaches to the servers of every endpoint, starts those that died. Call once, before serving.
  void recover();

  // The job that runs the first server of an endpoint, by its stored document.
  static std::string first_job_id(const asl::Json& document);

 private:
  struct Server;      // one container process
  struct Deployment;  // the servers of one endpoint

  std::shared_ptr<Deployment> new_deployment(const std::string& name, const asl::Json& document);
  void plan(Deployment& deployment, const asl::Json& document);
  void plan_variant(Deployment& deployment, asl::Json& variant);
  void record_plan(Deployment& deployment);
  void keep(const std::shared_ptr<Deployment>& deployment);
  bool is_current(const Deployment& deployment);

  void deploy(const std::string& name, bool is_update);
  void prepare_model(const Server& server);
  void start_server(const std::shared_ptr<Deployment>& deployment, std::size_t index);
  void server_ended(const std::shared_ptr<Deployment>& deployment,
                    std::size_t index,
                    const JobEnd& end);
  void await_health(const std::shared_ptr<Deployment>& deployment, std::int64_t deadline_ms);
  void all_healthy(const std::shared_ptr<Deployment>& deployment, std::int64_t deadline_ms);
  void route(Deployment& deployment);
  void reweigh(const Record& record);
  void note_models(const Deployment& deployment);
  void in_service(const std::shared_ptr<Deployment>& deployment);
  void fail(const std::shared_ptr<Deployment>& deployment, const std::string& reason);

  void finish_update(const std::shared_ptr<Deployment>& deployment);
  void retire(const std::shared_ptr<Deployment>& old, std::int64_t deadline_ms);
  void stop_servers(Deployment& deployment);
  void shut_down(const std::string& name);
  void attach(const Record& record);

  std::shared_ptr<VariantRouter> router(const std::string& name);
  void forward(std::shared_ptr<VariantRouter> router,
               const VariantRouter::Choice& choice,
               HttpRequest request,
               Responder respond,
               std::size_t stage);

  MlContext& context_;
  Completions completions_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Deployment>> deployments_;  // those that (are to) serve
  std::map<std::string, std::shared_ptr<Deployment>> updates_;      // those that are to take over
  std::map<std::string, std::shared_ptr<VariantRouter>> routers_;
};

}  // namespace pawl::engine
