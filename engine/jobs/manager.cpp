#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <variant>

#include <spdlog/spdlog.h>

#include "engine/files/files.h"
#include "engine/jobs/clocks.h"
#include "engine/jobs/detached.h"
#include "engine/jobs/job.h"
#include "engine/jobs/job_folder.h"
#include "engine/jobs/metric_scraper.h"
#include "engine/jobs/process_tree.h"
#include "engine/jobs/sandbox.h"

namespace pawl::engine {
namespace {

constexpr int kStartWaitMs = 60'000;
constexpr int kAttachAttemptsMax = 5;
constexpr const char* kRemoved = "/.removed/";  // what a killed server left there goes at the start
constexpr std::uint64_t kWakeUp =
    0;  // the epoll number of the event descriptor; watches count from 1

using Ended = std::function<void(const JobEnd&)>;

// Glibc 2.36 has wrappers, but not for every architecture's headers.
Fd open_process(pid_t pid) { return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

void signal_process(const Fd& process, int number) {
  ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0);
}

// "training/digits-1": names of [A-Za-z0-9._-], none of which begins with a point.
void check_id(const std::string& id) {
  bool name_begins = true;
  for (const char c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-';
    if (name_begins ? !plain : !(plain || c == '.' || c == '/'))
      throw std::invalid_argument("bad job id \"" + id + "\"");
    name_begins = c == '/';
  }
  if (name_begins) throw std::invalid_argument("bad job id \"" + id + "\"");
}

}  // namespace

struct JobManager::Impl {
  explicit Impl(Options chosen);
  ~Impl();

  JobFolder folder(const std::string& id) const;
  SandboxPlan plan_for(const JobSpec& spec);
  void claim(const JobFolder& folder, const JobSpec& spec);
  // The supervisor that holds the job now, as a descriptor that cannot come to mean another
  // process.
  Fd supervisor_of(const JobFolder& folder) const;
  void spawn(const JobFolder& folder) const;
  std::optional<JobEnd> end_of(const JobFolder& folder) const;
  JobEnd declare_lost(const JobFolder& folder, JobStatus status) const;
  void attach(const std::string& id, Ended ended);

  void watch(const std::string& id, Fd supervisor, Ended ended);
  void post(Ended ended, const JobEnd& end);
  void run();
  void supervisor_gone(std::uint64_t number);

  struct Watch {
    std::string id;
    Fd supervisor;
    Ended ended;
  };

