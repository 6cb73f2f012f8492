// The state machines that were read last, as they are committed: every start of an execution asks
// for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/store/catalog.h"

namespace pawl::engine {

// Thread-safe.
class MachineCache {
 public:
  static constexpr std::size_t kBytesMax = 16 << 20;  // of definitions

  // Lives while a machine is written: whoever reads meanwhile may get the old row or the new one,
  // and what is read before the end is not kept.
  class Change {
   public:
    explicit Change(MachineCache& cache) : cache_(cache) {}
    ~Change() { cache_.forget(); }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    MachineCache& cache_;
  };

  // Null: unknown.
  std::shared_ptr<const MachineRow> find(const std::string& arn) const;
  // Goes up with every change; read before the row is.
  std::uint64_t generation() const;
  // Does nothing when there was a change since.
  void keep(std::uint64_t generation, const MachineRow& row);

 private:
  void forget();

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const MachineRow>> rows_;  // by ARN
  std::size_t bytes_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace pawl::engine
