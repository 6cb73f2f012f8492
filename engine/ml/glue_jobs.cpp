#include "engine/ml/glue_jobs.h"

#include <openssl/rand.h>
#include <spdlog/spdlog.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/ml/channels.h"
#include "engine/ml/documents.h"
#include "engine/ml/errors.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr const char* kJob = "glue-job";
constexpr const char* kRun = "glue-job-run";
constexpr std::int64_t kTimeoutMinutes = 2880;  // [aws] "The default is 2,880 minutes (48 hours)"

const std::vector<std::string_view> kJobMembers = {"Name",
                                                   "JobMode",
                                                   "Description",
                                                   "LogUri",
                                                   "Role",
                                                   "ExecutionProperty",
                                                   "Command",
                                                   "DefaultArguments",
                                                   "NonOverridableArguments",
                                                   "Connections",
                                                   "MaxRetries",
                                                   "AllocatedCapacity",
                                                   "Timeout",
                                                   "MaxCapacity",
                                                   "WorkerType",
                                                   "NumberOfWorkers",
                                                   "SecurityConfiguration",
                                                   "NotificationProperty",
                                                   "GlueVersion",
                                                   "ExecutionClass"};

bool run_has_ended(const Json& run) {
  const std::string state = text_of(run, "JobRunState");
  return state == "SUCCEEDED" || state == "FAILED" || state == "STOPPED" || state == "TIMEOUT" ||
         state == "ERROR";
}

ServiceError not_found(const std::string& what, const std::string& name) {
  return service_error("EntityNotFoundException", what + " with name: " + name + " not found.");
}

// [aws] "jr_" and 64 hexadecimal digits.
std::string new_run_id() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random bytes");
  std::string id = "jr_";
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const unsigned char byte : bytes) {
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 0x0FU];
  }
  return id;
}

// [aws] "arguments given here replace the default arguments set in the job definition itself";
// non-overridable ones win.
Json merged_arguments(const Json& job, const Json& run) {
  Json merged = Json::object();
  for (const Json& source : {job.value("DefaultArguments", Json::object()),
                             run.value("Arguments", Json::object()),
                             job.value("NonOverridableArguments", Json::object())}) {
    for (const auto& [key, value] : source.items()) merged[key] = value;
  }
  return merged;
}

// [aws] --extra-py-files: "a comma-separated list of Amazon S3 paths to additional Python modules".
std::vector<std::string> extra_files(const Json& arguments) {
  std::vector<std::string> files;
  std::istringstream list(text_of(arguments, "--extra-py-files"));
  for (std::string file; std::getline(list, file, ',');) {
    if (!file.empty()) files.push_back(file);
  }
  return files;
}

// What a script said last on its standard error, which is what Glue reports: "ValueError: no such
// column".
std::string last_error_line(const std::string& log_file) {
  std::ifstream log(log_file);
  std::string last;
  for (std::string line; std::getline(log, line);) {
    // "2024-05-01T12:00:00.123Z err text"
    const std::size_t stream = line.find(' ');
    if (stream == std::string::npos || line.compare(stream + 1, 4, "err ") != 0) continue;
    const std::string text = line.substr(stream + 5);
    if (!text.empty() && text.front() != ' ') last = text;
  }
  return last;
}

std::string failure_of(const std::string& log_file, const JobEnd& end) {
  if (end.how == JobEnd::How::kLost)
    return "Internal service error : the run's supervisor was lost";
  const std::string said = last_error_line(log_file);
  if (!said.empty()) return said;
  return (end.how == JobEnd::How::kSignalled ? "Command failed with signal "
                                             : "Command failed with exit code ") +
         std::to_string(end.code);
}

}  // namespace

std::string GlueJobs::folder_of(const std::string& run) const {
  return context_.folder + "/glue/" + run;
}

Json GlueJobs::create_job(const Json& request) {
  const std::string name = text_of(request, "Name");
  const std::string kind = text_of(request.at("Command"), "Name");
  if (kind != "glueetl" && kind != "pythonshell") {
    throw service_error("InvalidInputException",
                        "Job command name '" + kind +
                            "' is not supported by this server: use glueetl or pythonshell.");
  }
  Json document = Json::object();
  copy_members(request, document, kJobMembers);
  const std::int64_t now = context_.now().ms;
  document["CreatedOn"] = now;
  document["LastModifiedOn"] = now;
  if (!document.contains("ExecutionProperty"))
    document["ExecutionProperty"] = {{"MaxConcurrentRuns", 1}};
  if (!document.contains("MaxRetries")) document["MaxRetries"] = 0;
  if (!document.contains("Timeout")) document["Timeout"] = kTimeoutMinutes;
  document["_Tags"] = request.value("Tags", Json::object());
  if (!context_.records.insert({kJob, name, document, "", {now}, {now}, 1})) {
    throw service_error("AlreadyExistsException", "Job already exists.");
  }
  return {{"Name", name}};
}

