#include "engine/ml/training_jobs.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "engine/jobs/contract_training.h"
#include "engine/ml/channels.h"
#include "engine/ml/documents.h"
#include "engine/ml/errors.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr const char* kKind = "training-job";

// The members of CreateTrainingJob that DescribeTrainingJob answers as they came, in AWS's order.
const std::vector<std::string_view> kEchoed = {"HyperParameters",
                                               "AlgorithmSpecification",
                                               "RoleArn",
                                               "InputDataConfig",
                                               "OutputDataConfig",
                                               "ResourceConfig",
                                               "VpcConfig",
                                               "StoppingCondition",
                                               "CheckpointConfig",
                                               "DebugHookConfig",
                                               "ExperimentConfig",
                                               "DebugRuleConfigurations",
                                               "TensorBoardOutputConfig",
                                               "ProfilerConfig",
                                               "ProfilerRuleConfigurations",
                                               "Environment",
                                               "RetryStrategy",
                                               "RemoteDebugConfig"};

bool job_has_ended(const Json& document) {
  const std::string status = text_of(document, "TrainingJobStatus");
  return status == "Completed" || status == "Failed" || status == "Stopped";
}

void refuse(const std::string& what) {
  throw validation_error(what + " is not supported by this server.");
}

// What the local runtime cannot do is refused when the job is created, not found out when it runs.
void check_supported(const Json& request) {
  const Json& algorithm = request.at("AlgorithmSpecification");
  if (text_of(algorithm, "TrainingImage").empty())
    refuse("AlgorithmSpecification without a TrainingImage");
  if (text_of(algorithm, "TrainingInputMode") == "Pipe") refuse("TrainingInputMode 'Pipe'");
  const Json resources = request.value("ResourceConfig", Json::object());
  if (resources.contains("InstanceGroups") || resources.value("InstanceCount", 1) != 1) {
    refuse("Training on more than one instance");
  }
  for (const Json& channel : request.value("InputDataConfig", Json::array())) {
    const std::string name = "Channel '" + text_of(channel, "ChannelName") + "'";
    const Json source = channel.value("DataSource", Json::object());
    if (!source.contains("S3DataSource"))
      refuse(name + " with a data source other than S3DataSource");
    const std::string type = text_of(source.at("S3DataSource"), "S3DataType");
    if (type != "S3Prefix" && type != "ManifestFile")
      refuse(name + " of S3DataType '" + type + "'");
    if (text_of(channel, "InputMode") == "Pipe") refuse(name + " with InputMode 'Pipe'");
  }
  if (request.value("EnableManagedSpotTraining", false)) {
    const Json limits = request.value("StoppingCondition", Json::object());
    if (limits.value("MaxWaitTimeInSeconds", 0) < limits.value("MaxRuntimeInSeconds", 86400)) {
      throw validation_error(
          "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
          "MaxRuntimeInSeconds");
    }
  }
}

void add_transition(Json& document,
                    const std::string& status,
                    const std::string& message,
                    std::int64_t now_ms) {
  Json& transitions = document["SecondaryStatusTransitions"];
  if (!transitions.is_array()) transitions = Json::array();
  if (!transitions.empty()) {
    if (text_of(transitions.back(), "Status") == status) return;
    transitions.back()["EndTime"] = now_ms;
  }
  transitions.push_back({{"Status", status}, {"StartTime", now_ms}, {"StatusMessage", message}});
}

}  // namespace

std::string TrainingJobs::folder_of(const std::string& name) const {
  return context_.folder + "/training/" + name;
}

