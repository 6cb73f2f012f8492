// A file's bytes from its beginning, unpacked on the way.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace pawl::engine {

class Bytes {
 public:
  virtual ~Bytes() = default;
  // 0 at the end. Throws ReaderFault (item_source.h).
  virtual std::size_t read(char* to, std::size_t most) = 0;
};

// `name` is the object's key: [aws] ".gz" and ".zst" say that it is packed.
std::unique_ptr<Bytes> open_bytes(const std::string& path, std::string_view name);

// Reads ahead one block, so that one byte at a time costs little.
class ByteReader {
 public:
  explicit ByteReader(std::unique_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}

  static constexpr int kEnd = -1;
  int peek() {
    if (at_ == filled_ && !fill()) return kEnd;
    return static_cast<unsigned char>(block_[at_]);
  }
  int take() {
    const int byte = peek();
    if (byte != kEnd) ++at_;
    return byte;
  }

 private:
  bool fill() {
    if (block_.empty()) block_.resize(kBlock);
    at_ = 0;
    filled_ = bytes_->read(block_.data(), block_.size());
    return filled_ > 0;
  }

  static constexpr std::size_t kBlock = 64 << 10;
  std::unique_ptr<Bytes> bytes_;
  std::string block_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace pawl::engine
