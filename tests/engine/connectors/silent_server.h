// A server that takes requests and never answers, and knows who is still connected.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace pawl::engine {

// Thread-safe.
class SilentServer {
 public:
  SilentServer() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_, 16) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        ::pipe(wake_) != 0) {
      throw std::runtime_error("no socket");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~SilentServer() {
    ::close(wake_[1]);
    thread_.join();
    ::close(wake_[0]);
    ::close(fd_);
    for (const int peer : peers_) ::close(peer);
  }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  // Connections over which a request has begun to come and which the client has not closed. False
  // when there are not as many of them within a minute and a half.
  bool has_open(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(90), [&] { return open_ == count; });
  }

 private:
  void serve() {
    std::vector<int> silent;  // nothing has come from them yet
    for (;;) {
      std::vector<pollfd> watched{{wake_[0], POLLIN, 0}, {fd_, POLLIN, 0}};
      for (const int peer : peers_) watched.push_back({peer, POLLIN, 0});
      if (::poll(watched.data(), watched.size(), -1) < 0) continue;
      if (watched[0].revents != 0) return;
      for (std::size_t i = 2; i < watched.size(); ++i) {
        if (watched[i].revents != 0) read_from(watched[i].fd, silent);
      }
      if (watched[1].revents != 0) {
        peers_.push_back(::accept(fd_, nullptr, nullptr));
        silent.push_back(peers_.back());
      }
      const std::lock_guard lock(mutex_);
      open_ = peers_.size() - silent.size();
      changed_.notify_all();
    }
  }
  void read_from(int peer, std::vector<int>& silent) {
    char bytes[4096];
    const ssize_t count = ::recv(peer, bytes, sizeof(bytes), 0);
    silent.erase(std::remove(silent.begin(), silent.end(), peer), silent.end());
    if (count > 0) return;
    ::close(peer);
    peers_.erase(std::remove(peers_.begin(), peers_.end(), peer), peers_.end());
  }

  int fd_;
  int wake_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::vector<int> peers_;  // of the thread
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;  // guarded
  std::thread thread_;
};

}  // namespace pawl::engine