Json TrainingJobs::create(const Json& request, const std::string& owner) {
  check_supported(request);
  const std::string name = text_of(request, "TrainingJobName");
  const std::string arn = sagemaker_arn(context_, "training-job", name);
  const std::int64_t now = context_.now().ms;
  Json document = {{"TrainingJobName", name},
                   {"TrainingJobArn", arn},
                   {"ModelArtifacts", Json::object()},
                   {"TrainingJobStatus", "InProgress"},
                   {"SecondaryStatus", "Starting"}};
  copy_members(request, document, kEchoed);
  if (!document.contains("StoppingCondition"))
    document["StoppingCondition"] = {{"MaxRuntimeInSeconds", 86400}};
  document["CreationTime"] = now;
  document["LastModifiedTime"] = now;
  add_transition(document, "Starting", "Starting the training job", now);
  document["EnableNetworkIsolation"] = request.value("EnableNetworkIsolation", false);
  document["EnableInterContainerTrafficEncryption"] =
      request.value("EnableInterContainerTrafficEncryption", false);
  document["EnableManagedSpotTraining"] = request.value("EnableManagedSpotTraining", false);
  document["_Tags"] = request.value("Tags", Json::array());
  document["_Request"] = request;

  if (!owner.empty()) {
    if (const auto mine = context_.records.find_by_owner(kKind, owner)) {
      return {{"TrainingJobArn", text_of(mine->document, "TrainingJobArn")}};
    }
  }
  if (!context_.records.insert({kKind, name, document, owner, {now}, {now}, 1})) {
    throw service_error("ResourceInUse",
                        "Training job names must be unique within an AWS account and region, and a "
                        "training job with "
                        "this name already exists (" +
                            arn + ")");
  }
  context_.executor.post([this, name] { advance(name); });
  return {{"TrainingJobArn", arn}};
}

Json TrainingJobs::describe(const std::string& name) {
  const std::optional<Record> record = context_.records.find(kKind, name);
  if (!record) throw validation_error("Requested resource not found.");
  return public_part(record->document);
}

void TrainingJobs::stop(const std::string& name) {
  const Json before = describe(name);
  if (job_has_ended(before)) {
    throw validation_error("The request was rejected because the training job is in status " +
                           text_of(before, "TrainingJobStatus") + ".");
  }
  const std::int64_t now = context_.now().ms;
  modify(context_.records, kKind, name, {now}, [&](Json& document) {
    if (job_has_ended(document)) return false;
    document["TrainingJobStatus"] = "Stopping";
    document["SecondaryStatus"] = "Stopping";
    document["_StopRequested"] = true;
    document["LastModifiedTime"] = now;
    add_transition(document, "Stopping", "Stopping the training job", now);
    return true;
  });
  context_.jobs.stop(job_id(name));
}

void TrainingJobs::watch(const std::string& name, std::function<void(const Json&)> ended) {
  completions_.add(name, std::move(ended));
  const std::optional<Record> record = context_.records.find(kKind, name);
  if (!record) throw validation_error("Requested resource not found.");
  if (job_has_ended(record->document)) completions_.complete(name, public_part(record->document));
}

void TrainingJobs::recover() {
  Records::Query query{kKind, "", false, std::nullopt, 500};
  for (;;) {
    const std::vector<Record> page = context_.records.list(query);
    for (const Record& record : page) {
      if (!job_has_ended(record.document)) {
        context_.executor.post([this, name = record.name] { advance(name); });
      }
    }
    if (page.size() < query.limit) return;
    query.after = page.back().name;
  }
}

void TrainingJobs::advance(const std::string& name) {
  try {
    if (!context_.jobs.exists(job_id(name))) {
      const std::optional<Record> record = context_.records.find(kKind, name);
      if (!record) return;
      if (record->document.value("_StopRequested", false)) {
        finish(name, [](Json& document) {
          document["TrainingJobStatus"] = "Stopped";
          document["SecondaryStatus"] = "Stopped";
        });
        return;
      }
      download(name);
    }
    train(name);
  } catch (const StoreUnavailable& error) {
    wait_for_disk(name, error.what());
  } catch (const std::exception& error) {
    fail(name, error.what());
  }
}

void TrainingJobs::wait_for_disk(const std::string& name, const std::string& why) {
  spdlog::warn("training job {} waits for the disk: {}", name, why);
  context_.executor.post_after(std::chrono::seconds(1), [this, name] { advance(name); });
}

