#include "engine/objects/local/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>

namespace pawl::engine {

namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * kNanosecondsPerSecond + time.tv_nsec;
}

// A file's time is what tells its versions apart, so it must never repeat: the file system's own
// clock ticks only every few milliseconds.
std::int64_t next_stamp_ns() {
  static std::atomic<std::int64_t> last{0};
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::int64_t before = last.load();
  std::int64_t next = 0;
  do {
    next = std::max(nanoseconds(now), before + 1);
  } while (!last.compare_exchange_weak(before, next));
  return next;
}

}  // namespace

std::optional<Fd> open_if_exists(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return Fd(fd);
  if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return std::nullopt;
  throw_errno("cannot open " + path);
}

Fd open_file(const std::string& path) {
  std::optional<Fd> file = open_if_exists(path);
  if (!file) throw_errno("cannot open " + path);
  return std::move(*file);
}

Fd create_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) throw_errno("cannot create " + path);
  return Fd(fd);
}

void read_all(const Fd& file, const std::function<void(std::string_view)>& take) {
  const auto buffer = std::make_unique<char[]>(kChunkBytes);
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer.get(), kChunkBytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("cannot read");
    if (count == 0) return;
    take({buffer.get(), static_cast<std::size_t>(count)});
  }
}

std::string read_file(const Fd& file, std::size_t max) {
  std::string all;
  read_all(file, [&](std::string_view chunk) {
    if (all.size() + chunk.size() > max) {
      errno = EFBIG;
      throw_errno("file too large to hold in memory");
    }
    all.append(chunk);
  });
  return all;
}

void append_file(const Fd& from, const Fd& to) {
  constexpr std::size_t kMost = 1U << 30U;
  for (;;) {
    const ssize_t count = ::copy_file_range(from.get(), nullptr, to.get(), nullptr, kMost, 0);
    if (count == 0) return;
    if (count > 0 || errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
      throw_errno("cannot copy");
    return read_all(from, [&](std::string_view chunk) { write_all(to, chunk); });
  }
}

void append_range(const Fd& from, const Fd& to, std::uint64_t offset, std::uint64_t length) {
  const auto buffer = std::make_unique<char[]>(kChunkBytes);
  while (length > 0) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(length, kChunkBytes));
    const ssize_t count = ::pread(from.get(), buffer.get(), most, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("cannot read");
    if (count == 0) return;
    write_all(to, {buffer.get(), static_cast<std::size_t>(count)});
    offset += static_cast<std::uint64_t>(count);
    length -= static_cast<std::uint64_t>(count);
  }
}

FileType file_type(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return FileType::kNone;
  if (S_ISREG(status.st_mode)) return FileType::kRegular;
  return S_ISDIR(status.st_mode) ? FileType::kFolder : FileType::kOther;
}

FileStamp stamp_of(const Fd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("cannot stat");
  return {static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim)};
}

FileStamp seal(const Fd& file) {
  const std::int64_t now = next_stamp_ns();
  timespec time{};
  time.tv_sec = now / kNanosecondsPerSecond;
  time.tv_nsec = now % kNanosecondsPerSecond;
  const timespec times[2] = {time, time};
  if (::futimens(file.get(), times) != 0) throw_errno("cannot set the time of a file");
  if (::fsync(file.get()) != 0) throw_errno("cannot sync a file");
  return stamp_of(file);
}

void rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("cannot rename to " + to);
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG) {
    throw_errno("cannot remove " + path);
  }
}

void move_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) throw_errno("cannot rename to " + to);
  const Fd source = open_file(from);
  // "%!" begins no name that a key can have, so a half copy is never taken for an object.
  const std::filesystem::path target(to);
  const std::string beside =
      (target.parent_path() / ("%!" + std::to_string(next_stamp_ns()))).string();
  const Fd copy = create_file(beside);
  append_file(source, copy);
  struct stat status {};
  if (::fstat(source.get(), &status) != 0) throw_errno("cannot stat");
  const timespec times[2] = {status.st_atim, status.st_mtim};
  if (::futimens(copy.get(), times) != 0) throw_errno("cannot set the time of a file");
  if (::fsync(copy.get()) != 0) throw_errno("cannot sync a file");
  rename_file(beside, to);
  remove_file(from);
}

}  // namespace pawl::engine
