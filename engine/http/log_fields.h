// What a line of the log is about, apart from its text: "requestId", "executionArn".
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace pawl::engine {

// The lines that this thread logs while it lives have them. One at a time: an inner one hides the
// outer one.
class LogFields {
 public:
  using List = std::vector<std::pair<std::string, std::string>>;

  explicit LogFields(List fields);
  ~LogFields();
  LogFields(const LogFields&) = delete;
  LogFields& operator=(const LogFields&) = delete;

  static const List& current();

 private:
  const List fields_;
  const List* const outer_;
};

}  // namespace pawl::engine
