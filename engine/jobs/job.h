// A job: one supervised process (or n, one per host) under a contract, in a folder of its own, that
// outlives the server.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pawl::engine {

// What is started. Paths are of this machine; `mounts` puts folders where the contract wants them.
struct JobSpec {
  std::string id;  // folder name under jobs/: "training/digits-1"; unique for ever
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;  // in addition to a small clean environment
  std::string working_folder;                      // as the job sees it
  struct Mount {
    std::string from;  // a folder (or file) of this machine
    std::string to;    // where the job sees it: "/opt/ml"
    bool read_only = false;
  };
  std::vector<Mount> mounts;
  // The job obeys SAGEMAKER_BASE_DIR. Where no sandbox can be had it is then started without: the
  // paths of `mounts` in argv, environment and working folder are replaced by those of this
  // machine. Other jobs with mounts are refused.
  bool relocatable = false;
  std::optional<std::chrono::seconds>
      timeout;                           // then stopped as by stop(), and the end says timed out
  std::chrono::seconds stop_grace{120};  // [aws] SIGTERM, 120 s, SIGKILL
  struct Metric {
    std::string name;
    std::string regex;  // group 1 is the number
  };
  std::vector<Metric> metrics;
  std::uint64_t log_bytes_max = 64U << 20;  // later output is scraped for metrics, not kept
};

struct JobEnd {
  enum class How { kExited, kSignalled, kTimedOut, kStopped, kLost } how = How::kExited;
  // kLost: the supervisor died without a word (power loss, kill -9 of it): nobody knows how the job
  // ended.

  // Exit code or signal number. Within the sandbox a program that exits with 128 + N and one that
  // signal N killed are one and the same (as in a container); both are kSignalled.
  int code = 0;
  std::int64_t started_at_ms = 0;
  std::int64_t ended_at_ms = 0;
};

struct MetricPoint {
  std::string name;
  double value = 0;
  std::int64_t at_ms = 0;
};

// Starts and watches jobs. Thread-safe. Callbacks run on the manager's own thread and must not
// block it for long.
class JobManager {
 public:
  struct Options {
    std::string folder;              // data folder's jobs/; made when missing
    std::string supervisor_program;  // path of the pawl binary: run as `pawl job-supervisor FOLDER`
    bool sandbox = true;  // private mounts by bubblewrap; off: only where mounts is empty
                          // or the job relocatable
    std::string sandbox_program = "bwrap";  // a path, or a name to look for in PATH
  };
  explicit JobManager(Options options);
  ~JobManager();  // leaves jobs running

  // Starts the job, or, when a job of this id was started before (by this process or an earlier
  // one), attaches to it: running, it is watched; ended, `ended` is called with how it ended. Never
  // starts an id twice. A job of which only the claim is there (the server died before the process
  // was made) is started, by the spec it was claimed with. Throws std::runtime_error with what to
  // install or map when the program or the sandbox is missing.
  void start_or_attach(const JobSpec& spec, std::function<void(const JobEnd&)> ended);
  // True when the job's folder says it was started, whether or not it still runs.
  bool exists(const std::string& id) const;
  // SIGTERM, grace, SIGKILL, of the whole process group. Returns at once. No effect on an ended
  // job. The request is kept in the job's folder: it holds even when the supervisor comes up only
  // later.
  void stop(const std::string& id);

  std::optional<JobEnd> end_of(const std::string& id) const;  // nullopt while it runs
  // Forgets an ended job with its log, at once and for good: the id could be started anew. False
  // when the job runs, or there is none.
  bool remove(const std::string& id);
  // How many run, by the first part of their ids: "training", "endpoint". Of those that this
  // manager has started or attached to.
  std::map<std::string, std::int64_t> running() const;
  // All metric points scraped up to now, in order.
  std::vector<MetricPoint> metrics(const std::string& id) const;
  std::string folder_of(const std::string& id) const;
  std::string log_file(
      const std::string& id) const;  // lines "2024-05-01T12:00:00.123Z out text"; out, err, or sys

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `pawl job-supervisor FOLDER`: reads FOLDER/spec.json, runs the job, writes FOLDER/status.json
// atomically. Never returns to the caller's program logic: the returned value is the process's exit
// code.
int run_job_supervisor(const std::string& folder);

}  // namespace pawl::engine
