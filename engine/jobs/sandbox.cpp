#include "engine/jobs/sandbox.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <system_error>

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJobPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* kContractRoot = "/opt/ml";

bool is_within(const std::string& path, const std::string& folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_executable(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::string find_in_path(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos) return is_executable(name) ? name : "";
  std::size_t start = 0;
  while (start <= path.size()) {
    const auto end = std::min(path.find(':', start), path.size());
    const std::string candidate = path.substr(start, end - start) + "/" + name;
    if (end > start && is_executable(candidate)) return candidate;
    start = end + 1;
  }
  return "";
}

std::vector<JobSpec::Mount> outer_first(std::vector<JobSpec::Mount> mounts) {
  std::stable_sort(mounts.begin(), mounts.end(), [](const auto& one, const auto& other) {
    return one.to.size() < other.to.size();
  });
  return mounts;
}

// The deepest folder of this machine on the way to `path`.
std::string existing_part(const std::string& path) {
  fs::path part = path;
  std::error_code error;
  while (part != "/" && !fs::exists(part, error)) part = part.parent_path();
  return part;
}

// Everything in `folder` at its own place again, after an empty folder was put over it.
void bind_entries(const std::string& folder, std::vector<std::string>& command) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string path = entry.path();
    if (entry.is_symlink(error)) {
      command.insert(command.end(), {"--symlink", fs::read_symlink(entry.path(), error), path});
    } else {
      command.insert(command.end(), {"--dev-bind-try", path, path});
    }
  }
}

// Mount targets that are not on this machine need a folder in which they can be made: an empty one
// laid over the nearest existing one, holding what that one holds. So nothing is ever made on the
// machine itself.
std::set<std::string> folders_to_overlay(const std::vector<JobSpec::Mount>& mounts) {
  std::set<std::string> folders;
  std::vector<std::string> earlier;
  for (const auto& mount : mounts) {
    const bool covered = is_within(mount.to, "/tmp") ||
                         std::any_of(earlier.begin(), earlier.end(), [&](const auto& to) {
                           return is_within(mount.to, to);
                         });
    earlier.push_back(mount.to);
    if (covered) continue;
    const std::string existing = existing_part(mount.to);
    if (existing != mount.to) folders.insert(existing);
  }
  return folders;
}

// Files of this machine's /tmp that the command or its environment names stay visible under the
// job's own /tmp.
void bind_named_files(const JobSpec& job, std::vector<std::string>& command) {
  std::vector<std::string> named = job.argv;
  named.push_back(job.working_folder);
  for (const auto& [name, value] : job.environment) named.push_back(value);
  std::set<std::string> bound;
  for (const std::string& path : named) {
    if (!path.starts_with("/tmp/") || !bound.insert(path).second) continue;
    const bool mounted = std::any_of(job.mounts.begin(), job.mounts.end(), [&](const auto& mount) {
      return is_within(path, mount.to);
    });
    std::error_code error;
    if (!mounted && fs::exists(path, error)) command.insert(command.end(), {"--bind", path, path});
  }
}

struct ProgramResult {
  bool succeeded = false;
  std::string errors;
};

ProgramResult run_program(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  Fd reader(ends[0]);
  Fd writer(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, writer.get(), 2);
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  writer.reset();
  if (error != 0) return {false, command[0] + ": " + std::generic_category().message(error)};
  ProgramResult result;
  std::array<char, 1024> buffer{};
  ssize_t count = 0;
  while ((count = ::read(reader.get(), buffer.data(), buffer.size())) > 0)
    result.errors.append(buffer.data(), static_cast<std::size_t>(count));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  while (!result.errors.empty() && result.errors.back() == '\n') result.errors.pop_back();
  result.succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return result;
}

void replace_paths(std::string& text, const JobSpec::Mount& mount) {
  std::size_t at = 0;
  while ((at = text.find(mount.to, at)) != std::string::npos) {
    const std::size_t end = at + mount.to.size();
    const bool starts =
        at == 0 || std::string_view("=: ,\"'").find(text[at - 1]) != std::string_view::npos;
    const bool ends = end == text.size() ||
                      std::string_view("/=: ,\"'").find(text[end]) != std::string_view::npos;
    if (starts && ends) {
      text.replace(at, mount.to.size(), mount.from);
      at += mount.from.size();
    } else {
      at = end;
    }
  }
}

// A mount inside another one becomes a link in the folder that the outer one shows.
void link_into_outer(const JobSpec::Mount& inner, const std::vector<JobSpec::Mount>& mounts) {
  for (const auto& outer : mounts) {
    if (outer.to == inner.to || !is_within(inner.to, outer.to)) continue;
    const fs::path link = outer.from + inner.to.substr(outer.to.size());
    fs::create_directories(link.parent_path());
    std::error_code error;
    if (fs::is_symlink(link) || (fs::is_directory(link) && fs::is_empty(link)))
      fs::remove(link, error);
    if (!fs::exists(link)) fs::create_symlink(inner.from, link);
    return;
  }
}

}  // namespace

