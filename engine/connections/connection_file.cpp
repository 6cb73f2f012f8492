#include "engine/connections/connection_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "asl/text.h"

namespace pawl::engine {
namespace {

using asl::Json;

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  throw std::runtime_error("the connections in " + file + " cannot be " + why);
}

class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void sync_folder(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const OwnedFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) ::fsync(fd.get());
}

}  // namespace

Json read_connections(const std::string& file) {
  std::ifstream in(file);
  if (!in) {
    if (std::filesystem::exists(file)) fail(file, "read");
    return Json::array();
  }
  std::ostringstream text;
  text << in.rdbuf();
  auto parsed = asl::parse_text(text.str());
  Json* document = std::get_if<Json>(&parsed);
  if (document == nullptr || !document->is_object() || !document->contains("connections") ||
      !document->at("connections").is_array()) {
    fail(file, "read: it is not as they were written");
  }
  return document->at("connections");
}

void write_connections(const std::string& file, const Json& connections) {
  const std::string fresh = file + ".new";
  {
    const OwnedFd fd(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    // One that lies there from a crash keeps the mode it has.
    const bool is_private = fd.get() >= 0 && ::fchmod(fd.get(), 0600) == 0;
    if (!is_private || !write_all(fd.get(), asl::to_text({{"connections", connections}}) + "\n") ||
        ::fsync(fd.get()) != 0) {
      fail(file, std::string("written: ") + std::strerror(errno));
    }
  }
  if (std::rename(fresh.c_str(), file.c_str()) != 0) {
    fail(file, std::string("written: ") + std::strerror(errno));
  }
  sync_folder(file);
}

}  // namespace pawl::engine
