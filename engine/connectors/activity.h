// The activity connector: Task states whose Resource is an activity ARN wait here until a worker
// polls. Nothing is stored: a task that was still waiting when the server died is scheduled in its
// history, and the runtime calls it again.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/runtime/activities.h"
#include "engine/runtime/alarms.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

class ActivityConnector final : public Connectors, public Activities {
 public:
  // REQUIRES: `alarms` outlives it.
  explicit ActivityConnector(Alarms& alarms) : state_(std::make_shared<State>()), alarms_(alarms) {}

  // REQUIRES: call.task.kind is kActivity and has a token.
  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override;
  void poll(const std::string& activity_arn,
            const ActivityWorker& worker,
            std::chrono::milliseconds wait,
            std::function<void(std::optional<ActivityTask>)> answer) override;

 private:
  using WorkKey = std::pair<std::string, states::WorkId>;  // execution ARN, work
  struct Waiting {
    WorkKey key;
    ActivityTask task;
    std::shared_ptr<TaskReply> reply;
  };
  struct Poller {
    std::uint64_t id = 0;
    ActivityWorker worker;
    std::function<void(std::optional<ActivityTask>)> answer;
    std::uint64_t alarm = 0;
  };
  struct Queue {
    std::deque<Waiting> tasks;
    std::list<Poller> pollers;  // never both: a task meets a poller at once
  };
  struct State {
    std::mutex mutex;
    std::map<std::string, Queue> queues;     // by activity ARN; no empty ones
    std::map<WorkKey, std::string> waiting;  // where a task that can be taken back stands
    std::uint64_t last_poller = 0;
  };

  std::optional<Poller> take_poller(const std::string& activity_arn);
  static void give(Waiting waiting, const Poller& poller);
  static void give_up(State& state, const std::string& activity_arn, std::uint64_t poller);

  std::shared_ptr<State> state_;  // shared with alarms, which may ring late
  Alarms& alarms_;
};

}  // namespace pawl::engine
