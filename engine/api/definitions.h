// Parsed definitions by revision: a revision never changes, so each is parsed once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "asl/definition.h"
#include "engine/store/catalog.h"

namespace pawl::engine {

// Thread-safe. Keeps the most recently used.
class Definitions {
 public:
  explicit Definitions(std::size_t kept_max = 512) : kept_max_(kept_max) {}

  // The machine of a row of the catalogue; null when its definition does not parse (which was
  // checked when it was created).
  std::shared_ptr<const asl::StateMachine> of(const MachineRow& row);
  // Whether it is parsed already.
  bool has(std::int64_t revision);

 private:
  using Entry = std::pair<std::int64_t, std::shared_ptr<const asl::StateMachine>>;

  const std::size_t kept_max_;
  std::mutex mutex_;
  std::list<Entry> recent_;  // front: used last
  std::unordered_map<std::int64_t, std::list<Entry>::iterator> by_revision_;
};

}  // namespace pawl::engine
