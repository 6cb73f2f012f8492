// What survives: events as the journal's rows hold them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "states/event.h"

namespace pawl::simulation {

class Disk {
 public:
  void write(const std::vector<states::Event>& events);
  std::vector<states::Event> read() const;
  bool is_empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }

 private:
  struct Row {
    states::Event head;  // without `what`
    std::int64_t type = 0;
    std::optional<std::string> payload;
    std::string details;
  };
  std::vector<Row> rows_;
};

// The event, encoded and decoded again.
states::Event through_codec(const states::Event& event);

}  // namespace pawl::simulation
