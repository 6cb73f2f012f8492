// The steps of a running execution as a tree on a terminal: states, attempts, durations.
#pragma once

#include <iosfwd>
#include <mutex>
#include <string>
#include <vector>

#include "states/event.h"

namespace pawl::engine {

// On a terminal the tree is drawn again at each change; elsewhere each step is one line when it
// ends. Thread-safe.
class LiveTree {
 public:
  LiveTree(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}
  void add(const states::Event& event);
  void finish();

 private:
  void draw();
  void print_ended();

  std::ostream& out_;
  const bool is_terminal_;
  std::mutex mutex_;
  std::vector<states::Event> events_;
  std::size_t lines_drawn_ = 0;
  std::vector<bool> printed_;
};

}  // namespace pawl::engine
