#include "engine/files/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <system_error>

namespace pawl::engine {
namespace {

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

std::string name_beside(const std::string& path) {
  static std::atomic<std::uint64_t> counter{0};
  return path + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
}

// A complete file, which goes away unless it gets its name.
class Draft {
 public:
  Draft(std::string path, std::string_view bytes, const NewFile& how) : path_(std::move(path)) {
    Fd file = opened(how.mode);
    try {
      if (how.prepare) how.prepare(file.get());
      write_all(file, bytes);
      if (how.durable && ::fsync(file.get()) != 0) throw_errno("cannot sync " + path_);
    } catch (...) {
      ::unlink(path_.c_str());
      throw;
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (!is_placed_) ::unlink(path_.c_str());
  }

  void rename_to(const std::string& path) {
    if (std::rename(path_.c_str(), path.c_str()) != 0) throw_errno("cannot rename to " + path);
    is_placed_ = true;
  }
  // False: there is such a file.
  bool link_to(const std::string& path) const {
    if (::link(path_.c_str(), path.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    throw_errno("cannot create " + path);
  }

 private:
  // A new file always, so that its mode is the one asked for and no link is followed.
  Fd opened(mode_t mode) const {
    constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    Fd file(::open(path_.c_str(), kNew, mode));
    if (!file && errno == EEXIST && ::unlink(path_.c_str()) == 0)
      file = Fd(::open(path_.c_str(), kNew, mode));
    if (!file) throw_errno("cannot create " + path_);
    return file;
  }

  const std::string path_;
  bool is_placed_ = false;
};

std::string draft_path(const std::string& path, const NewFile& how) {
  return how.scratch.empty() ? name_beside(path) : how.scratch;
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

void throw_errno(const std::string& what) { fail(errno, what); }

bool try_write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write_all(const Fd& file, std::string_view bytes) {
  if (!try_write_all(file.get(), bytes)) throw_errno("cannot write");
}

std::optional<std::string> read_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
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

void replace_file(const std::string& path, std::string_view bytes, const NewFile& how) {
  Draft draft(draft_path(path, how), bytes, how);
  draft.rename_to(path);
  if (how.durable) sync_folder(parent_folder(path));
}

bool write_new_file(const std::string& path, std::string_view bytes, const NewFile& how) {
  const Draft draft(draft_path(path, how), bytes, how);
  const bool created = draft.link_to(path);
  if (how.durable) sync_folder(parent_folder(path));
  return created;
}

void make_folders(const std::string& path) {
  if (path.empty() || is_folder(path)) return;
  const std::string parent = parent_folder(path);
  if (parent != path) make_folders(parent);
  if (::mkdir(path.c_str(), 0755) != 0) {
    const int error = errno;
    if (error != EEXIST || !is_folder(path)) fail(error, "cannot make folder " + path);
  }
  sync_folder(parent);
}

void sync_folder(const std::string& path) {
  const Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder && errno == ENOENT) return;
  if (!folder || ::fsync(folder.get()) != 0) throw_errno("cannot sync " + path);
}

std::string parent_folder(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace pawl::engine