  Options options;
  std::mutex starting;         // one job is started or removed at a time
  std::uint64_t removals = 0;  // guarded by `starting`
  std::optional<std::variant<SandboxPlan, NoSandbox>> sandbox;  // guarded by `starting`
  mutable std::mutex
      locking;       // closing any descriptor of a lock file drops this process's locks on it
  std::mutex mutex;  // guards what follows
  std::map<std::uint64_t, Watch> watches;
  std::vector<std::pair<Ended, JobEnd>> posted;
  std::uint64_t last_watch = 0;
  bool stopping = false;
  Fd epoll;
  Fd wake;
  std::thread thread;
};

JobManager::Impl::Impl(Options chosen) : options(std::move(chosen)) {
  options.folder = std::filesystem::absolute(options.folder).lexically_normal();
  options.supervisor_program =
      std::filesystem::absolute(options.supervisor_program).lexically_normal();
  make_folders(options.folder);
  std::filesystem::remove_all(options.folder + kRemoved);
  epoll = Fd(::epoll_create1(EPOLL_CLOEXEC));
  wake = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeUp;
  if (!epoll || !wake || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0)
    throw_errno("cannot watch jobs");
  thread = std::thread([this] { run(); });
}

JobManager::Impl::~Impl() {
  {
    const std::lock_guard guard(mutex);
    stopping = true;
  }
  ::eventfd_write(wake.get(), 1);
  thread.join();
}

JobFolder JobManager::Impl::folder(const std::string& id) const {
  check_id(id);
  return JobFolder(options.folder + "/" + id);
}

SandboxPlan JobManager::Impl::plan_for(const JobSpec& spec) {
  const bool can_do_without = spec.mounts.empty() || spec.relocatable;
  if (!options.sandbox) {
    if (can_do_without) return {};
    throw std::runtime_error("job " + spec.id +
                             " needs private folders, and the sandbox is switched off");
  }
  if (!sandbox || std::holds_alternative<NoSandbox>(*sandbox)) {
    const std::string scratch = options.folder + "/.probe";
    make_folders(scratch);
    sandbox = probe_sandbox(options.sandbox_program, scratch);
    if (const auto* none = std::get_if<NoSandbox>(&*sandbox))
      spdlog::warn("jobs run without a sandbox: {}", none->reason);
  }
  if (const auto* plan = std::get_if<SandboxPlan>(&*sandbox)) return *plan;
  if (can_do_without) return {};
  throw std::runtime_error("job " + spec.id +
                           " needs private folders: " + std::get<NoSandbox>(*sandbox).reason);
}

void JobManager::Impl::claim(const JobFolder& folder, const JobSpec& spec) {
  if (spec.argv.empty()) throw std::runtime_error("job " + spec.id + " has no command");
  if (resolve_program(spec).empty()) {
    throw std::runtime_error("job " + spec.id + ": there is no program " + spec.argv[0] +
                             " on this machine: install it, or map the image to another one");
  }
  for (const auto& mount : spec.mounts) {
    if (mount.from.empty() || mount.from[0] != '/' || mount.to.size() < 2 || mount.to[0] != '/')
      throw std::runtime_error("job " + spec.id + ": mount paths must be absolute: " + mount.from +
                               " on " + mount.to);
    if (!std::filesystem::exists(mount.from))
      throw std::runtime_error("job " + spec.id + ": there is no " + mount.from +
                               " to be shown as " + mount.to);
  }
  folder.claim({spec, plan_for(spec)});
}

Fd JobManager::Impl::supervisor_of(const JobFolder& folder) const {
  const std::lock_guard guard(locking);
  const pid_t holder = folder.lock_holder();
  if (holder <= 0) return {};
  Fd process = open_process(holder);
  // Still the holder now that the descriptor is bound to one process: then it is this one.
  if (process && folder.lock_holder() == holder) return process;
  return {};
}

void JobManager::Impl::spawn(const JobFolder& folder) const {
  const std::string report =
      start_detached({options.supervisor_program, "job-supervisor", folder.path()}, kStartWaitMs);
  if (!report.empty())
    throw std::runtime_error("cannot start the job in " + folder.path() + " by " +
                             options.supervisor_program + ": " + report);
}

std::optional<JobEnd> JobManager::Impl::end_of(const JobFolder& folder) const {
  auto status = folder.status();
  if (!status) return std::nullopt;
  if (status->end) return status->end;
  const std::lock_guard guard(locking);
  const Fd lock = folder.try_lock();
  if (!lock) return std::nullopt;
  status =
      folder.status();  // the supervisor may have written its last word before it let the lock go
  if (status && status->end) return status->end;
  return declare_lost(folder, status.value_or(JobStatus{}));
}

// REQUIRES: we hold the lock.
JobEnd JobManager::Impl::declare_lost(const JobFolder& folder, JobStatus status) const {
  // Without a sandbox the job may have outlived its supervisor; unwatched it must not go on
  // writing.
  if (status.process.pid > 0 && is_alive(status.process)) ::kill(-status.process.pid, SIGKILL);
  const auto now = wall_clock_ms();
  if (status.started_at_ms == 0) status.started_at_ms = now;
  status.end = JobEnd{JobEnd::How::kLost, 0, status.started_at_ms, now};
  folder.write_status(status);
  return *status.end;
}

void JobManager::Impl::attach(const std::string& id, Ended ended) {
  const JobFolder job = folder(id);
  for (int attempt = 0; attempt < kAttachAttemptsMax; ++attempt) {
    if (const auto end = end_of(job)) return post(std::move(ended), *end);
    if (Fd supervisor = supervisor_of(job))
      return watch(id, std::move(supervisor), std::move(ended));
    if (!job.status()) spawn(job);
  }
  throw std::runtime_error("job " + id + " cannot be attached to: its supervisor comes and goes");
}

void JobManager::Impl::watch(const std::string& id, Fd supervisor, Ended ended) {
  const std::lock_guard guard(mutex);
  const std::uint64_t number = ++last_watch;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  const int fd = supervisor.get();
  watches.emplace(number, Watch{id, std::move(supervisor), std::move(ended)});
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    watches.erase(number);
    throw_errno("cannot watch job " + id);
  }
}

