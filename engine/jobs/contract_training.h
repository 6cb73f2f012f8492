// SageMaker's training contract: what a training container finds in /opt/ml, and what becomes of
// what it leaves there.
#pragma once

#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/jobs/catalogue.h"
#include "engine/jobs/contract.h"
#include "engine/jobs/job.h"

namespace pawl::engine {

struct TrainingContract {
  asl::Json request;  // of CreateTrainingJob, checked
  std::string id;     // JobSpec::id
  std::string arn;
  std::string folder;  // of this machine; holds what the hosts see as /opt/ml
  ImageRuntime runtime;
  JobSurroundings around;
  struct Channel {
    std::string name;
    std::vector<std::string> folders;  // one for all hosts, or one per host
    bool read_only = true;
  };
  std::vector<Channel> channels;
};

// [aws] InstanceCount hosts, algo-1 to algo-n.
std::vector<std::string> training_hosts(const asl::Json& request);
// Which folder a host sees as /opt/ml.
std::string training_folder(const TrainingContract& contract, const std::string& host);

// Writes input/config/*.json and makes the folders of the contract. One spec per host; with several
// hosts their ids are ID/algo-1 ..., and each finds the others' names in its /etc/hosts. Throws
// NoImageRuntime when the image cannot train, std::system_error when the disk fails.
std::vector<JobSpec> prepare_training(const TrainingContract& contract);

// [aws] model.tar.gz holds /opt/ml/model of all hosts, output.tar.gz /opt/ml/output/data.
void package_model(const TrainingContract& contract, const std::string& archive);
void package_output(const TrainingContract& contract, const std::string& archive);

// Why a host's job failed: "AlgorithmError: <first 1024 characters of output/failure>, exit code:
// 1".
std::string training_failure_reason(const TrainingContract& contract,
                                    const std::string& host,
                                    const JobEnd& end);

// [aws] FinalMetricDataList: the last point of each name, in order of names' first points.
std::vector<MetricPoint> final_metrics(const std::vector<MetricPoint>& points);

}  // namespace pawl::engine
