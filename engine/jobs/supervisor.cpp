// The supervisor: one small process per job, between the job and a server that may come and go.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/files/files.h"
#include "engine/jobs/clocks.h"
#include "engine/jobs/detached.h"
#include "engine/jobs/job.h"
#include "engine/jobs/job_folder.h"
#include "engine/jobs/log_capture.h"
#include "engine/jobs/metric_scraper.h"
#include "engine/jobs/process.h"
#include "engine/jobs/process_tree.h"

namespace pawl::engine {
namespace {

constexpr std::uint64_t kMetricBytesMax = 64U << 20;
constexpr std::int64_t kRetryMs =
    50;  // until a process takes the signal, until the killed are gone
constexpr std::int64_t kDrainMs = 5'000;  // for output still in the pipes once the job is dead
constexpr int kDiskRetryMs = 1'000;

Fd block_and_receive_signals() {
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t wanted;
  ::sigemptyset(&wanted);
  ::sigaddset(&wanted, SIGCHLD);
  ::sigaddset(&wanted, SIGTERM);
  ::sigaddset(&wanted, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
  Fd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw_errno("cannot receive signals");
  return fd;
}

class Supervisor {
 public:
  Supervisor(JobFolder folder, ClaimedSpec spec, Fd signals)
      : folder_(std::move(folder)),
        spec_(std::move(spec)),
        signals_(std::move(signals)),
        log_(folder_.file("log"), spec_.job.log_bytes_max),
        scraper_(spec_.job.metrics),
        metrics_(::open(folder_.file("metrics.jsonl").c_str(),
                        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                        0644)) {}

  // From here on the job counts as started, for ever.
  void start();
  void run();

 private:
  struct Stream {
    const char* tag;
    LineSplitter lines;
  };

  void note(const std::string& text) { log_.line("sys", text, wall_clock_ms()); }
  void take_line(const char* tag, std::string_view line, std::int64_t at_ms);
  bool read_stream(int fd, Stream& stream);
  void take_signals();
  void reap();
  void begin_stop(JobEnd::How how);
  void act_on_clock();
  int poll_timeout_ms() const;
  void poll_once();
  JobEnd end() const;
  void write_end();

  JobFolder folder_;
  ClaimedSpec spec_;
  Fd signals_;
  LogWriter log_;
  MetricScraper scraper_;
  Fd metrics_;
  std::uint64_t metric_bytes_ = 0;
  std::optional<JobProcess> process_;
  JobStatus status_;
  Stream out_{"out", {}};
  Stream err_{"err", {}};
  std::optional<JobEnd::How> stopping_;  // why we stop it; absent: it ends by itself
  std::optional<int> exited_;            // the leader's wait status
  bool all_gone_ = false;
  std::int64_t ended_at_ms_ = 0;
  // Monotonic times at which something is due.
  std::optional<std::int64_t> timeout_at_;
  std::optional<std::int64_t> terminate_at_;
  std::optional<std::int64_t> kill_at_;
  std::optional<std::int64_t> drained_at_;
};

void Supervisor::start() {
  for (const std::string& fault : scraper_.faults()) note(fault);
  if (spec_.sandbox.program.empty() && !spec_.job.mounts.empty())
    note(
        "no sandbox on this machine: the job runs on its files in place, told by "
        "SAGEMAKER_BASE_DIR");
  status_.supervisor = identify(::getpid());
  status_.started_at_ms = wall_clock_ms();
  if (folder_.stop_requested()) {
    note("stopped before it was started");
    status_.end =
        JobEnd{JobEnd::How::kStopped, SIGTERM, status_.started_at_ms, status_.started_at_ms};
    folder_.write_status(status_);
    return;
  }
  process_.emplace(folder_, spec_);
  status_.process = identify(process_->pid());
  try {
    folder_.write_status(status_);
  } catch (...) {
    process_->kill_all();
    throw;
  }
  process_->release();
  if (spec_.job.timeout) timeout_at_ = monotonic_ms() + spec_.job.timeout->count() * 1000;
}

void Supervisor::run() {
  if (!process_) return;
  const auto open = [this] { return process_->output() >= 0 || process_->errors() >= 0; };
  while (!all_gone_ || (open() && monotonic_ms() < drained_at_.value_or(0))) poll_once();
  out_.lines.finish([this](std::string_view line) { take_line(out_.tag, line, wall_clock_ms()); });
  err_.lines.finish([this](std::string_view line) { take_line(err_.tag, line, wall_clock_ms()); });
  write_end();
}

void Supervisor::take_line(const char* tag, std::string_view line, std::int64_t at_ms) {
  log_.line(tag, line, at_ms);
  for (const MetricPoint& point : scraper_.scrape(line, at_ms)) {
    const std::string text = metric_line(point);
    if (metric_bytes_ + text.size() > kMetricBytesMax) return;
    if (try_write_all(metrics_.get(), text)) metric_bytes_ += text.size();
  }
}

// False at the end of the stream.
bool Supervisor::read_stream(int fd, Stream& stream) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  const auto at_ms = wall_clock_ms();
  stream.lines.feed({buffer.data(), static_cast<std::size_t>(count)},
                    [&](std::string_view line) { take_line(stream.tag, line, at_ms); });
  return true;
}

void Supervisor::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGTERM || folder_.stop_requested()) begin_stop(JobEnd::How::kStopped);
  }
  reap();
}

