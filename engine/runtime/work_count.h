// Counts what is in progress, by holds that anybody may keep.
#pragma once

#include <atomic>
#include <memory>

namespace pawl::engine {

// Thread-safe; holds may outlive the count.
class WorkCount {
 public:
  // One piece of work, until the last copy is gone. Null: none.
  using Hold = std::shared_ptr<const void>;

  Hold hold() {
    ++*count_;
    return {nullptr, [count = count_](const void*) { --*count; }};
  }
  bool none() const { return *count_ == 0; }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> count_ =
      std::make_shared<std::atomic<std::int64_t>>(0);
};

}  // namespace pawl::engine