void TrainingJobs::enter_stage(const std::string& name,
                               const std::string& status,
                               const std::string& message) {
  const std::int64_t now = context_.now().ms;
  modify(context_.records, kKind, name, {now}, [&](Json& document) {
    document["LastModifiedTime"] = now;
    if (text_of(document, "TrainingJobStatus") == "InProgress")
      document["SecondaryStatus"] = status;
    if (status == "Training" && !document.contains("TrainingStartTime"))
      document["TrainingStartTime"] = now;
    add_transition(document, status, message, now);
    return true;
  });
}

void TrainingJobs::download(const std::string& name) {
  enter_stage(name, "Downloading", "Downloading input data");
  const Record record = context_.records.find(kKind, name).value();
  fs::remove_all(folder_of(name));
  std::vector<LineageRecorder::Channel> channels;
  for (const Json& channel : record.document.value("InputDataConfig", Json::array())) {
    LineageRecorder::Channel& taken =
        channels.emplace_back(LineageRecorder::Channel{text_of(channel, "ChannelName"), {}});
    materialise_channel(context_.objects,
                        channel,
                        folder_of(name) + "/channels/" + taken.name,
                        [&taken](const std::string& bucket, const ObjectInfo& info) {
                          taken.objects.push_back({bucket, info});
                        });
  }
  if (context_.lineage != nullptr) {
    context_.lineage->job_took(job_node(job_id(name), record.owner), channels);
  }
}

TrainingContract TrainingJobs::contract_of(const Record& record) const {
  const Json& request = record.document.at("_Request");
  TrainingContract contract;
  contract.request = request;
  contract.id = job_id(record.name);
  contract.arn = text_of(record.document, "TrainingJobArn");
  contract.folder = folder_of(record.name) + "/ml";
  contract.runtime =
      context_.catalogue.find(text_of(request.at("AlgorithmSpecification"), "TrainingImage"));
  contract.around = context_.surroundings();
  for (const Json& channel : request.value("InputDataConfig", Json::array())) {
    const std::string name = text_of(channel, "ChannelName");
    contract.channels.push_back({name, {folder_of(record.name) + "/channels/" + name}});
  }
  return contract;
}

void TrainingJobs::train(const std::string& name) {
  const Record record = context_.records.find(kKind, name).value();
  const std::vector<JobSpec> specs = prepare_training(contract_of(record));
  enter_stage(name, "Training", "Training image download completed. Training in progress.");
  context_.jobs.start_or_attach(specs.front(), [this, name](const JobEnd& end) {
    context_.executor.post([this, name, end] { upload(name, end); });
  });
  // A stop that came while the job was being started finds it only now.
  if (context_.records.find(kKind, name)->document.value("_StopRequested", false)) {
    context_.jobs.stop(job_id(name));
  }
}