void Supervisor::reap() {
  while (true) {
    int wait_status = 0;
    const pid_t pid = ::waitpid(-1, &wait_status, WNOHANG);
    if (pid == process_->pid()) {
      exited_ = wait_status;
      ended_at_ms_ = wall_clock_ms();
      timeout_at_.reset();
      terminate_at_.reset();
      kill_at_ = monotonic_ms();  // the leader is gone: so goes what it left behind
    }
    if (pid < 0 && errno == ECHILD && exited_) {
      all_gone_ = true;
      kill_at_.reset();
      if (!drained_at_) drained_at_ = monotonic_ms() + kDrainMs;
    }
    if (pid <= 0) return;
  }
}

void Supervisor::begin_stop(JobEnd::How how) {
  if (stopping_ || exited_) return;
  stopping_ = how;
  const auto grace_s = spec_.job.stop_grace.count();
  note(how == JobEnd::How::kTimedOut
           ? "its time limit of " + std::to_string(spec_.job.timeout->count()) + " s is over"
           : "asked to stop");
  note("SIGTERM is sent, SIGKILL follows after " + std::to_string(grace_s) + " s");
  timeout_at_.reset();
  terminate_at_ = monotonic_ms();
  kill_at_ = monotonic_ms() + grace_s * 1000;
}

void Supervisor::act_on_clock() {
  const auto now = monotonic_ms();
  if (timeout_at_ && *timeout_at_ <= now) begin_stop(JobEnd::How::kTimedOut);
  if (terminate_at_ && *terminate_at_ <= now) {
    terminate_at_.reset();
    if (!process_->terminate()) terminate_at_ = now + kRetryMs;
  }
  if (kill_at_ && *kill_at_ <= now) {
    terminate_at_.reset();
    process_->kill_all();
    kill_at_ = now + kRetryMs;
  }
}

int Supervisor::poll_timeout_ms() const {
  std::optional<std::int64_t> due;
  for (const auto& at : {timeout_at_, terminate_at_, kill_at_, drained_at_})
    if (at && (!due || *at < *due)) due = at;
  if (!due) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(*due - monotonic_ms(), 0, 1'000'000));
}

void Supervisor::poll_once() {
  std::array<pollfd, 3> wanted{{{signals_.get(), POLLIN, 0},
                                {process_->output(), POLLIN, 0},
                                {process_->errors(), POLLIN, 0}}};
  if (::poll(wanted.data(), wanted.size(), poll_timeout_ms()) < 0 && errno != EINTR)
    throw_errno("cannot wait for the job");
  if (wanted[1].revents != 0 && !read_stream(process_->output(), out_)) process_->close_output();
  if (wanted[2].revents != 0 && !read_stream(process_->errors(), err_)) process_->close_errors();
  if (wanted[0].revents != 0) take_signals();
  act_on_clock();
  if (exited_ && !all_gone_) reap();
}

JobEnd Supervisor::end() const {
  JobEnd end;
  end.started_at_ms = status_.started_at_ms;
  end.ended_at_ms = ended_at_ms_;
  if (WIFSIGNALED(*exited_)) {
    end.how = JobEnd::How::kSignalled;
    end.code = WTERMSIG(*exited_);
  } else {
    end.code = WEXITSTATUS(*exited_);
    // bubblewrap hands a signal on as a shell does.
    if (!spec_.sandbox.program.empty() && end.code > 128 && end.code < 128 + NSIG) {
      end.how = JobEnd::How::kSignalled;
      end.code -= 128;
    }
  }
  if (stopping_) end.how = *stopping_;
  return end;
}

void Supervisor::write_end() {
  log_.sync();
  ::fdatasync(metrics_.get());
  status_.end = end();
  // A full disk must not make a finished job a lost one: as long as this process lives, the job
  // counts as running.
  while (true) {
    try {
      folder_.write_status(status_);
      return;
    } catch (const std::exception&) {
      std::error_code unknown;
      if (!std::filesystem::exists(folder_.path(), unknown) && !unknown) return;  // nobody will ask
      ::poll(nullptr, 0, kDiskRetryMs);
    }
  }
}

}  // namespace

int run_job_supervisor(const std::string& folder_path) {
  try {
    const JobFolder folder(folder_path);
    // Before the lock is taken: whoever holds it can be signalled.
    Fd signals = block_and_receive_signals();
    const Fd lock = folder.try_lock();
    // Another supervisor has the job, or had it: it is never started again.
    if (!lock || folder.status()) {
      report_ready("");
      return 0;
    }
    auto spec = folder.spec();
    if (!spec) {
      report_ready("there is no spec.json in " + folder_path);
      return 1;
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_NAME, "pawl-job");
    Supervisor supervisor(folder, std::move(*spec), std::move(signals));
    supervisor.start();
    report_ready("");
    supervisor.run();
    return 0;
  } catch (const std::exception& error) {
    report_ready(error.what());
    return 1;
  }
}

}  // namespace pawl::engine
