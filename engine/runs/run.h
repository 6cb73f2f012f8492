// A run: one go of training or measuring, with the parameters it was given and the values that it
// measured. Either a client says what it does, or it is a training job of the local runtime.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "asl/json.h"
#include "engine/runs/goal.h"
#include "engine/store/journal.h"
#include "engine/store/records.h"
#include "states/execution.h"

namespace pawl::engine {

enum class RunKind { kClient, kTraining };
const char* to_string(RunKind kind);  // "client", "training"
std::optional<RunKind> run_kind_of(std::string_view text);

struct RunId {
  RunKind kind = RunKind::kClient;
  std::string name;  // of a client's run made by the server; of a job its own

  std::string text() const { return std::string(to_string(kind)) + "/" + name; }
};
// "training/digits-1"; nothing: it is none.
std::optional<RunId> run_id_of(const std::string& text);

struct Run {
  RunId id;
  std::string name;  // for people; not unique
  states::Status status = states::Status::kRunning;
  std::string experiment;                  // empty: of none
  asl::Json params = asl::Json::object();  // texts, numbers and booleans by name
  Labels labels;
  std::map<std::string, Goal> goals;  // by key of a metric: those that were said
  std::string execution_arn;          // that it belongs to, or whose task asked for the job
  asl::Timestamp started_at{};
  std::optional<asl::Timestamp> ended_at = {};
  std::int64_t version = 1;  // counts the changes

  // Of a training job.
  std::string model_artifact = {};  // "s3://..."
  std::string reason = {};          // why it failed
};

// A client's run as a record of the kind kRunRecords, and back.
Record record_of(const Run& run, asl::Timestamp now);
Run client_run_of(const Record& record);

// A training job's record as a run. Started: when the job was asked for.
Run training_run_of(const Record& record);

}  // namespace pawl::engine
