// Optimised integrations of services elsewhere: ECS, Batch, Athena, CodeBuild and their like, as
// request and response, .waitForTaskToken and .sync.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/connectors/aws_sdk.h"
#include "engine/connectors/remote_jobs.h"
#include "engine/ml/context.h"

namespace pawl::engine {

// A job that was started is recorded with its task: after a restart the call attaches to it.
class OptimisedConnector : public Connector {
 public:
  struct Parts {
    ServiceModels& models;
    AwsCaller& caller;
    Executor& executor;
    Records& records;  // of the jobs that were started
    std::function<asl::Timestamp()> now;
    // Between two looks at a job; it doubles up to the longest.
    std::chrono::milliseconds poll_delay{1000};
    std::chrono::milliseconds poll_delay_max{15'000};
  };
  // REQUIRES: the parts outlive it.
  explicit OptimisedConnector(Parts parts) : parts_(std::move(parts)) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  struct Job;
  struct Answered {
    std::optional<asl::Json> answer;
    HttpResponse response;
  };
  static Answered answer_of(const Job& job,
                            const ModelledOperation& called,
                            AwsCaller::Outcome outcome);
  std::shared_ptr<Job> job_of(const TaskCall& call,
                              const std::shared_ptr<TaskReply>& reply,
                              ModelledOperation called);
  std::optional<asl::StateError> refusal_of(Job& job) const;
  void begin(const std::shared_ptr<Job>& job);
  void looked_up(const std::shared_ptr<Job>& job,
                 const ModelledOperation& lookup,
                 AwsCaller::Outcome outcome);
  void start(const std::shared_ptr<Job>& job);
  void started(const std::shared_ptr<Job>& job, AwsCaller::Outcome outcome);
  void poll(const std::shared_ptr<Job>& job);
  void polled(const std::shared_ptr<Job>& job, AwsCaller::Outcome outcome);
  void poll_later(const std::shared_ptr<Job>& job);
  void finish(const std::shared_ptr<Job>& job, asl::Json result, bool succeeded);
  void stop(const std::shared_ptr<Job>& job);

  const Parts parts_;
};

}  // namespace pawl::engine