void JobManager::Impl::post(Ended ended, const JobEnd& end) {
  const std::lock_guard guard(mutex);
  posted.emplace_back(std::move(ended), end);
  ::eventfd_write(wake.get(), 1);
}

void JobManager::Impl::supervisor_gone(std::uint64_t number) {
  Watch watch;
  {
    const std::lock_guard guard(mutex);
    const auto found = watches.find(number);
    if (found == watches.end()) return;
    watch = std::move(found->second);
    watches.erase(found);
    ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, watch.supervisor.get(), nullptr);
  }
  JobEnd end{JobEnd::How::kLost, 0, wall_clock_ms(), wall_clock_ms()};
  try {
    // No end and no status: it died before it made the process. That was its one chance.
    if (const auto known = end_of(folder(watch.id))) end = *known;
  } catch (const std::exception& error) {
    spdlog::error("how job {} ended cannot be read: {}", watch.id, error.what());
  }
  post(std::move(watch.ended), end);
}

void JobManager::Impl::run() {
  while (true) {
    std::vector<std::pair<Ended, JobEnd>> due;
    {
      const std::lock_guard guard(mutex);
      if (stopping) return;
      due.swap(posted);
    }
    for (const auto& [ended, end] : due) {
      try {
        if (ended) ended(end);
      } catch (const std::exception& error) {
        spdlog::error("the end of a job was not taken well: {}", error.what());
      }
    }
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int index = 0; index < count; ++index) {
      const auto number = events[static_cast<std::size_t>(index)].data.u64;
      eventfd_t ignored = 0;
      if (number == kWakeUp) {
        ::eventfd_read(wake.get(), &ignored);
      } else {
        supervisor_gone(number);
      }
    }
  }
}

JobManager::JobManager(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
JobManager::~JobManager() = default;

void JobManager::start_or_attach(const JobSpec& spec, std::function<void(const JobEnd&)> ended) {
  const std::lock_guard guard(impl_->starting);
  const JobFolder folder = impl_->folder(spec.id);
  if (!folder.spec()) impl_->claim(folder, spec);
  impl_->attach(spec.id, std::move(ended));
}

bool JobManager::exists(const std::string& id) const {
  return std::filesystem::exists(impl_->folder(id).file("spec.json"));
}

void JobManager::stop(const std::string& id) {
  const JobFolder folder = impl_->folder(id);
  if (!folder.spec() || impl_->end_of(folder)) return;
  folder.request_stop();
  if (const Fd supervisor = impl_->supervisor_of(folder)) signal_process(supervisor, SIGUSR1);
}

std::optional<JobEnd> JobManager::end_of(const std::string& id) const {
  return impl_->end_of(impl_->folder(id));
}

bool JobManager::remove(const std::string& id) {
  const std::lock_guard guard(impl_->starting);
  const JobFolder folder = impl_->folder(id);
  if (!impl_->end_of(folder)) return false;
  // A folder is there or not: half of one would look like a job that was only claimed.
  const std::string grave = impl_->options.folder + kRemoved + std::to_string(++impl_->removals);
  make_folders(impl_->options.folder + kRemoved);
  std::filesystem::rename(folder.path(), grave);
  std::filesystem::remove_all(grave);
  return true;
}

std::map<std::string, std::int64_t> JobManager::running() const {
  std::map<std::string, std::int64_t> counts;
  const std::lock_guard guard(impl_->mutex);
  for (const auto& [number, watch] : impl_->watches)
    ++counts[watch.id.substr(0, watch.id.find('/'))];
  return counts;
}

std::vector<MetricPoint> JobManager::metrics(const std::string& id) const {
  return parse_metric_lines(read_file(impl_->folder(id).file("metrics.jsonl")).value_or(""));
}

std::string JobManager::folder_of(const std::string& id) const { return impl_->folder(id).path(); }

std::string JobManager::log_file(const std::string& id) const {
  return impl_->folder(id).file("log");
}

}  // namespace pawl::engine