std::map<std::string, std::string> base_environment(const std::string& tmp) {
  return {{"PATH", kJobPath},
          {"HOME", tmp},
          {"TMPDIR", tmp},
          {"LANG", "C.UTF-8"},
          {"LC_ALL", "C.UTF-8"}};
}

std::vector<std::string> sandbox_command(const SandboxPlan& plan,
                                         const JobSpec& job,
                                         const std::string& tmp) {
  const auto mounts = outer_first(job.mounts);
  const auto overlays = folders_to_overlay(mounts);
  std::vector<std::string> command{plan.program};
  if (overlays.contains("/")) {
    bind_entries("/", command);
  } else {
    command.insert(command.end(), {"--dev-bind", "/", "/"});
  }
  command.insert(command.end(), plan.flags.begin(), plan.flags.end());
  for (const std::string& folder : overlays) {
    if (folder == "/") continue;
    command.insert(command.end(), {"--tmpfs", folder});
    bind_entries(folder, command);
  }
  command.insert(command.end(), {"--bind", tmp, "/tmp"});
  bind_named_files(job, command);
  for (const auto& mount : mounts)
    command.insert(command.end(), {mount.read_only ? "--ro-bind" : "--bind", mount.from, mount.to});
  if (!job.working_folder.empty()) command.insert(command.end(), {"--chdir", job.working_folder});
  command.push_back("--");
  command.insert(command.end(), job.argv.begin(), job.argv.end());
  return command;
}

std::variant<SandboxPlan, NoSandbox> probe_sandbox(const std::string& program,
                                                   const std::string& scratch) {
  const char* path = ::getenv("PATH");
  const std::string found =
      find_in_path(program, std::string(path == nullptr ? "" : path) + ":" + kJobPath);
  if (found.empty())
    return NoSandbox{"bubblewrap is not installed (" + program +
                     "): run `apt-get install bubblewrap`"};
  const std::vector<std::string> own_proc{"--unshare-pid", "--die-with-parent", "--proc", "/proc"};
  // Within a container a new /proc is often refused; the one that is there then serves.
  const std::vector<std::string> host_proc{
      "--unshare-pid", "--die-with-parent", "--dev-bind", "/proc", "/proc"};
  JobSpec trial;
  trial.argv = {"/bin/true"};
  trial.mounts = {{scratch, kContractRoot, false}};
  std::string errors;
  for (const auto& flags : {own_proc, host_proc}) {
    for (const bool user_namespace : {false, true}) {
      SandboxPlan plan{found, flags};
      if (user_namespace) plan.flags.insert(plan.flags.begin(), "--unshare-user");
      const ProgramResult result = run_program(sandbox_command(plan, trial, scratch));
      if (result.succeeded) return plan;
      if (errors.empty()) errors = result.errors;
    }
  }
  return NoSandbox{
      "bubblewrap cannot make a sandbox here (" + errors +
      "): allow user namespaces (`sysctl kernel.unprivileged_userns_clone=1`) or run pawl as root"};
}

JobSpec relocate(const JobSpec& job) {
  JobSpec moved = job;
  std::vector<JobSpec::Mount> inner_first = outer_first(job.mounts);
  std::reverse(inner_first.begin(), inner_first.end());
  for (const auto& mount : inner_first) {
    for (std::string& argument : moved.argv) replace_paths(argument, mount);
    for (auto& [name, value] : moved.environment) replace_paths(value, mount);
    replace_paths(moved.working_folder, mount);
    if (mount.to == kContractRoot) moved.environment.try_emplace("SAGEMAKER_BASE_DIR", mount.from);
    link_into_outer(mount, inner_first);
  }
  moved.mounts.clear();
  return moved;
}

std::string resolve_program(const JobSpec& job) {
  if (job.argv.empty() || job.argv[0].empty()) return "";
  const std::string& program = job.argv[0];
  if (program[0] == '/') {
    auto mounts = outer_first(job.mounts);
    std::reverse(mounts.begin(), mounts.end());
    for (const auto& mount : mounts)
      if (is_within(program, mount.to)) {
        const std::string here = mount.from + program.substr(mount.to.size());
        return is_executable(here) ? here : "";
      }
    return is_executable(program) ? program : "";
  }
  // A relative path depends on the job's working folder, and PATH may be the job's own: found out
  // when it starts.
  if (program.find('/') != std::string::npos) return program;
  const auto path = job.environment.find("PATH");
  if (path != job.environment.end()) return program;
  return find_in_path(program, kJobPath);
}

}  // namespace pawl::engine
