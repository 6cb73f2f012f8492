#include "engine/schedules/starts.h"

#include <algorithm>
#include <future>
#include <memory>

namespace pawl::engine {
namespace {

// Many share a commit of the store; more would only wait in its queue.
constexpr std::size_t kTogetherMax = 100;

std::future<StartOutcome> begin_start(const StartExecution& start, StartOrder order) {
  const auto answered = std::make_shared<std::promise<StartOutcome>>();
  auto outcome = answered->get_future();
  start(std::move(order),
        [answered](StartOutcome result) { answered->set_value(std::move(result)); });
  return outcome;
}

StartOutcome outcome_of_start(std::future<StartOutcome>& future) {
  try {
    return future.get();
  } catch (const std::future_error&) {
    return {.kind = StartOutcome::Kind::kUnavailable,
            .execution_arn = {},
            .error = "ServiceUnavailable",
            .message = "The server is being stopped"};
  }
}

}  // namespace

std::vector<StartOutcome> start_all(const StartExecution& start, std::vector<StartOrder> orders) {
  std::vector<StartOutcome> outcomes;
  for (std::size_t first = 0; first < orders.size(); first += kTogetherMax) {
    std::vector<std::future<StartOutcome>> begun;
    const std::size_t end = std::min(orders.size(), first + kTogetherMax);
    for (std::size_t i = first; i < end; ++i) {
      begun.push_back(begin_start(start, std::move(orders[i])));
    }
    for (auto& each : begun) outcomes.push_back(outcome_of_start(each));
  }
  return outcomes;
}

}  // namespace pawl::engine
