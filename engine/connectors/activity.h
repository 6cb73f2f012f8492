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
  using Exists = std::function<bool(const std::string& activity_arn)>;

  // [documented] 1,000 workers of an activity wait at once. `exists` is asked once a second for an
  // activity that is called, and may look at the disk; null: all exist.
  // REQUIRES: `alarms` outlives it.
  explicit ActivityConnector(Alarms& alarms, std::size_t pollers_max = 1'000, Exists exists = {})
      : state_(std::make_shared<State>()),
        alarms_(alarms),
        pollers_max_(pollers_max),
        exists_(std::move(exists)) {}

  // REQUIRES: call.task.kind is kActivity and has a token.
  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override;
  bool poll(const std::string& activity_arn,
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
  bool is_there(const std::string& activity_arn);
  static void drop_gone(Queue& queue);
  static void give_up(State& state, const std::string& activity_arn, std::uint64_t poller);

  std::shared_ptr<State> state_;  // shared with alarms, which may ring late
  Alarms& alarms_;
  const std::size_t pollers_max_;
  const Exists exists_;
  std::mutex seen_mutex_;
  std::map<std::string, std::chrono::steady_clock::time_point> seen_;  // when they were there
};

}  // namespace pawl::engine
