#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <system_error>

#include "engine/files/files.h"
#include "engine/jobs/archive.h"
#include "engine/jobs/tar_format.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUstarSizeMax = (1ULL << 33U) - 1;  // 11 octal digits
constexpr std::size_t kUstarNameMax = 100;
constexpr std::size_t kUstarPrefixMax = 155;

struct Member {
  std::string name;
  std::string path;
  std::string link;
  char type = tar::kFile;
  std::uint64_t size = 0;
  bool executable = false;
};

// A gzip file under a name of its own until it is whole.
class GzipFile {
 public:
  explicit GzipFile(std::string path)
      : path_(std::move(path)), temporary_(path_ + ".new-" + std::to_string(::getpid())) {
    const int fd = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) throw_errno("cannot create " + temporary_);
    kept_ = Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    file_ = ::gzdopen(fd, "wb6");
    if (file_ == nullptr) ::close(fd);
    if (file_ == nullptr || !kept_)
      throw std::system_error(ENOMEM, std::generic_category(), temporary_);
  }
  ~GzipFile() {
    if (file_ != nullptr) ::gzclose(file_);
    if (!finished_) ::unlink(temporary_.c_str());
  }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  void write(const char* bytes, std::size_t size) {
    if (size != 0 && ::gzwrite(file_, bytes, static_cast<unsigned>(size)) <= 0)
      throw_errno("cannot write " + temporary_);
  }
  void finish() {
    const int closed = ::gzclose(std::exchange(file_, nullptr));
    if (closed != Z_OK || ::fsync(kept_.get()) != 0 ||
        ::rename(temporary_.c_str(), path_.c_str()) != 0)
      throw_errno("cannot write " + path_);
    finished_ = true;
    sync_folder(fs::path(path_).parent_path());
  }

 private:
  std::string path_;
  std::string temporary_;
  gzFile file_ = nullptr;
  Fd kept_;
  bool finished_ = false;
};

void write_block(GzipFile& out, tar::Block block) {
  tar::put_number(block, {tar::kChecksum.at, 7}, tar::checksum_of(block));
  block[tar::kChecksum.at + 7] = ' ';
  out.write(block.data(), block.size());
}

tar::Block header(const std::string& name, char type, std::uint64_t size, unsigned mode) {
  tar::Block block{};
  tar::put(block, tar::kName, name);
  tar::put_number(block, tar::kMode, mode);
  tar::put_number(block, tar::kOwner, 0);
  tar::put_number(block, tar::kGroup, 0);
  tar::put_number(block, tar::kSize, size);
  tar::put_number(block, tar::kTime, 0);
  block[tar::kType.at] = type;
  tar::put(block, tar::kMagic, std::string_view("ustar\00000", 8));
  return block;
}

void pad(GzipFile& out, std::uint64_t size) {
  const tar::Block zeros{};
  out.write(zeros.data(), static_cast<std::size_t>(tar::padded(size) - size));
}

// "30 path=some/name\n": the number counts itself too.
std::string pax_record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length)
    length = std::to_string(length).size() + rest.size();
  return std::to_string(length) + rest;
}

// True when the name fits the header's two fields; then they are filled.
bool put_name(tar::Block& block, const std::string& name) {
  if (name.size() <= kUstarNameMax) return true;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (slash > kUstarPrefixMax) return false;
    if (name.size() - slash - 1 > kUstarNameMax || slash + 1 == name.size()) continue;
    std::fill_n(block.begin(), kUstarNameMax, '\0');
    tar::put(block, tar::kName, std::string_view(name).substr(slash + 1));
    tar::put(block, tar::kPrefix, std::string_view(name).substr(0, slash));
    return true;
  }
  return false;
}

void write_header(GzipFile& out, const Member& member) {
  const unsigned mode = member.type == tar::kFolder || member.executable ? 0755 : 0644;
  const bool large = member.size > kUstarSizeMax;
  tar::Block block = header(member.name, member.type, large ? 0 : member.size, mode);
  tar::put(block, tar::kLink, member.link);
  std::string pax;
  if (!put_name(block, member.name)) pax += pax_record("path", member.name);
  if (member.link.size() > kUstarNameMax) pax += pax_record("linkpath", member.link);
  if (large) pax += pax_record("size", std::to_string(member.size));
  if (!pax.empty()) {
    write_block(out, header("PaxHeader", tar::kPax, pax.size(), 0644));
    out.write(pax.data(), pax.size());
    pad(out, pax.size());
  }
  write_block(out, block);
}

void write_contents(GzipFile& out, const Member& member) {
  Fd file(::open(member.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) throw_errno("cannot read " + member.path);
  std::vector<char> buffer(256 * 1024);
  std::uint64_t left = member.size;
  while (left > 0) {
    const ssize_t count =
        ::read(file.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno("cannot read " + member.path);
    if (count == 0) throw std::runtime_error(member.path + " became shorter while it was packed");
    out.write(buffer.data(), static_cast<std::size_t>(count));
    left -= static_cast<std::uint64_t>(count);
  }
  pad(out, member.size);
}

void collect(const std::string& folder, std::map<std::string, Member>& members) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    Member member;
    member.path = entry.path();
    member.name = member.path.substr(folder.size() + (folder.ends_with('/') ? 0 : 1));
    if (entry.is_symlink()) {
      member.type = tar::kSymbolicLink;
      member.link = fs::read_symlink(entry.path());
    } else if (entry.is_directory()) {
      member.type = tar::kFolder;
      member.name += "/";
    } else if (entry.is_regular_file()) {
      member.size = entry.file_size();
      member.executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    } else {
      continue;
    }
    members.try_emplace(member.name, member);
  }
}

}  // namespace

void pack_folders(const std::vector<std::string>& folders, const std::string& archive) {
  std::map<std::string, Member> members;
  for (const std::string& folder : folders)
    if (fs::is_directory(folder)) collect(folder, members);
  GzipFile out(archive);
  for (const auto& [name, member] : members) {
    write_header(out, member);
    if (member.type == tar::kFile) write_contents(out, member);
  }
  const tar::Block zeros{};
  out.write(zeros.data(), zeros.size());
  out.write(zeros.data(), zeros.size());
  out.finish();
}

}  // namespace pawl::engine
