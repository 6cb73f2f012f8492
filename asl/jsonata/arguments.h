// The arguments of a call: a vector that has room for a few without the heap.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

class Arguments {
 public:
  Arguments() = default;
  Arguments(std::initializer_list<Value> values) {
    for (const Value& value : values) push_back(value);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Value* begin() { return more_.empty() ? few_ : more_.data(); }
  Value* end() { return begin() + size_; }
  const Value* begin() const { return more_.empty() ? few_ : more_.data(); }
  const Value* end() const { return begin() + size_; }
  Value& operator[](std::size_t i) { return begin()[i]; }
  const Value& operator[](std::size_t i) const { return begin()[i]; }
  const Value& front() const { return *begin(); }

  void push_back(Value value) {
    if (more_.empty() && size_ < kFew) {
      few_[size_++] = std::move(value);
      return;
    }
    if (more_.empty()) {
      for (Value& each : few_) more_.push_back(std::move(each));
    }
    more_.push_back(std::move(value));
    ++size_;
  }

 private:
  static constexpr std::size_t kFew = 4;

  Value few_[kFew];
  std::vector<Value> more_;  // all of them once there are more than a few
  std::size_t size_ = 0;
};

}  // namespace pawl::asl::jsonata
