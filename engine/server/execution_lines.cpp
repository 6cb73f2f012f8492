#include "engine/server/execution_lines.h"

#include <spdlog/spdlog.h>

#include "engine/http/log_fields.h"

namespace pawl::engine {

namespace {

struct LineOf {
  std::string operator()(const states::ExecutionStarted&) const { return "the execution starts"; }
  std::string operator()(const states::ExecutionRedriven&) const {
    return "the execution is redriven";
  }
  std::string operator()(const states::ExecutionSucceeded&) const {
    return "the execution has succeeded";
  }
  std::string operator()(const states::ExecutionFailed& fact) const {
    return "the execution has failed: " + fact.error.name.value_or("(no error)");
  }
  std::string operator()(const states::ExecutionTimedOut&) const {
    return "the execution has timed out";
  }
  std::string operator()(const states::ExecutionAborted&) const {
    return "the execution was stopped";
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

void log_lines(const Recorded& recorded) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  for (const states::Event& event : recorded.events) {
    const std::string line = std::visit(LineOf{}, event.what);
    if (line.empty()) continue;
    const LogFields fields({{"executionArn", recorded.info.arn}});
    spdlog::debug(line);
  }
}

}  // namespace

ExecutionLines::ExecutionLines(Engine& engine)
    : engine_(engine), listener_(engine.listen("", log_lines)) {}

ExecutionLines::~ExecutionLines() { engine_.unlisten(listener_); }

}  // namespace pawl::engine