Json GlueJobs::update_job(const Json& request) {
  const std::string name = text_of(request, "JobName");
  const std::int64_t now = context_.now().ms;
  const auto record = modify(context_.records, kJob, name, {now}, [&](Json& document) {
    // [aws] "Unspecified or null fields are reset to null."
    Json updated = {{"Name", name}};
    copy_members(request.at("JobUpdate"), updated, kJobMembers);
    updated["CreatedOn"] = document.at("CreatedOn");
    updated["LastModifiedOn"] = now;
    if (!updated.contains("ExecutionProperty"))
      updated["ExecutionProperty"] = {{"MaxConcurrentRuns", 1}};
    updated["_Tags"] = document.value("_Tags", Json::object());
    document = std::move(updated);
    return true;
  });
  if (!record) throw not_found("Job", name);
  return {{"JobName", name}};
}

Json GlueJobs::get_job(const std::string& name) {
  const auto record = context_.records.find(kJob, name);
  if (!record) throw not_found("Job", name);
  return {{"Job", public_part(record->document)}};
}

Json GlueJobs::delete_job(const std::string& name) {
  context_.records.remove(kJob, name);
  return {{"JobName", name}};
}

Json GlueJobs::new_run(const Json& job, const Json& request) const {
  Json run = {{"Id", new_run_id()}, {"Attempt", 0}, {"JobName", text_of(job, "Name")}};
  const std::int64_t now = context_.now().ms;
  run["StartedOn"] = now;
  run["LastModifiedOn"] = now;
  run["JobRunState"] = "STARTING";
  copy_members(request, run, {"Arguments"});
  run["PredecessorRuns"] = Json::array();
  run["ExecutionTime"] = 0;
  copy_members(job,
               run,
               {"AllocatedCapacity",
                "Timeout",
                "MaxCapacity",
                "WorkerType",
                "NumberOfWorkers",
                "SecurityConfiguration",
                "NotificationProperty",
                "GlueVersion",
                "ExecutionClass"});
  copy_members(request,
               run,
               {"AllocatedCapacity",
                "Timeout",
                "MaxCapacity",
                "WorkerType",
                "NumberOfWorkers",
                "SecurityConfiguration",
                "NotificationProperty",
                "ExecutionClass"});
  run["LogGroupName"] = "/aws-glue/python-jobs";
  run["_Job"] = job;
  return run;
}

void GlueJobs::check_concurrency(const Json& job) {
  const std::int64_t most = job.at("ExecutionProperty").value("MaxConcurrentRuns", 1);
  std::int64_t running = 0;
  Records::Query query{kRun, record_name(text_of(job, "Name"), ""), true, std::nullopt, 500};
  for (;;) {
    const std::vector<Record> page = context_.records.list(query);
    for (const Record& record : page) running += run_has_ended(record.document) ? 0 : 1;
    if (running >= most) {
      throw service_error("ConcurrentRunsExceededException",
                          "Concurrent runs exceeded for " + text_of(job, "Name"));
    }
    if (page.size() < query.limit) return;
    query.after = page.back().name;
  }
}

Json GlueJobs::start_run(const Json& request, const std::string& owner) {
  const std::lock_guard lock(start_mutex_);
  if (!owner.empty()) {
    if (const auto mine = context_.records.find_by_owner(kRun, owner)) {
      return {{"JobRunId", text_of(mine->document, "Id")}};
    }
  }
  const std::string job_name = text_of(request, "JobName");
  const auto job = context_.records.find(kJob, job_name);
  if (!job)
    throw service_error("EntityNotFoundException",
                        "Failed to start job run due to missing metadata");
  Json run = new_run(public_part(job->document), request);
  const std::string previous = text_of(request, "JobRunId");
  if (!previous.empty()) {
    const auto earlier = context_.records.find(kRun, record_name(job_name, previous));
    if (!earlier) throw not_found("Job Run", previous);
    run["PreviousRunId"] = previous;
    run["Attempt"] = earlier->document.value("Attempt", 0) + 1;
    if (!run.contains("Arguments")) copy_members(earlier->document, run, {"Arguments"});
  }
  check_concurrency(job->document);
  const std::string id = text_of(run, "Id");
  const asl::Timestamp now = context_.now();
  context_.records.insert({kRun, record_name(job_name, id), run, owner, now, now, 1});
  context_.executor.post([this, name = record_name(job_name, id)] { advance(name); });
  return {{"JobRunId", id}};
}

