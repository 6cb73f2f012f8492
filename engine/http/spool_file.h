// Files that the HTTP server holds: an owned descriptor, and the body of one request on disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pawl::engine {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// Deletes its file when destroyed, unless somebody renamed it away.
class SpoolFile {
 public:
  // A new file in `folder`; null with errno set when that fails.
  static std::unique_ptr<SpoolFile> create(const std::string& folder);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // False with errno set when the disk does not take all.
  bool write(std::string_view bytes);
  void close() { fd_.close(); }
  const std::string& path() const { return path_; }

 private:
  SpoolFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  FileDescriptor fd_;
};

}  // namespace pawl::engine
