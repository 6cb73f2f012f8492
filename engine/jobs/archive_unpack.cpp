#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "engine/files/files.h"
#include "engine/jobs/archive.h"
#include "engine/jobs/tar_format.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kExtensionBytesMax = 1U << 20;  // of a long name or a pax header

class GzipReader {
 public:
  explicit GzipReader(const std::string& path) : file_(::gzopen(path.c_str(), "rbe")) {
    if (file_ == nullptr) throw_errno("cannot open " + path);
    ::gzbuffer(file_, 256 * 1024);
  }
  ~GzipReader() { ::gzclose(file_); }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  // False at the end of the file; anything in between is a cut archive.
  bool read(char* into, std::size_t size) {
    std::size_t got = 0;
    while (got < size) {
      const int count = ::gzread(file_, into + got, static_cast<unsigned>(size - got));
      if (count < 0) fail();
      if (count == 0) break;
      got += static_cast<std::size_t>(count);
    }
    if (got == 0) {
      int number = Z_OK;
      ::gzerror(file_, &number);
      if (number != Z_OK) fail();
      return false;
    }
    if (got < size) throw std::runtime_error("it is cut short");
    return true;
  }

 private:
  [[noreturn]] void fail() {
    int number = Z_OK;
    const char* text = ::gzerror(file_, &number);
    throw std::runtime_error(number == Z_BUF_ERROR ? "it is cut short" : text);
  }
  gzFile file_;
};

struct Header {
  std::string name;
  std::string link;
  char type = tar::kFile;
  std::uint64_t size = 0;
  std::uint64_t mode = 0644;
};

// Components of a name as a path within the folder; throws for one that would leave it.
std::vector<std::string> components_of(const std::string& name) {
  if (name.starts_with('/') || name.find('\0') != std::string::npos)
    throw std::runtime_error("member \"" + name + "\" has an absolute name");
  std::vector<std::string> components;
  for (const fs::path& part : fs::path(name)) {
    if (part.empty() || part == ".") continue;
    if (part == "..") throw std::runtime_error("member \"" + name + "\" would leave the folder");
    components.push_back(part);
  }
  return components;
}

// A link may go up only at its beginning and no further than the folder. ("name/.." is refused:
// where that leads depends on whether name is a link itself.)
void check_link(const std::string& name, std::size_t depth, const std::string& target) {
  const auto refuse = [&] {
    throw std::runtime_error("member \"" + name + "\" links out of the folder, to " + target);
  };
  if (target.empty() || target.starts_with('/')) refuse();
  std::size_t up = 0;
  bool down = false;
  for (const fs::path& part : fs::path(target)) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      down = true;
    } else if (down || ++up > depth) {
      refuse();
    }
  }
}

class Unpacker {
 public:
  Unpacker(const std::string& archive, std::string folder, const UnpackLimits& limits)
      : in_(archive), folder_(std::move(folder)), limits_(limits) {}

  void run() {
    while (const auto header = next()) place(*header);
  }

 private:
  std::optional<Header> next();
  void place(const Header& header);
  std::string make_way(const std::vector<std::string>& components);
  void write_file(const Header& header, const std::string& path);
  void link_file(const Header& header, const std::string& path);
  std::string read_extension(std::uint64_t size);
  void read_pax(const std::string& text, std::map<std::string, std::string>& values) const;
  void skip(std::uint64_t bytes);

  GzipReader in_;
  std::string folder_;
  UnpackLimits limits_;
  std::map<std::string, std::string> global_;
  std::uint64_t bytes_ = 0;
  std::uint64_t entries_ = 0;
};

std::uint64_t to_size(const std::string& text) {
  std::uint64_t size = 0;
  const auto end = text.data() + text.size();
  if (std::from_chars(text.data(), end, size).ptr != end || size >> 60U != 0)
    throw std::runtime_error("bad member size");
  return size;
}

std::optional<Header> Unpacker::next() {
  std::map<std::string, std::string> values = global_;
  tar::Block block{};
  while (in_.read(block.data(), block.size())) {
    if (std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; }))
      return std::nullopt;
    if (++entries_ > limits_.entries_max) throw std::runtime_error("it has too many members");
    const auto size = tar::number_of(block, tar::kSize);
    const auto sum = tar::number_of(block, tar::kChecksum);
    if (!size || !sum || *sum != tar::checksum_of(block))
      throw std::runtime_error("it is no tar file, or damaged");
    const char type = block[tar::kType.at];
    if (type == tar::kGnuLongName) {
      values["path"] = read_extension(*size);
    } else if (type == tar::kGnuLongLink) {
      values["linkpath"] = read_extension(*size);
    } else if (type == tar::kPax) {
      read_pax(read_extension(*size), values);
    } else if (type == tar::kPaxGlobal) {
      read_pax(read_extension(*size), global_);
      values.insert(global_.begin(), global_.end());
    } else {
      Header header{std::string(tar::text_of(block, tar::kName)),
                    std::string(tar::text_of(block, tar::kLink)),
                    type,
                    *size,
                    tar::number_of(block, tar::kMode).value_or(0644)};
      const bool posix_form = tar::text_of(block, tar::kMagic) == "ustar";
      const auto prefix = tar::text_of(block, tar::kPrefix);
      if (posix_form && !prefix.empty()) header.name = std::string(prefix) + "/" + header.name;
      if (values.contains("path")) header.name = values["path"];
      if (values.contains("linkpath")) header.link = values["linkpath"];
      if (values.contains("size")) header.size = to_size(values["size"]);
      return header;
    }
  }
  return std::nullopt;
}