Json GlueJobs::get_run(const std::string& job, const std::string& run) {
  const auto record = context_.records.find(kRun, record_name(job, run));
  if (!record) throw not_found("Job Run", run);
  return public_part(record->document);
}

Json GlueJobs::stop_runs(const Json& request) {
  const std::string job = text_of(request, "JobName");
  Json done = Json::array();
  Json errors = Json::array();
  const std::int64_t now = context_.now().ms;
  for (const Json& id : request.at("JobRunIds")) {
    const std::string run = id.get<std::string>();
    bool stopping = false;
    const auto record =
        modify(context_.records, kRun, record_name(job, run), {now}, [&](Json& document) {
          stopping = !run_has_ended(document);
          if (!stopping) return false;
          document["JobRunState"] = "STOPPING";
          document["LastModifiedOn"] = now;
          return true;
        });
    if (record && stopping) {
      context_.jobs.stop(job_id(run));
      done.push_back({{"JobName", job}, {"JobRunId", run}});
    } else {
      Json detail = record ? Json{{"ErrorCode", "InvalidInputException"},
                                  {"ErrorMessage", "Job Run is not in a state that can be stopped"}}
                           : Json{{"ErrorCode", "EntityNotFoundException"},
                                  {"ErrorMessage", "Job Run with name: " + run + " not found."}};
      errors.push_back({{"JobName", job}, {"JobRunId", run}, {"ErrorDetail", std::move(detail)}});
    }
  }
  return {{"SuccessfulSubmissions", done}, {"Errors", errors}};
}

void GlueJobs::watch(const std::string& job,
                     const std::string& run,
                     std::function<void(const Json&)> ended) {
  const std::string name = record_name(job, run);
  completions_.add(name, std::move(ended));
  const Json document = get_run(job, run);
  if (run_has_ended(document)) completions_.complete(name, document);
}

void GlueJobs::recover() {
  Records::Query query{kRun, "", false, std::nullopt, 500};
  for (;;) {
    const std::vector<Record> page = context_.records.list(query);
    for (const Record& record : page) {
      if (!run_has_ended(record.document)) {
        context_.executor.post([this, name = record.name] { advance(name); });
      }
    }
    if (page.size() < query.limit) return;
    query.after = page.back().name;
  }
}

LineageRecorder::Taken GlueJobs::fetch(const std::string& location, const std::string& file) {
  const std::optional<S3Uri> uri = parse_s3_uri(location);
  if (!uri || !context_.objects.head(uri->bucket, uri->key)) {
    throw std::runtime_error(location + " does not exist or cannot be read.");
  }
  fs::create_directories(fs::path(file).parent_path());
  const ObjectFile object = context_.objects.open(uri->bucket, uri->key);
  clone_file(object.path, file);
  return {uri->bucket, object.info};
}

// Of lineage these files are all that is known: what else the script reads and writes is its own
// affair.
void GlueJobs::prepare(const Record& record, const std::string& folder) {
  const Json& run = record.document;
  fs::remove_all(folder);
  LineageRecorder::Channel script{"script", {}};
  script.objects.push_back(
      fetch(text_of(run.at("_Job").at("Command"), "ScriptLocation"), folder + "/run/script.py"));
  LineageRecorder::Channel extra{"extra-py-files", {}};
  for (const std::string& location : extra_files(merged_arguments(run.at("_Job"), run))) {
    extra.objects.push_back(
        fetch(location, folder + "/extra/" + fs::path(location).filename().string()));
  }
  if (context_.lineage == nullptr) return;
  context_.lineage->job_took(job_node(job_id(text_of(run, "Id")), record.owner), {script, extra});
}

GlueContract GlueJobs::contract_of(const Json& run) const {
  const std::string id = text_of(run, "Id");
  const Json arguments = merged_arguments(run.at("_Job"), run);
  GlueContract contract;
  contract.id = job_id(id);
  contract.job_name = text_of(run, "JobName");
  contract.run_id = id;
  // What the run sees as its folder. It was called "work" before: such runs keep theirs.
  const std::string earlier = folder_of(id) + "/work";
  contract.folder = fs::exists(earlier) ? earlier : folder_of(id) + "/run";
  contract.script = contract.folder + "/script.py";
  for (const auto& [key, value] : arguments.items())
    contract.arguments.emplace_back(key, value.get<std::string>());
  for (const std::string& location : extra_files(arguments)) {
    contract.python_paths.push_back(folder_of(id) + "/extra/" +
                                    fs::path(location).filename().string());
  }
  contract.python = context_.python;
  contract.around = context_.surroundings();
  contract.timeout = std::chrono::minutes(run.value("Timeout", kTimeoutMinutes));
  return contract;
}

