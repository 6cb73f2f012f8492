// Small wrappers over the system calls that the job runner shares: descriptors, whole files,
// clocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pawl::engine::posix {

// An open descriptor, closed when it goes.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

[[noreturn]] void throw_errno(const std::string& what);

std::int64_t wall_clock_ms();
std::int64_t monotonic_ms();

// False when the disk would not take all of it.
bool write_all(int fd, std::string_view bytes);
// nullopt when there is no such file; throws std::system_error for any other trouble.
std::optional<std::string> read_file(const std::string& path);

// The file is the old one or the new one, never half of either, also after power loss. Throws
// std::system_error.
void replace_file(const std::string& path, std::string_view bytes);
// As replace_file, but only where there is none yet: false when there is.
bool create_file(const std::string& path, std::string_view bytes);
// mkdir -p whose new entries are on disk when it returns. Throws std::system_error.
void make_folders(const std::string& path);
void sync_folder(const std::string& path);

}  // namespace pawl::engine::posix
