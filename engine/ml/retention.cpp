#include "engine/ml/retention.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr const char* kCallJobs = "function";
// The jobs of a service, and where its records say whether one is still awaited.
struct ServiceJobs {
  const char* kind;
  const char* record_kind;  // empty: a job that has ended is of no use to the service
  const char* name_member;
  const char* end_member;  // the record has it once the service knows of the end
};
constexpr std::array<ServiceJobs, 3> kServiceJobs = {
    {{"endpoint", "", "", ""},
     {"glue", "glue-job-run", "Id", "CompletedOn"},
     {"training", "training-job", "TrainingJobName", "TrainingEndTime"}}};
constexpr auto kSweepEvery = std::chrono::minutes(10);
constexpr std::size_t kSweptPage = 500;
constexpr std::size_t kStepMost = 20;
constexpr auto kBetweenSteps = std::chrono::milliseconds(100);
// Whoever asked for what has just ended may not have read it yet.
constexpr std::chrono::milliseconds kYoung = std::chrono::minutes(10);

std::string whole_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The names of the service's jobs that its records call unfinished.
std::set<std::string> open_jobs(Records& records, const ServiceJobs& jobs) {
  std::set<std::string> open;
  if (std::string_view(jobs.record_kind).empty()) return open;
  Records::Query query{jobs.record_kind, "", true, std::nullopt, kSweptPage};
  for (;;) {
    const std::vector<Record> page = records.list(query);
    for (const Record& record : page) {
      if (!record.document.contains(jobs.end_member))
        open.insert(text_of(record.document, jobs.name_member));
    }
    if (page.size() < query.limit) return open;
    query.after = page.back().name;
  }
}

}  // namespace

// What has a folder for its job, newest first, beyond what is kept. The time of the last word of a
// job's status is that of its end; one that runs is found out when it is to be removed.
std::vector<Cleaner::Ended> Cleaner::surplus(const std::string& kind, const Keep& keep) const {
  std::vector<Ended> all;
  std::error_code failed;
  const fs::file_time_type now = fs::file_time_type::clock::now();
  for (fs::directory_iterator at(context_.jobs.folder_of(kind), failed), end; !failed && at != end;
       at.increment(failed)) {
    const auto written = fs::last_write_time(at->path() / "status.json", failed);
    if (!failed) {
      all.push_back({at->path().filename().string(),
                     std::chrono::duration_cast<std::chrono::milliseconds>(now - written)});
    }
    failed.clear();
  }
  std::sort(all.begin(), all.end(), [](const Ended& a, const Ended& b) { return a.age < b.age; });
  std::vector<Ended> beyond;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((i >= keep.count || all[i].age > keep.age) && all[i].age > kYoung) beyond.push_back(all[i]);
  }
  return beyond;
}

bool Cleaner::call_is_needed(const std::string& name) const {
  const std::string owner = whole_text(context_.folder + "/functions/" + name + "/" + kOwnerFile);
  return !owner.empty() && execution_runs_(owner.substr(0, owner.rfind('#')));
}

// The call's own folder goes last: while it is there, the next sweep finds what is left.
bool Cleaner::remove(const JobName& job) {
  const auto& [kind, name] = job;
  if (kind == kCallJobs && call_is_needed(name)) return false;
  if (!context_.jobs.remove(kind + "/" + name)) return false;
  if (kind == kCallJobs) fs::remove_all(context_.folder + "/functions/" + name);
  return true;
}

// Folders of calls whose job has gone: a removal that was cut short.
std::size_t Cleaner::remove_orphans() {
  std::size_t removed = 0;
  std::error_code failed;
  const fs::file_time_type now = fs::file_time_type::clock::now();
  for (fs::directory_iterator at(context_.folder + "/functions", failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::string name = at->path().filename().string();
    const bool is_call = at->is_directory() && now - at->last_write_time() > kYoung;
    if (!is_call || context_.jobs.exists(std::string(kCallJobs) + "/" + name) ||
        call_is_needed(name))
      continue;
    fs::remove_all(at->path());
    ++removed;
  }
  return removed;
}

std::vector<Cleaner::JobName> Cleaner::all_surplus() const {
  std::vector<JobName> all;
  for (const Ended& call : surplus(kCallJobs, retention_.calls))
    all.emplace_back(kCallJobs, call.name);
  // A job that has ended while its service has not yet taken notice is still waited for.
  for (const ServiceJobs& jobs : kServiceJobs) {
    const std::vector<Ended> beyond = surplus(jobs.kind, retention_.jobs);
    if (beyond.empty()) continue;
    const std::set<std::string> open_ones = open_jobs(context_.records, jobs);
    for (const Ended& job : beyond) {
      if (!open_ones.contains(job.name)) all.emplace_back(jobs.kind, job.name);
    }
  }
  return all;
}

std::size_t Cleaner::sweep() {
  std::size_t removed = remove_orphans();
  for (const JobName& job : all_surplus()) removed += remove(job) ? 1 : 0;
  return removed;
}

void Cleaner::start() {
  context_.executor.post([this] {
    try {
      remove_orphans();
      step(all_surplus());
    } catch (const std::exception& error) {
      spdlog::warn("what has ended cannot be removed: {}", error.what());
      step({});
    }
  });
}

void Cleaner::step(std::vector<JobName> surplus) {
  for (std::size_t i = 0; i < kStepMost && !surplus.empty(); ++i) {
    const JobName job = std::move(surplus.back());
    surplus.pop_back();
    try {
      remove(job);
    } catch (const std::exception& error) {
      spdlog::warn("{}/{} cannot be removed: {}", job.first, job.second, error.what());
    }
  }
  if (surplus.empty()) {
    context_.executor.post_after(kSweepEvery, [this] { start(); });
  } else {
    context_.executor.post_after(kBetweenSteps, [this, rest = std::move(surplus)] { step(rest); });
  }
}

}  // namespace pawl::engine