std::string Unpacker::read_extension(std::uint64_t size) {
  if (size > kExtensionBytesMax) throw std::runtime_error("a member's name is too long");
  std::string text(static_cast<std::size_t>(tar::padded(size)), '\0');
  if (size != 0 && !in_.read(text.data(), text.size())) throw std::runtime_error("it is cut short");
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('\0')) text.pop_back();
  return text;
}

void Unpacker::read_pax(const std::string& text, std::map<std::string, std::string>& values) const {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto space = text.find(' ', at);
    if (space == std::string::npos) throw std::runtime_error("a pax header is damaged");
    const std::uint64_t length = to_size(text.substr(at, space - at));
    const auto equals = text.find('=', space);
    if (length > text.size() - at || equals == std::string::npos || equals + 1 >= at + length ||
        length <= space - at)
      throw std::runtime_error("a pax header is damaged");
    const std::size_t end = at + static_cast<std::size_t>(length);
    values[text.substr(space + 1, equals - space - 1)] = text.substr(equals + 1, end - equals - 2);
    at = end;
  }
}

// Makes the folders above the member, refusing to go through a link; the member's own path.
std::string Unpacker::make_way(const std::vector<std::string>& components) {
  std::string path = folder_;
  for (std::size_t index = 0; index + 1 < components.size(); ++index) {
    path += "/" + components[index];
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) {
      if (!S_ISDIR(info.st_mode))
        throw std::runtime_error("\"" + path.substr(folder_.size() + 1) + "\" is no folder");
    } else if (::mkdir(path.c_str(), 0755) != 0) {
      throw_errno("cannot create " + path);
    }
  }
  return path + "/" + components.back();
}

void Unpacker::write_file(const Header& header, const std::string& path) {
  Fd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (header.mode & 0777U) | 0600U));
  if (!file) throw_errno("cannot create " + path);
  std::vector<char> buffer(256 * 1024);
  std::uint64_t left = header.size;
  std::uint64_t padded_left = tar::padded(header.size);
  while (padded_left > 0) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(padded_left, buffer.size()));
    if (!in_.read(buffer.data(), wanted)) throw std::runtime_error("it is cut short");
    const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(left, wanted));
    if (!try_write_all(file.get(), {buffer.data(), kept})) throw_errno("cannot write " + path);
    left -= kept;
    padded_left -= wanted;
  }
}

void Unpacker::link_file(const Header& header, const std::string& path) {
  const auto target_components = components_of(header.link);
  if (target_components.empty())
    throw std::runtime_error("member \"" + header.name + "\" links to nothing");
  const std::string target = make_way(target_components);
  struct stat info {};
  if (::lstat(target.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    throw std::runtime_error("member \"" + header.name + "\" links to " + header.link +
                             ", which is not in the archive");
  if (::link(target.c_str(), path.c_str()) != 0) throw_errno("cannot link " + path);
}

void Unpacker::skip(std::uint64_t bytes) {
  tar::Block block{};
  for (std::uint64_t left = tar::padded(bytes); left > 0; left -= tar::kBlock)
    if (!in_.read(block.data(), block.size())) throw std::runtime_error("it is cut short");
}

void Unpacker::place(const Header& header) {
  const bool is_file = header.type == tar::kFile || header.type == tar::kOldFile ||
                       header.type == tar::kContiguousFile;
  const bool is_folder = header.type == tar::kFolder || (is_file && header.name.ends_with('/'));
  const auto components = components_of(header.name);
  if (components.empty()) return skip(header.size);  // the folder itself: "./"
  const std::string path = make_way(components);
  struct stat info {};
  const bool exists = ::lstat(path.c_str(), &info) == 0;
  if (is_folder) {
    if (!exists && ::mkdir(path.c_str(), 0755) != 0) throw_errno("cannot create " + path);
    if (exists && !S_ISDIR(info.st_mode))
      throw std::runtime_error("\"" + header.name + "\" is there already, and no folder");
    return skip(header.size);
  }
  if (exists && ::unlink(path.c_str()) != 0) throw_errno("cannot replace " + path);
  if (is_file) {
    bytes_ += header.size;
    if (bytes_ > limits_.bytes_max) throw std::runtime_error("its contents are too large");
    write_file(header, path);
  } else if (header.type == tar::kSymbolicLink) {
    check_link(header.name, components.size() - 1, header.link);
    if (::symlink(header.link.c_str(), path.c_str()) != 0) throw_errno("cannot link " + path);
    skip(header.size);
  } else if (header.type == tar::kHardLink) {
    link_file(header, path);
    skip(header.size);
  } else {
    throw std::runtime_error("member \"" + header.name + "\" is neither file, folder nor link");
  }
}

}  // namespace

void unpack_archive(const std::string& archive,
                    const std::string& folder,
                    const UnpackLimits& limits) {
  make_folders(folder);
  try {
    Unpacker(archive, folder, limits).run();
  } catch (const std::system_error&) {
    throw;  // the disk's fault, not the archive's
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("cannot unpack " + fs::path(archive).filename().string() + ": " +
                             error.what());
  }
}

}  // namespace pawl::engine
