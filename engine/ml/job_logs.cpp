#include "engine/ml/job_logs.h"

#include <stdexcept>

#include "engine/ml/documents.h"
#include "engine/ml/endpoints.h"

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

std::optional<Record> JobLogs::record_of(const Place& place) {
  if (place.kind == nullptr) return std::nullopt;
  return context_.records.find(place.kind->record_kind, place.record);
}

std::optional<JobLogs::Place> JobLogs::find(const std::string& job) try {
  Place place{.job = job, .is_endpoint = false, .kind = nullptr, .record = {}};
  if (const ResourceKind* const kind = job_kind(kind_of(job))) {
    if (const auto record = find_resource(context_.records, *kind, name_of(job))) {
      place.kind = kind;
      place.record = record->name;
      place.is_endpoint = kind == &endpoint_kind();
      if (place.is_endpoint) place.job = Endpoints::first_job_id(record->document);
      return place;
    }
  }
  if (!context_.jobs.exists(job)) return std::nullopt;
  return place;
} catch (const std::invalid_argument&) {  // no name that a job may have
  return std::nullopt;
}

std::string JobLogs::status(const Place& place) {
  if (const auto record = record_of(place))
    return text_of(record->document, place.kind->status_member);
  return status_of(context_.jobs.end_of(place.job));
}

bool JobLogs::is_over(const Place& place) {
  const auto record = record_of(place);
  if (place.kind != nullptr && !record) return true;  // it is gone
  // The service has its last word after the process has: what it says then is still to come.
  if (record && !place.is_endpoint) return record->document.contains(place.kind->end_member);
  if (!context_.jobs.exists(place.job)) {
    return !record || text_of(record->document, "EndpointStatus") == "Failed";
  }
  return context_.jobs.end_of(place.job).has_value();
}

}  // namespace pawl::engine
