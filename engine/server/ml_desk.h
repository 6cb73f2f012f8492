// The machine-learning services of this server, for the API.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/api/ml_desk.h"
#include "engine/ml/job_logs.h"
#include "engine/ml/services.h"
#include "engine/server/invocation_times.h"
#include "engine/server/model_desk.h"
#include "engine/server/recent_invocations.h"

namespace pawl::engine {

// Thread-safe.
class ServerMlDesk final : public MlDesk {
 public:
  // REQUIRES: all of them outlive it.
  ServerMlDesk(MlServices& services, const JsonService& sagemaker, const JsonService& glue);

  MlPage list(const MlQuery& query) override;
  std::optional<asl::Json> find(MlResource what, const std::string& name) override;
  std::unique_ptr<MlLog> log(const std::string& job, const MlLogSelection& selection) override;
  void call(MlService service,
            const char* action,
            asl::Json request,
            const std::string& owner,
            const ActionReply& reply) override;
  void invoke(const std::string& endpoint, HttpRequest request, Responder respond) override;
  ModelDesk& registry() override { return registry_; }
  asl::Json invocations(const std::string& endpoint) override { return recent_->of(endpoint); }
  std::string metrics_text() override;

 private:
  MlServices& services_;
  const JsonService& sagemaker_;
  const JsonService& glue_;
  std::map<std::string, MlAction> actions_;  // of both: no name is in use twice
  JobLogs logs_;
  ServerModelDesk registry_;
  const std::shared_ptr<RecentInvocations> recent_ = std::make_shared<RecentInvocations>();
  const std::shared_ptr<InvocationTimes> times_ = std::make_shared<InvocationTimes>();
};

}  // namespace pawl::engine
