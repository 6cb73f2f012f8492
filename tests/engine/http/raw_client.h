// A blocking socket that says exactly what a test wants, and helpers to run a server for it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace pawl::engine {

class RawClient {
 public:
  // `from`: the address of this machine that it comes from.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0, const char* from = "127.0.0.1")
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    // A server that says nothing fails the test instead of stopping it.
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, from, &address.sin_addr);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0)
        << std::strerror(errno);
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void shut_down_sending() { ::shutdown(fd_, SHUT_WR); }

  // Whether there is something to read now.
  bool is_readable() const {
    pollfd ready{fd_, POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Head and body of the next response, by its Content-Length; what was read beyond stays for the
  // next call.
  std::string response(bool has_body = true) {
    const std::size_t head_end = read_until("\r\n\r\n");
    if (head_end == std::string::npos) return std::exchange(held_, {});
    std::size_t size = head_end;
    const std::size_t field = held_.find("Content-Length: ");
    if (has_body && field < head_end)
      size += std::strtoull(held_.c_str() + field + 16, nullptr, 10);
    while (held_.size() < size && read_some()) {
    }
    size = std::min(size, held_.size());
    std::string out = held_.substr(0, size);
    held_.erase(0, size);
    return out;
  }
  // Up to and with `mark`; everything when the server closes before.
  std::string until(std::string_view mark) {
    const std::size_t end = read_until(mark);
    if (end == std::string::npos) return std::exchange(held_, {});
    std::string out = held_.substr(0, end);
    held_.erase(0, end);
    return out;
  }
  std::string until_closed() {
    while (read_some()) {
    }
    return std::exchange(held_, {});
  }
  // What comes next; empty at the end.
  std::string some() {
    if (held_.empty()) read_some();
    return std::exchange(held_, {});
  }
  bool is_closed() { return held_.empty() && !read_some(); }

 private:
  std::size_t read_until(std::string_view mark) {
    while (true) {
      const std::size_t at = held_.find(mark);
      if (at != std::string::npos) return at + mark.size();
      if (!read_some()) return std::string::npos;
    }
  }
  bool read_some() {
    char bytes[16 * 1024];
    const ssize_t count = ::recv(fd_, bytes, sizeof(bytes), 0);
    EXPECT_FALSE(count < 0 && errno == EAGAIN) << "the server said nothing for 20 s";
    if (count <= 0) return false;
    held_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int fd_ = -1;
  std::string held_;
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "http-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  bool is_empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

inline std::string body_of(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : response.substr(end + 4);
}

inline int status_of(const std::string& response) {
  return response.size() > 12 ? std::atoi(response.c_str() + 9) : 0;
}

}  // namespace pawl::engine
