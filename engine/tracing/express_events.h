// What EXPRESS executions record while they run, which nobody else keeps.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "states/event.h"

namespace pawl::engine {

// One thread at a time.
class ExpressEvents {
 public:
  // Of all executions together. One that it has no room for loses what it has, and is left with the
  // last events that are added.
  static constexpr std::size_t kEventsMax = 100'000;

  void add(const std::string& arn, std::span<const states::Event> events);
  // The public events from the execution's first on; when it has lost some, the last alone. The
  // execution is forgotten. REQUIRES: add() was called for it.
  std::vector<states::Event> take(const std::string& arn);
  std::size_t count() const { return count_; }

 private:
  struct Running {
    std::vector<states::Event> events;
    bool is_whole = true;
  };
  std::unordered_map<std::string, Running> running_;
  std::size_t count_ = 0;
};

}  // namespace pawl::engine