void GlueJobs::advance(const std::string& name) {
  try {
    const auto record = context_.records.find(kRun, name);
    if (!record || run_has_ended(record->document)) return;
    const Json& run = record->document;
    const std::string id = text_of(run, "Id");
    if (!context_.jobs.exists(job_id(id))) {
      if (text_of(run, "JobRunState") == "STOPPING") return finish(name, "STOPPED", "", 0);
      prepare(*record, folder_of(id));
    }
    const JobSpec spec = prepare_glue(contract_of(run));
    modify(context_.records, kRun, name, context_.now(), [&](Json& document) {
      if (text_of(document, "JobRunState") != "STARTING") return false;
      document["JobRunState"] = "RUNNING";
      document["LastModifiedOn"] = context_.now().ms;
      return true;
    });
    context_.jobs.start_or_attach(spec, [this, name](const JobEnd& end) {
      context_.executor.post([this, name, end] { run_ended(name, end); });
    });
    if (text_of(context_.records.find(kRun, name)->document, "JobRunState") == "STOPPING") {
      context_.jobs.stop(job_id(id));
    }
  } catch (const StoreUnavailable& error) {
    spdlog::warn("glue run {} waits for the disk: {}", name, error.what());
    context_.executor.post_after(std::chrono::seconds(1), [this, name] { advance(name); });
  } catch (const std::exception& error) {
    finish(name, "FAILED", error.what(), 0);
  }
}

void GlueJobs::run_ended(const std::string& name, const JobEnd& end) {
  const auto record = context_.records.find(kRun, name);
  if (!record || run_has_ended(record->document)) return;
  const std::int64_t seconds =
      std::max<std::int64_t>(1, (end.ended_at_ms - end.started_at_ms + 999) / 1000);
  const std::string id = text_of(record->document, "Id");
  switch (end.how) {
    case JobEnd::How::kTimedOut:
      return finish(name, "TIMEOUT", "Timeout", seconds);
    case JobEnd::How::kStopped:
      return finish(name, "STOPPED", "", seconds);
    case JobEnd::How::kExited:
      if (end.code == 0) return finish(name, "SUCCEEDED", "", seconds);
      break;
    case JobEnd::How::kSignalled:
    case JobEnd::How::kLost:
      break;
  }
  finish(name, "FAILED", failure_of(context_.jobs.log_file(job_id(id)), end), seconds);
}

void GlueJobs::finish(const std::string& name,
                      const std::string& state,
                      const std::string& error,
                      std::int64_t seconds) {
  const std::int64_t now = context_.now().ms;
  try {
    const auto record = modify(context_.records, kRun, name, {now}, [&](Json& document) {
      if (run_has_ended(document)) return false;
      document["JobRunState"] = state;
      document["LastModifiedOn"] = now;
      document["CompletedOn"] = now;
      document["ExecutionTime"] = seconds;
      if (!error.empty()) document["ErrorMessage"] = error;
      return true;
    });
    if (!record) return;
    if (state == "FAILED") retry(record->document);
    completions_.complete(name, public_part(record->document));
    std::error_code ignored;
    fs::remove_all(folder_of(text_of(record->document, "Id")), ignored);
  } catch (const StoreUnavailable& problem) {
    spdlog::warn("glue run {} waits for the disk: {}", name, problem.what());
    context_.executor.post_after(std::chrono::seconds(1), [this, name] { advance(name); });
  }
}

// [aws] MaxRetries: "The maximum number of times to retry this job after a JobRun fails"; each try
// is a run of its own.
void GlueJobs::retry(const Json& run) {
  const Json& job = run.at("_Job");
  if (run.value("Attempt", 0) >= job.value("MaxRetries", 0)) return;
  Json again = new_run(job, run);
  again["Id"] = text_of(run, "Id") + "_attempt_" + std::to_string(run.value("Attempt", 0) + 1);
  again["Attempt"] = run.value("Attempt", 0) + 1;
  again["PreviousRunId"] = text_of(run, "Id");
  const std::string name = record_name(text_of(run, "JobName"), text_of(again, "Id"));
  const asl::Timestamp now = context_.now();
  if (context_.records.insert({kRun, name, again, "", now, now, 1})) {
    context_.executor.post([this, name] { advance(name); });
  }
}

}  // namespace pawl::engine
