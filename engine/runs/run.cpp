#include "engine/runs/run.h"

#include "engine/ml/documents.h"
#include "engine/store/run_metrics.h"

namespace pawl::engine {

using asl::Json;

namespace {

// Kept with a record: "execution ARN#run". Executions are found by it, as those of jobs are.
std::string owner_of(const Run& run) {
  return run.execution_arn.empty() ? "" : run.execution_arn + "#" + run.id.name;
}

std::string execution_of_owner(const std::string& owner) {
  return owner.starts_with("arn:") ? owner.substr(0, owner.rfind('#')) : "";
}

// [aws] Completed, Failed, Stopped; a job that has run for too long is Stopped too.
states::Status status_of_job(const Json& document) {
  const std::string status = text_of(document, "TrainingJobStatus");
  if (status == "Completed") return states::Status::kSucceeded;
  if (status == "Failed") return states::Status::kFailed;
  if (status != "Stopped") return states::Status::kRunning;
  return text_of(document, "SecondaryStatus") == "MaxRuntimeExceeded" ? states::Status::kTimedOut
                                                                      : states::Status::kAborted;
}

std::optional<asl::Timestamp> time_of_member(const Json& document, const char* member) {
  const auto found = document.find(member);
  if (found == document.end() || !found->is_number_integer()) return std::nullopt;
  return asl::Timestamp{found->get<std::int64_t>()};
}

}  // namespace

const char* to_string(RunKind kind) { return kind == RunKind::kClient ? "client" : "training"; }

std::optional<RunKind> run_kind_of(std::string_view text) {
  for (const RunKind kind : {RunKind::kClient, RunKind::kTraining}) {
    if (text == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::optional<RunId> run_id_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto kind = run_kind_of(text.substr(0, slash));
  if (!kind) return std::nullopt;
  return RunId{*kind, text.substr(slash + 1)};
}

Record record_of(const Run& run, asl::Timestamp now) {
  Json document = {{"status", std::string(states::to_string(run.status))}, {"params", run.params}};
  if (!run.name.empty()) document["name"] = run.name;
  if (!run.experiment.empty()) document["experiment"] = run.experiment;
  if (!run.execution_arn.empty()) document["executionArn"] = run.execution_arn;
  if (run.ended_at) document["endedAt"] = run.ended_at->ms;
  document["labels"] = Json::object();
  for (const auto& [name, value] : run.labels) document["labels"][name] = value;
  document["goals"] = Json::object();
  for (const auto& [key, goal] : run.goals) document["goals"][key] = to_string(goal);
  return {kRunRecords, run.id.name, document, owner_of(run), run.started_at, now, run.version};
}

Run client_run_of(const Record& record) {
  const Json& document = record.document;
  Run run;
  run.id = {RunKind::kClient, record.name};
  run.name = text_of(document, "name");
  run.status = states::status_of(text_of(document, "status")).value_or(run.status);
  run.experiment = text_of(document, "experiment");
  run.params = document.value("params", Json::object());
  const Json labels = document.value("labels", Json::object());
  for (const auto& [name, value] : labels.items()) {
    run.labels[name] = value.get<std::string>();
  }
  const Json goals = document.value("goals", Json::object());
  for (const auto& [key, goal] : goals.items()) {
    if (const auto known = goal_of(goal.get<std::string>())) run.goals[key] = *known;
  }
  run.execution_arn = text_of(document, "executionArn");
  run.started_at = record.created_at;
  run.ended_at = time_of_member(document, "endedAt");
  run.version = record.version;
  return run;
}

Run training_run_of(const Record& record) {
  const Json& document = record.document;
  Run run;
  run.id = {RunKind::kTraining, record.name};
  run.name = record.name;
  run.status = status_of_job(document);
  run.experiment = text_of(document.value("ExperimentConfig", Json::object()), "ExperimentName");
  run.params = document.value("HyperParameters", Json::object());
  for (const Json& tag : document.value("_Tags", Json::array())) {
    run.labels[text_of(tag, "Key")] = text_of(tag, "Value");
  }
  run.execution_arn = execution_of_owner(record.owner);
  run.started_at = record.created_at;
  run.ended_at = time_of_member(document, "TrainingEndTime");
  run.version = record.version;
  run.model_artifact =
      text_of(document.value("ModelArtifacts", Json::object()), "S3ModelArtifacts");
  run.reason = text_of(document, "FailureReason");
  return run;
}

}  // namespace pawl::engine
