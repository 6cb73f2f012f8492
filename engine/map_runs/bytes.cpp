#include "engine/map_runs/bytes.h"

#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <vector>

#include "engine/map_runs/item_source.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kPackedBlock = 64 << 10;

class FileBytes final : public Bytes {
 public:
  explicit FileBytes(const std::string& path) : file_(std::fopen(path.c_str(), "rbe")) {
    if (file_ == nullptr) throw ReaderFault("the object cannot be read: " + path);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override { std::fclose(file_); }

  std::size_t read(char* to, std::size_t most) override {
    const std::size_t count = std::fread(to, 1, most, file_);
    if (count == 0 && std::ferror(file_) != 0) throw ReaderFault("the object cannot be read");
    return count;
  }

 private:
  std::FILE* file_;
};

[[noreturn]] void broken(const char* format) {
  throw ReaderFault(std::string("The input file is not a valid ") + format + " file.");
}

class GzipBytes final : public Bytes {
 public:
  explicit GzipBytes(std::unique_ptr<Bytes> packed) : packed_(std::move(packed)) {
    constexpr int kGzipOrZlib = 15 + 32;
    if (inflateInit2(&stream_, kGzipOrZlib) != Z_OK) throw ReaderFault("zlib cannot start");
  }
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;
  ~GzipBytes() override { inflateEnd(&stream_); }

  std::size_t read(char* to, std::size_t most) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(most);
    while (stream_.avail_out == most && refill()) {
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        inside_ = false;  // another member may follow
        inflateReset(&stream_);
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        broken("gzip");
      } else {
        inside_ = true;
      }
    }
    return most - stream_.avail_out;
  }

 private:
  bool refill() {
    if (stream_.avail_in > 0) return true;
    const std::size_t count = packed_->read(block_.data(), block_.size());
    if (count == 0 && inside_) broken("gzip");
    stream_.next_in = reinterpret_cast<Bytef*>(block_.data());
    stream_.avail_in = static_cast<uInt>(count);
    return count > 0;
  }

  std::unique_ptr<Bytes> packed_;
  std::vector<char> block_ = std::vector<char>(kPackedBlock);
  z_stream stream_{};
  bool inside_ = false;
};

class ZstdBytes final : public Bytes {
 public:
  explicit ZstdBytes(std::unique_ptr<Bytes> packed)
      : packed_(std::move(packed)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw ReaderFault("zstd cannot start");
  }
  ZstdBytes(const ZstdBytes&) = delete;
  ZstdBytes& operator=(const ZstdBytes&) = delete;
  ~ZstdBytes() override { ZSTD_freeDStream(stream_); }

  std::size_t read(char* to, std::size_t most) override {
    ZSTD_outBuffer out{to, most, 0};
    while (out.pos == 0 && refill()) {
      const std::size_t status = ZSTD_decompressStream(stream_, &out, &in_);
      if (ZSTD_isError(status) != 0) broken("zstd");
      inside_ = status != 0;
    }
    return out.pos;
  }

 private:
  bool refill() {
    if (in_.pos < in_.size) return true;
    const std::size_t count = packed_->read(block_.data(), block_.size());
    in_ = {block_.data(), count, 0};
    // What the decoder still holds comes out without more of it.
    if (count == 0 && inside_ && drained_) broken("zstd");
    drained_ = count == 0;
    return count > 0 || inside_;
  }

  std::unique_ptr<Bytes> packed_;
  std::vector<char> block_ = std::vector<char>(kPackedBlock);
  ZSTD_DStream* stream_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool inside_ = false;
  bool drained_ = false;
};

}  // namespace

std::unique_ptr<Bytes> open_bytes(const std::string& path, std::string_view name) {
  auto file = std::make_unique<FileBytes>(path);
  if (name.ends_with(".gz") || name.ends_with(".gzip")) {
    return std::make_unique<GzipBytes>(std::move(file));
  }
  if (name.ends_with(".zst") || name.ends_with(".zstd")) {
    return std::make_unique<ZstdBytes>(std::move(file));
  }
  return file;
}

}  // namespace pawl::engine
