#include "engine/jobs/job_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "asl/json.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr int kFormat = 1;
constexpr std::array<std::pair<JobEnd::How, const char*>, 5> kEndNames{{
    {JobEnd::How::kExited, "exited"},
    {JobEnd::How::kSignalled, "signalled"},
    {JobEnd::How::kTimedOut, "timed-out"},
    {JobEnd::How::kStopped, "stopped"},
    {JobEnd::How::kLost, "lost"},
}};

const char* name_of(JobEnd::How how) {
  for (const auto& [value, name] : kEndNames)
    if (value == how) return name;
  throw std::logic_error("no such way to end");
}

JobEnd::How end_named(const std::string& text) {
  for (const auto& [value, name] : kEndNames)
    if (text == name) return value;
  throw std::runtime_error("status.json: unknown end \"" + text + "\"");
}

std::string to_bytes(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json of_spec(const ClaimedSpec& claimed) {
  const JobSpec& job = claimed.job;
  Json document{{"format", kFormat},
                {"id", job.id},
                {"argv", job.argv},
                {"environment", job.environment},
                {"working_folder", job.working_folder}};
  Json& mounts = document["mounts"] = Json::array();
  for (const auto& mount : job.mounts)
    mounts.push_back({{"from", mount.from}, {"to", mount.to}, {"read_only", mount.read_only}});
  document["relocatable"] = job.relocatable;
  if (job.timeout) document["timeout_s"] = job.timeout->count();
  document["stop_grace_s"] = job.stop_grace.count();
  Json& metrics = document["metrics"] = Json::array();
  for (const auto& metric : job.metrics)
    metrics.push_back({{"name", metric.name}, {"regex", metric.regex}});
  document["log_bytes_max"] = job.log_bytes_max;
  document["sandbox"] = {{"program", claimed.sandbox.program}, {"flags", claimed.sandbox.flags}};
  return document;
}

ClaimedSpec to_spec(const Json& document) {
  if (document.at("format").get<int>() != kFormat)
    throw std::runtime_error("spec.json was written by another version of pawl");
  ClaimedSpec claimed;
  JobSpec& job = claimed.job;
  document.at("id").get_to(job.id);
  document.at("argv").get_to(job.argv);
  for (const auto& [name, value] : document.at("environment").items())
    job.environment[name] = value.get<std::string>();
  document.at("working_folder").get_to(job.working_folder);
  for (const auto& mount : document.at("mounts"))
    job.mounts.push_back({mount.at("from"), mount.at("to"), mount.at("read_only")});
  document.at("relocatable").get_to(job.relocatable);
  if (document.contains("timeout_s"))
    job.timeout = std::chrono::seconds(document.at("timeout_s").get<std::int64_t>());
  job.stop_grace = std::chrono::seconds(document.at("stop_grace_s").get<std::int64_t>());
  for (const auto& metric : document.at("metrics"))
    job.metrics.push_back({metric.at("name"), metric.at("regex")});
  document.at("log_bytes_max").get_to(job.log_bytes_max);
  document.at("sandbox").at("program").get_to(claimed.sandbox.program);
  document.at("sandbox").at("flags").get_to(claimed.sandbox.flags);
  return claimed;
}

Json of_process(const ProcessIdentity& process) {
  return {{"pid", process.pid}, {"start_ticks", process.start_ticks}, {"boot_id", process.boot_id}};
}

ProcessIdentity to_process(const Json& document) {
  return {document.at("pid"), document.at("start_ticks"), document.at("boot_id")};
}

Json of_status(const JobStatus& status) {
  Json document{{"format", kFormat},
                {"phase", status.end ? "ended" : "started"},
                {"supervisor", of_process(status.supervisor)},
                {"process", of_process(status.process)},
                {"started_at_ms", status.started_at_ms}};
  if (status.end) {
    document["how"] = name_of(status.end->how);
    document["code"] = status.end->code;
    document["ended_at_ms"] = status.end->ended_at_ms;
  }
  return document;
}

JobStatus to_status(const Json& document) {
  JobStatus status{to_process(document.at("supervisor")),
                   to_process(document.at("process")),
                   document.at("started_at_ms"),
                   std::nullopt};
  if (document.at("phase") == "ended") {
    status.end = JobEnd{end_named(document.at("how")),
                        document.at("code"),
                        status.started_at_ms,
                        document.at("ended_at_ms")};
  }
  return status;
}

// [pawl] POSIX record locks, not flock: F_GETLK names the holder, so that nobody has to trust a
// written process number, and a forked child does not inherit them.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

bool JobFolder::claim(const ClaimedSpec& spec) const {
  make_folders(path_);
  return write_new_file(file("spec.json"), to_bytes(of_spec(spec)));
}

std::optional<ClaimedSpec> JobFolder::spec() const {
  const auto bytes = read_file(file("spec.json"));
  if (!bytes) return std::nullopt;
  return to_spec(Json::parse(*bytes));
}

std::optional<JobStatus> JobFolder::status() const {
  const auto bytes = read_file(file("status.json"));
  if (!bytes) return std::nullopt;
  return to_status(Json::parse(*bytes));
}

void JobFolder::write_status(const JobStatus& status) const {
  replace_file(file("status.json"), to_bytes(of_status(status)));
}

void JobFolder::request_stop() const { write_new_file(file("stop"), ""); }

bool JobFolder::stop_requested() const { return ::access(file("stop").c_str(), F_OK) == 0; }

pid_t JobFolder::lock_holder() const {
  Fd opened(::open(file("lock").c_str(), O_RDWR | O_CLOEXEC));
  if (!opened) {
    if (errno == ENOENT || errno == ENOTDIR) return 0;
    throw_errno("cannot open " + file("lock"));
  }
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(opened.get(), F_GETLK, &lock) != 0) throw_errno("cannot query the lock of " + path_);
  return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

Fd JobFolder::try_lock() const {
  Fd opened(::open(file("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!opened) throw_errno("cannot open " + file("lock"));
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(opened.get(), F_SETLK, &lock) == 0) return opened;
  if (errno == EAGAIN || errno == EACCES) return {};
  throw_errno("cannot lock " + path_);
}

}  // namespace pawl::engine
