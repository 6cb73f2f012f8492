#include "engine/jobs/posix.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <system_error>

namespace pawl::engine::posix {
namespace {

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::int64_t clock_ms(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// A complete, synced file beside `path`; its name.
std::string write_beside(const std::string& path, std::string_view bytes) {
  static std::atomic<std::uint64_t> counter{0};
  const std::string temporary =
      path + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
  Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) throw_errno("cannot create " + temporary);
  if (!write_all(file.get(), bytes) || ::fsync(file.get()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    throw std::system_error(error, std::generic_category(), "cannot write " + temporary);
  }
  return temporary;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::int64_t wall_clock_ms() { return clock_ms(CLOCK_REALTIME); }

std::int64_t monotonic_ms() { return clock_ms(CLOCK_MONOTONIC); }

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> read_file(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("cannot open " + path);
  }
  std::string bytes;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("cannot read " + path);
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void sync_folder(const std::string& path) {
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) throw_errno("cannot sync " + path);
}

void replace_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = write_beside(path, bytes);
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    throw std::system_error(error, std::generic_category(), "cannot rename to " + path);
  }
  sync_folder(parent_of(path));
}

bool create_file(const std::string& path, std::string_view bytes) {
  const std::string temporary = write_beside(path, bytes);
  const bool created = ::link(temporary.c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(temporary.c_str());
  if (!created && error != EEXIST)
    throw std::system_error(error, std::generic_category(), "cannot create " + path);
  sync_folder(parent_of(path));
  return created;
}

void make_folders(const std::string& path) {
  if (path.empty() || path == "/" || path == ".") return;
  if (::mkdir(path.c_str(), 0755) == 0) return sync_folder(parent_of(path));
  if (errno == ENOENT) {
    make_folders(parent_of(path));
    if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return sync_folder(parent_of(path));
  }
  if (errno == EEXIST && std::filesystem::is_directory(path)) return;
  throw_errno("cannot create folder " + path);
}

}  // namespace pawl::engine::posix
