#include "engine/map_runs/spool.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "asl/text.h"
#include "engine/files/files.h"
#include "engine/map_runs/bytes.h"

namespace pawl::engine {

namespace {

// Each line says by its first character what it is: S, the source of the items that follow; K, the
// key of the next item; V, an item.
constexpr char kSource = 'S';
constexpr char kKey = 'K';
constexpr char kValue = 'V';

[[noreturn]] void disk_failed(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), "cannot write " + path);
}

class SpoolFile {
 public:
  explicit SpoolFile(std::string path) : path_(std::move(path)) {
    file_ = std::fopen((path_ + ".part").c_str(), "wbe");
    if (file_ == nullptr) disk_failed(path_);
  }
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;
  ~SpoolFile() {
    if (file_ != nullptr) std::fclose(file_);
  }

  void line(char kind, const asl::Json& value) {
    const std::string text = asl::to_text(value);
    if (std::fputc(kind, file_) == EOF ||
        std::fwrite(text.data(), 1, text.size(), file_) != text.size() ||
        std::fputc('\n', file_) == EOF) {
      disk_failed(path_);
    }
  }

  void finish() {
    if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) disk_failed(path_);
    if (std::rename((path_ + ".part").c_str(), path_.c_str()) != 0) disk_failed(path_);
    sync_folder(parent_folder(path_));
  }

 private:
  const std::string path_;
  std::FILE* file_ = nullptr;
};

class SpoolReader final : public ItemSource {
 public:
  explicit SpoolReader(const std::string& path) : bytes_(open_bytes(path, "")) {}

  std::optional<ReadItem> next() override {
    ReadItem item;
    while (bytes_.peek() != ByteReader::kEnd) {
      const int kind = bytes_.take();
      asl::Json value = asl::Json::parse(rest_of_line());
      if (kind == kSource) {
        source_ = value.get<std::string>();
      } else if (kind == kKey) {
        item.key = value.get<std::string>();
      } else {
        item.value = std::move(value);
        item.source = source_;
        return item;
      }
    }
    return std::nullopt;
  }

 private:
  std::string rest_of_line() {
    std::string line;
    for (int byte = bytes_.take(); byte != ByteReader::kEnd && byte != '\n'; byte = bytes_.take()) {
      line += static_cast<char>(byte);
    }
    return line;
  }

  ByteReader bytes_;
  std::string source_;
};

}  // namespace

std::int64_t spool_items(const std::string& path,
                         ItemSource& source,
                         std::int64_t most,
                         const std::atomic<bool>& stopping) {
  SpoolFile file(path);
  std::int64_t count = 0;
  std::string last_source;
  while (most == 0 || count < most) {
    if (stopping) throw std::runtime_error("the server is stopping");
    const std::optional<ReadItem> item = source.next();
    if (!item) break;
    if (item->source != last_source) file.line(kSource, last_source = item->source);
    if (item->key) file.line(kKey, *item->key);
    file.line(kValue, item->value);
    ++count;
  }
  file.finish();
  return count;
}

std::unique_ptr<ItemSource> read_spool(const std::string& path) {
  return std::make_unique<SpoolReader>(path);
}

}  // namespace pawl::engine