void TrainingJobs::upload(const std::string& name, const JobEnd& end) {
  const Record record = context_.records.find(kKind, name).value();
  if (job_has_ended(record.document)) return;
  const bool stopped = end.how == JobEnd::How::kStopped || end.how == JobEnd::How::kTimedOut;
  const bool failed = !stopped && (end.how != JobEnd::How::kExited || end.code != 0);
  std::string reason;
  Stored stored;
  enter_stage(name, "Uploading", "Uploading generated training model");
  try {
    const TrainingContract contract = contract_of(record);
    if (failed)
      reason = training_failure_reason(contract, training_hosts(contract.request).front(), end);
    stored = store_artifacts(contract, name, !failed);
    if (context_.lineage != nullptr) {
      context_.lineage->job_made(job_node(job_id(name), record.owner), stored.objects);
    }
  } catch (const StoreUnavailable& error) {
    return wait_for_disk(name, error.what());
  } catch (const std::exception& error) {
    fail(name, "ClientError: Artifact upload failed: " + std::string(error.what()));
    return;
  }
  Json metrics = Json::array();
  for (const MetricPoint& point : final_metrics(context_.jobs.metrics(job_id(name)))) {
    metrics.push_back(
        {{"MetricName", point.name}, {"Value", point.value}, {"Timestamp", point.at_ms}});
  }
  finish(name, [&](Json& document) {
    document["TrainingJobStatus"] = failed ? "Failed" : stopped ? "Stopped" : "Completed";
    document["SecondaryStatus"] = end.how == JobEnd::How::kTimedOut
                                      ? "MaxRuntimeExceeded"
                                      : text_of(document, "TrainingJobStatus");
    if (failed) document["FailureReason"] = reason;
    if (!stored.model_uri.empty())
      document["ModelArtifacts"] = {{"S3ModelArtifacts", stored.model_uri}};
    if (!metrics.empty()) document["FinalMetricDataList"] = metrics;
    const std::int64_t seconds =
        std::max<std::int64_t>(1, (end.ended_at_ms - end.started_at_ms + 999) / 1000);
    document["TrainingTimeInSeconds"] = seconds;
    document["BillableTimeInSeconds"] = seconds;
  });
  std::error_code ignored;
  fs::remove_all(folder_of(name), ignored);
}

// [aws] S3OutputPath/JOB/output/model.tar.gz, and output.tar.gz beside it when /opt/ml/output/data
// holds anything; a failed job leaves no model.
TrainingJobs::Stored TrainingJobs::store_artifacts(const TrainingContract& contract,
                                                   const std::string& name,
                                                   bool with_model) {
  const std::optional<S3Uri> output =
      parse_s3_uri(text_of(contract.request.at("OutputDataConfig"), "S3OutputPath"));
  if (!output) throw std::runtime_error("S3OutputPath is no s3:// URI");
  std::string prefix = output->key;
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  prefix += name + "/output/";
  Stored stored;
  const fs::path data =
      fs::path(training_folder(contract, training_hosts(contract.request).front())) / "output/data";
  if (fs::exists(data) && !fs::is_empty(data)) {
    const std::string archive = folder_of(name) + "/output.tar.gz";
    package_output(contract, archive);
    context_.objects.put_file(output->bucket, prefix + "output.tar.gz", archive, {});
    stored.objects.push_back({"output", output->bucket, prefix + "output.tar.gz"});
  }
  if (!with_model) return stored;
  const std::string archive = folder_of(name) + "/model.tar.gz";
  package_model(contract, archive);
  context_.objects.put_file(output->bucket, prefix + "model.tar.gz", archive, {});
  stored.objects.push_back({"model", output->bucket, prefix + "model.tar.gz"});
  stored.model_uri = "s3://" + output->bucket + "/" + prefix + "model.tar.gz";
  return stored;
}

void TrainingJobs::fail(const std::string& name, const std::string& reason) {
  spdlog::warn("training job {} failed: {}", name, reason);
  finish(name, [&](Json& document) {
    document["TrainingJobStatus"] = "Failed";
    document["SecondaryStatus"] = "Failed";
    document["FailureReason"] = reason;
  });
}

void TrainingJobs::finish(const std::string& name, const std::function<void(Json&)>& change) {
  const std::int64_t now = context_.now().ms;
  std::optional<Record> record;
  try {
    record = modify(context_.records, kKind, name, {now}, [&](Json& document) {
      if (job_has_ended(document)) return false;
      change(document);
      document["LastModifiedTime"] = now;
      document["TrainingEndTime"] = now;
      const std::string status = text_of(document, "SecondaryStatus");
      add_transition(document,
                     status,
                     status == "Completed" ? "Training job completed"
                                           : text_of(document, "FailureReason", status),
                     now);
      document["SecondaryStatusTransitions"].back()["EndTime"] = now;
      return true;
    });
  } catch (const StoreUnavailable& error) {
    return wait_for_disk(name, error.what());
  }
  if (record) completions_.complete(name, public_part(record->document));
}

}  // namespace pawl::engine
