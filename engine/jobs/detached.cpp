#include "engine/jobs/detached.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "engine/files/files.h"
#include "engine/jobs/clocks.h"

namespace pawl::engine {
namespace {

constexpr int kReadyFd = 3;
constexpr const char* kOk = "ok";

struct Prepared {
  std::vector<char*> argv;
  std::vector<char*> environment;
  int ready = -1;
};

// Between fork and exec of a program with threads only async-signal-safe calls are allowed: no
// allocation in here.
[[noreturn]] void become_program(const Prepared& prepared) {
  ::setsid();
  const pid_t second = ::fork();
  if (second != 0) ::_exit(second < 0 ? 1 : 0);
  const int null = ::open("/dev/null", O_RDWR);
  // First out of the way: the pipe may itself be one of 0 to 3.
  const int ready = ::fcntl(prepared.ready, F_DUPFD, 10);
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  ::dup2(ready, kReadyFd);
  ::close_range(kReadyFd + 1, ~0U, 0);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir("/") == 0)
    ::execve(prepared.argv[0], prepared.argv.data(), prepared.environment.data());
  const char* why = ::strerrordesc_np(errno);
  const ssize_t written = ::write(kReadyFd, why, ::strlen(why));
  ::_exit(written > 0 ? 127 : 126);
}

// Until the other side is closed or the time is over.
std::string read_report(int fd, int wait_ms) {
  const auto deadline = monotonic_ms() + wait_ms;
  std::string report;
  while (true) {
    const auto left = deadline - monotonic_ms();
    if (left <= 0) return "it did not answer in time";
    pollfd wanted{fd, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return ::strerrordesc_np(errno);
    if (ready <= 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return report;
    report.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::string start_detached(const std::vector<std::string>& command, int wait_ms) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  Fd reader(ends[0]);
  Fd writer(ends[1]);
  Prepared prepared;
  prepared.ready = writer.get();
  for (const std::string& argument : command)
    prepared.argv.push_back(const_cast<char*>(argument.c_str()));
  prepared.argv.push_back(nullptr);
  const std::string variable = std::string(kReadyFdVariable) + "=" + std::to_string(kReadyFd);
  for (char** entry = ::environ; *entry != nullptr; ++entry) prepared.environment.push_back(*entry);
  prepared.environment.push_back(const_cast<char*>(variable.c_str()));
  prepared.environment.push_back(nullptr);
  const pid_t first = ::fork();
  if (first < 0) throw_errno("cannot fork");
  if (first == 0) become_program(prepared);
  int status = 0;
  while (::waitpid(first, &status, 0) < 0 && errno == EINTR) {
  }
  writer.reset();
  const std::string report = read_report(reader.get(), wait_ms);
  if (report == kOk) return "";
  return report.empty() ? "it ended without an answer" : report;
}

void report_ready(const std::string& report) {
  const char* text = ::getenv(kReadyFdVariable);
  if (text == nullptr) return;
  int fd = -1;
  std::from_chars(text, text + std::strlen(text), fd);
  ::unsetenv(kReadyFdVariable);
  if (fd < 0) return;
  ::signal(SIGPIPE, SIG_IGN);  // the server may be gone already
  try_write_all(fd, report.empty() ? kOk : report);
  ::close(fd);
}

}  // namespace pawl::engine
