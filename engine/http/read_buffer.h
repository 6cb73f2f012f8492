// Received bytes that wait to be parsed, in one piece.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace pawl::engine {

class ReadBuffer {
 public:
  std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }

  // Room at the end for at least one byte, in a buffer of at least `capacity` bytes and never less
  // than it holds.
  void make_room(std::size_t capacity) {
    if (empty()) begin_ = end_ = 0;
    if (capacity <= capacity_ && end_ < capacity_) return;
    const std::size_t held = size();
    if (capacity > capacity_) {
      auto larger = std::make_unique_for_overwrite<char[]>(capacity);
      if (held > 0) std::memcpy(larger.get(), data_.get() + begin_, held);
      data_ = std::move(larger);
      capacity_ = capacity;
    } else if (held > 0) {
      std::memmove(data_.get(), data_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
  }
  char* room() { return data_.get() + end_; }
  std::size_t room_size() const { return capacity_ - end_; }
  void add(std::size_t count) { end_ += count; }
  void consume(std::size_t count) { begin_ += count; }
  std::size_t capacity() const { return capacity_; }
  // Gives the memory back; an idle connection keeps none.
  void release() {
    data_.reset();
    capacity_ = begin_ = end_ = 0;
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace pawl::engine
