#include "engine/jobs/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "engine/jobs/process_tree.h"
#include "engine/jobs/sandbox.h"

namespace pawl::engine {
namespace {

struct Pipe {
  Fd reader;
  Fd writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

struct Launch {
  std::vector<std::string> command;
  std::vector<std::string> environment;
  std::string working_folder;  // empty: the sandbox changes to it
};

Launch prepare(const JobFolder& folder, const ClaimedSpec& spec) {
  const std::string tmp = folder.file("tmp");
  make_folders(tmp);
  Launch launch;
  std::map<std::string, std::string> environment;
  if (!spec.sandbox.program.empty()) {
    launch.command = sandbox_command(spec.sandbox, spec.job, tmp);
    environment = base_environment("/tmp");
    for (const auto& [name, value] : spec.job.environment) environment[name] = value;
  } else {
    const JobSpec moved = relocate(spec.job);
    launch.command = moved.argv;
    launch.working_folder = moved.working_folder;
    environment = base_environment(tmp);
    for (const auto& [name, value] : moved.environment) environment[name] = value;
  }
  for (const auto& [name, value] : environment) launch.environment.push_back(name + "=" + value);
  return launch;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void fail(const std::string& what) {
  const std::string text = "pawl: " + what + ": " + std::strerror(errno) + "\n";
  try_write_all(2, text);
  ::_exit(127);
}

// The child's side of fork. The supervisor has one thread, so everything is allowed here.
[[noreturn]] void become_job(const Launch& launch, pid_t supervisor, int gate) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(125);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  char open = 0;
  if (::read(gate, &open, 1) != 1) ::_exit(125);
  ::close_range(3, ~0U, 0);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::umask(022);
  if (!launch.working_folder.empty() && ::chdir(launch.working_folder.c_str()) != 0)
    fail("cannot change to " + launch.working_folder);
  std::vector<char*> argv = pointers(launch.command);
  std::vector<char*> environment = pointers(launch.environment);
  ::environ = environment.data();  // execvp looks for PATH there
  ::execvp(argv[0], argv.data());
  fail("cannot run " + launch.command[0]);
}

}  // namespace

JobProcess::JobProcess(const JobFolder& folder, const ClaimedSpec& spec)
    : sandboxed_(!spec.sandbox.program.empty()) {
  const Launch launch = prepare(folder, spec);
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Pipe gate = make_pipe();
  const pid_t supervisor = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("cannot fork");
  if (pid_ == 0) {
    gate.writer.reset();
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(out.writer.get(), 1);
    ::dup2(err.writer.get(), 2);
    become_job(launch, supervisor, gate.reader.get());
  }
  gate_ = std::move(gate.writer);
  output_ = std::move(out.reader);
  errors_ = std::move(err.reader);
  ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(errors_.get(), F_SETFL, O_NONBLOCK);
}

void JobProcess::release() {
  try_write_all(gate_.get(), "g");
  gate_.reset();
}

bool JobProcess::terminate() const {
  if (!sandboxed_) return ::kill(-pid_, SIGTERM) == 0;
  // bubblewrap and its reaper (process 1 inside) are in the job's group, and the sandbox goes down
  // with them at once: they are spared, or nobody would get its time of grace.
  pid_t reaper = 0;
  bool sent = false;
  for (const ProcessEntry& entry : descendants_of(pid_)) {
    if (entry.parent == pid_) {
      reaper = entry.pid;
    } else if (reaper != 0 && entry.group == pid_ && entry.state != 'Z') {
      sent = ::kill(entry.pid, SIGTERM) == 0 || sent;
    }
  }
  return sent;
}

void JobProcess::kill_all() const {
  for (const ProcessEntry& entry : descendants_of(::getpid())) {
    if (entry.state != 'Z') ::kill(entry.pid, SIGKILL);
  }
}

}  // namespace pawl::engine
