#include "engine/ml/job_logs.h"

#include <stdexcept>

#include "engine/ml/documents.h"
#include "engine/ml/endpoints.h"
#include "engine/ml/resources.h"

namespace pawl::engine {

namespace {

std::string kind_of(const std::string& job) { return job.substr(0, job.find('/')); }
std::string name_of(const std::string& job) {
  const std::size_t slash = job.find('/');
  return slash == std::string::npos ? "" : job.substr(slash + 1);
}

const char* status_of(const std::optional<JobEnd>& end) {
  if (!end) return "Running";
  switch (end->how) {
    case JobEnd::How::kExited:
      return end->code == 0 ? "Completed" : "Failed";
    case JobEnd::How::kStopped:
      return "Stopped";
    case JobEnd::How::kTimedOut:
      return "TimedOut";
    case JobEnd::How::kSignalled:
    case JobEnd::How::kLost:
      break;
  }
  return "Failed";
}

}  // namespace

std::optional<Record> JobLogs::record_of(const std::string& job) {
  const ResourceKind* const kind = job_kind(kind_of(job));
  if (kind == nullptr) return std::nullopt;
  return find_resource(context_.records, *kind, name_of(job));
}

std::optional<std::string> JobLogs::find(const std::string& job) try {
  if (const auto record = record_of(job)) {
    return kind_of(job) == "endpoint" ? Endpoints::first_job_id(record->document) : job;
  }
  if (!context_.jobs.exists(job)) return std::nullopt;
  return job;
} catch (const std::invalid_argument&) {  // no name that a job may have
  return std::nullopt;
}

std::string JobLogs::status(const std::string& job) {
  const ResourceKind* const kind = job_kind(kind_of(job));
  if (const auto record = record_of(job)) return text_of(record->document, kind->status_member);
  return status_of(context_.jobs.end_of(job));
}

bool JobLogs::is_over(const std::string& job, const std::string& found) {
  const auto record = record_of(job);
  const bool is_server = kind_of(job) == "endpoint";
  // The service has its last word after the process has: what it says then is still to come.
  if (record && !is_server) return record->document.contains(job_kind(kind_of(job))->end_member);
  if (!record && is_server && job != found) return true;  // the endpoint is gone
  if (record && !context_.jobs.exists(found)) {
    return text_of(record->document, "EndpointStatus") == "Failed";
  }
  return context_.jobs.end_of(found) || (!record && !context_.jobs.exists(found));
}

}  // namespace pawl::engine
