#include "engine/http/spool_file.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

namespace pawl::engine {

void FileDescriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::unique_ptr<SpoolFile> SpoolFile::create(const std::string& folder) {
  std::string path = folder + "/body-XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return nullptr;
  return std::unique_ptr<SpoolFile>(new SpoolFile(std::move(path), fd));
}

SpoolFile::~SpoolFile() { ::unlink(path_.c_str()); }

bool SpoolFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace pawl::engine
