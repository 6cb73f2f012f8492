#include "engine/jobs/contract_training.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/files/files.h"
#include "engine/jobs/archive.h"
#include "engine/jobs/runtime_files.h"

namespace pawl::engine {
namespace {

using asl::Json;
using Driver = ImageRuntime::Driver;

constexpr const char* kRoot = "/opt/ml";
constexpr std::int64_t kDefaultRuntimeMaxSeconds =
    86'400;  // [aws] StoppingCondition: "default 1 day"
constexpr std::size_t kFailureCharactersMax = 1024;

// The metrics whose definitions come with the XGBoost algorithm, each for train and validation.
constexpr std::array kXgboostMetrics{"accuracy",
                                     "auc",
                                     "aucpr",
                                     "balanced_accuracy",
                                     "error",
                                     "f1",
                                     "logloss",
                                     "mae",
                                     "map",
                                     "merror",
                                     "mlogloss",
                                     "mse",
                                     "ndcg",
                                     "precision",
                                     "r2",
                                     "recall",
                                     "rmse"};

const Json& member(const Json& object, const char* name) {
  static const Json kNone = Json::object();
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? kNone : *found;
}

std::string as_string(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void write_json(const std::string& path, const Json& document) {
  replace_file(path, document.dump(-1, ' ', false, Json::error_handler_t::replace));
}

bool has_program(const TrainingContract& contract) {
  return member(contract.request, "HyperParameters").contains("sagemaker_program") ||
         member(contract.request, "Environment").contains("SAGEMAKER_PROGRAM");
}

bool is_xgboost_algorithm(const TrainingContract& contract) {
  return contract.runtime.driver == Driver::kXgboost && !has_program(contract);
}

Json hyperparameters(const TrainingContract& contract) {
  Json result = Json::object();
  for (const auto& [name, value] : member(contract.request, "HyperParameters").items())
    result[name] = as_string(value);
  return result;
}

Json resource_config(const TrainingContract& contract, const std::string& host) {
  const Json& resources = member(contract.request, "ResourceConfig");
  const auto hosts = training_hosts(contract.request);
  const std::string type = resources.value("InstanceType", std::string("ml.m5.large"));
  const std::string group = "homogeneousCluster";
  return {{"current_host", host},
          {"current_instance_type", type},
          {"current_group_name", group},
          {"hosts", hosts},
          {"instance_groups",
           Json::array(
               {Json{{"instance_group_name", group}, {"instance_type", type}, {"hosts", hosts}}})},
          {"network_interface_name", hosts.size() > 1 ? "lo" : "eth0"}};
}

Json input_data_config(const TrainingContract& contract) {
  Json result = Json::object();
  const std::string mode = member(contract.request, "AlgorithmSpecification")
                               .value("TrainingInputMode", std::string("File"));
  for (const Json& channel : member(contract.request, "InputDataConfig")) {
    Json entry = Json::object();
    if (channel.contains("ContentType")) entry["ContentType"] = channel["ContentType"];
    entry["TrainingInputMode"] = channel.value("InputMode", mode);
    const Json& source = member(member(channel, "DataSource"), "S3DataSource");
    entry["S3DistributionType"] =
        source.value("S3DataDistributionType", std::string("FullyReplicated"));
    entry["RecordWrapperType"] = channel.value("RecordWrapperType", std::string("None"));
    result[channel.at("ChannelName").get<std::string>()] = std::move(entry);
  }
  return result;
}

std::string checkpoint_path(const TrainingContract& contract) {
  return member(contract.request, "CheckpointConfig")
      .value("LocalPath", std::string("/opt/ml/checkpoints"));
}

void write_files(const TrainingContract& contract, const std::string& host) {
  const std::string folder = training_folder(contract, host);
  for (const char* name : {"input/config",
                           "input/data",
                           "model",
                           "code",
                           "checkpoints",
                           "output/data",
                           "output/intermediate"})
    make_folders(folder + "/" + name);
  const std::string config = folder + "/input/config/";
  write_json(config + "hyperparameters.json", hyperparameters(contract));
  write_json(config + "resourceconfig.json", resource_config(contract, host));
  write_json(config + "inputdataconfig.json", input_data_config(contract));
  write_json(config + "checkpointconfig.json", {{"LocalPath", checkpoint_path(contract)}});
}

std::vector<std::string> command_for(const TrainingContract& contract) {
  const auto& runtime = contract.runtime;
  std::vector<std::string> command;
  if (runtime.driver == Driver::kCommand) {
    command = runtime.train;
  } else {
    const char* program =
        is_xgboost_algorithm(contract) ? "/pawl_xgboost.py" : "/pawl_ml_runtime.py";
    command = {runtime.python, kRuntimeMount + std::string(program), "train"};
  }
  // [aws] ContainerEntrypoint replaces the image's command, ContainerArguments follow either.
  const Json& algorithm = member(contract.request, "AlgorithmSpecification");
  if (algorithm.contains("ContainerEntrypoint"))
    command = algorithm["ContainerEntrypoint"].get<std::vector<std::string>>();
  for (const Json& argument : member(algorithm, "ContainerArguments"))
    command.push_back(argument.get<std::string>());
  if (command.empty())
    throw NoImageRuntime("ClientError: no local runtime for image " +
                         algorithm.value("TrainingImage", std::string()) +
                         ": its catalogue row has no \"train\" command");
  return command;
}

std::map<std::string, std::string> environment_for(const TrainingContract& contract) {
  std::map<std::string, std::string> own{
      {"TRAINING_JOB_NAME", contract.request.value("TrainingJobName", std::string())},
      {"TRAINING_JOB_ARN", contract.arn},
      {"SM_INPUT_TRAINING_CONFIG_FILE", "/opt/ml/input/config/hyperparameters.json"},
      {"SM_INPUT_DATA_CONFIG_FILE", "/opt/ml/input/config/inputdataconfig.json"},
      {"SM_CHECKPOINT_CONFIG_FILE", "/opt/ml/input/config/checkpointconfig.json"},
  };
  for (const auto& [name, value] : member(contract.request, "Environment").items())
    own[name] = as_string(value);
  return job_environment(contract.around, own);
}

std::vector<JobSpec::Metric> metrics_for(const TrainingContract& contract) {
  std::vector<JobSpec::Metric> metrics;
  if (is_xgboost_algorithm(contract)) {
    // [seen] The form of the algorithm's own definitions.
    for (const char* set : {"train", "validation"})
      for (const char* metric : kXgboostMetrics)
        metrics.push_back({set + std::string(":") + metric,
                           ".*\\[[0-9]+\\].*#011" + std::string(set) + "-" + metric +
                               ":([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*"});
  }
  for (const Json& definition :
       member(member(contract.request, "AlgorithmSpecification"), "MetricDefinitions")) {
    const std::string name = definition.at("Name");
    std::erase_if(metrics, [&](const auto& metric) { return metric.name == name; });
    metrics.push_back({name, definition.at("Regex").get<std::string>()});
  }
  return metrics;
}

std::vector<JobSpec::Mount> mounts_for(const TrainingContract& contract,
                                       const std::string& host,
                                       std::size_t index) {
  const std::string folder = training_folder(contract, host);
  std::vector<JobSpec::Mount> mounts{{folder, kRoot, false},
                                     {contract.around.runtime_folder, kRuntimeMount, true}};
  for (const auto& channel : contract.channels) {
    const std::string& from =
        channel.folders.size() == 1 ? channel.folders.front() : channel.folders.at(index);
    mounts.push_back({from, "/opt/ml/input/data/" + channel.name, channel.read_only});
  }
  const std::string checkpoints = checkpoint_path(contract);
  if (!checkpoints.starts_with("/opt/ml/"))
    mounts.push_back({folder + "/checkpoints", checkpoints, false});
  if (checkpoints.starts_with("/opt/ml/"))
    make_folders(folder + checkpoints.substr(std::string(kRoot).size()));
  return mounts;
}

// Several hosts on one machine: each has an address of its own in 127.0.1.0/24.
std::string hosts_file(const std::vector<std::string>& hosts) {
  std::string text = "127.0.0.1 localhost\n";
  for (std::size_t index = 0; index < hosts.size(); ++index)
    text += "127.0.1." + std::to_string(index + 1) + " " + hosts[index] + "\n";
  return text;
}

// The first `count` characters of UTF-8 text.
std::string first_characters(const std::string& text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U;
    if (begins && count-- == 0) break;
  }
  return text.substr(0, at);
}

std::vector<std::string> folders_of_hosts(const TrainingContract& contract,
                                          const std::string& name) {
  std::vector<std::string> folders;
  for (const std::string& host : training_hosts(contract.request))
    folders.push_back(training_folder(contract, host) + "/" + name);
  return folders;
}

}  // namespace

std::vector<std::string> training_hosts(const Json& request) {
  const Json& resources = member(request, "ResourceConfig");
  std::int64_t count = resources.value("InstanceCount", std::int64_t{1});
  if (resources.contains("InstanceGroups")) {
    count = 0;
    for (const Json& group : resources["InstanceGroups"])
      count += group.value("InstanceCount", std::int64_t{1});
  }
  std::vector<std::string> hosts;
  for (std::int64_t number = 1; number <= std::max<std::int64_t>(count, 1); ++number)
    hosts.push_back("algo-" + std::to_string(number));
  std::sort(hosts.begin(), hosts.end());
  return hosts;
}

std::string training_folder(const TrainingContract& contract, const std::string& host) {
  return training_hosts(contract.request).size() == 1 ? contract.folder
                                                      : contract.folder + "/" + host;
}

std::vector<JobSpec> prepare_training(const TrainingContract& contract) {
  const auto hosts = training_hosts(contract.request);
  const std::int64_t seconds_max = member(contract.request, "StoppingCondition")
                                       .value("MaxRuntimeInSeconds", kDefaultRuntimeMaxSeconds);
  std::vector<JobSpec> specs;
  for (std::size_t index = 0; index < hosts.size(); ++index) {
    JobSpec spec;
    spec.id = hosts.size() == 1 ? contract.id : contract.id + "/" + hosts[index];
    spec.argv = command_for(contract);
    write_files(contract, hosts[index]);
    spec.environment = environment_for(contract);
    spec.working_folder = kRoot;
    spec.mounts = mounts_for(contract, hosts[index], index);
    if (hosts.size() > 1) {
      const std::string file = training_folder(contract, hosts[index]) + "/input/config/hosts";
      replace_file(file, hosts_file(hosts));
      spec.mounts.push_back({file, "/etc/hosts", true});
    }
    // Several hosts need their names, which only the sandbox can give them.
    spec.relocatable = contract.runtime.driver != Driver::kCommand && hosts.size() == 1;
    spec.timeout = std::chrono::seconds(seconds_max);
    spec.metrics = metrics_for(contract);
    specs.push_back(std::move(spec));
  }
  return specs;
}

void package_model(const TrainingContract& contract, const std::string& archive) {
  pack_folders(folders_of_hosts(contract, "model"), archive);
}

void package_output(const TrainingContract& contract, const std::string& archive) {
  pack_folders(folders_of_hosts(contract, "output/data"), archive);
}

std::string training_failure_reason(const TrainingContract& contract,
                                    const std::string& host,
                                    const JobEnd& end) {
  if (end.how == JobEnd::How::kLost)
    return "InternalServerError: We encountered an internal error. Please try again.";
  const std::string failure =
      read_file(training_folder(contract, host) + "/output/failure").value_or("");
  const int code = end.how == JobEnd::How::kSignalled ? 128 + end.code : end.code;
  return "AlgorithmError: " + first_characters(failure, kFailureCharactersMax) +
         ", exit code: " + std::to_string(code);
}

std::vector<MetricPoint> final_metrics(const std::vector<MetricPoint>& points) {
  std::vector<MetricPoint> last;
  for (const MetricPoint& point : points) {
    const auto known = std::find_if(
        last.begin(), last.end(), [&](const auto& other) { return other.name == point.name; });
    if (known == last.end()) {
      last.push_back(point);
    } else {
      *known = point;
    }
  }
  return last;
}

}  // namespace pawl::engine
