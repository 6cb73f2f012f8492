#include "engine/connectors/activity.h"

#include <algorithm>

#include "asl/errors.h"

namespace pawl::engine {

// The worker is recorded before it can answer: its answer reaches the runtime after this.
void ActivityConnector::give(Waiting waiting, const Poller& poller) {
  waiting.reply->started(poller.worker.name);
  poller.answer(std::move(waiting.task));
}

// The worker that has waited longest and is still there. REQUIRES: the lock is held.
std::optional<ActivityConnector::Poller> ActivityConnector::take_poller(
    const std::string& activity_arn) {
  const auto queue = state_->queues.find(activity_arn);
  if (queue == state_->queues.end()) return std::nullopt;
  auto& pollers = queue->second.pollers;
  std::optional<Poller> taken;
  while (!taken && !pollers.empty()) {
    Poller& first = pollers.front();
    alarms_.cancel(first.alarm);
    if (!first.worker.is_gone || !first.worker.is_gone()) taken = std::move(first);
    pollers.pop_front();
  }
  if (pollers.empty() && queue->second.tasks.empty()) state_->queues.erase(queue);
  return taken;
}

void ActivityConnector::call(const TaskCall& call, std::shared_ptr<TaskReply> reply) {
  const states::CallTask& task = call.task;
  if (task.resumed && task.submitted) return;  // a worker has it, and its token
  // [seen] An execution fails with this error, which no catcher takes, when it comes to an activity
  // that is not there. One that was scheduled before its activity was deleted waits on.
  if (!task.resumed && !is_there(task.resource)) {
    return reply->failed(
        {asl::errors::kRuntime, "The activity '" + task.resource + "' does not exist"});
  }
  Waiting waiting{.key = {call.execution_arn, task.work},
                  .task = {task.token.value_or(std::string()), task.parameters},
                  .reply = std::move(reply)};
  std::optional<Poller> poller;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting.contains(waiting.key)) return;  // called twice: it waits already
    poller = take_poller(task.resource);
    if (!poller) {
      state_->waiting.emplace(waiting.key, task.resource);
      state_->queues[task.resource].tasks.push_back(std::move(waiting));
      return;
    }
  }
  give(std::move(waiting), *poller);
}

bool ActivityConnector::is_there(const std::string& activity_arn) {
  constexpr std::chrono::seconds kGoodFor{1};
  constexpr std::size_t kSeenMax = 10'000;
  if (!exists_) return true;
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(seen_mutex_);
    const auto found = seen_.find(activity_arn);
    if (found != seen_.end() && now - found->second < kGoodFor) return true;
  }
  if (!exists_(activity_arn)) return false;
  const std::lock_guard lock(seen_mutex_);
  if (seen_.size() >= kSeenMax) seen_.clear();
  seen_[activity_arn] = now;
  return true;
}

void ActivityConnector::cancel(const std::string& execution_arn, states::WorkId work) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->waiting.find({execution_arn, work});
  if (found == state_->waiting.end()) return;
  const auto queue = state_->queues.find(found->second);
  std::erase_if(queue->second.tasks,
                [&](const Waiting& waiting) { return waiting.key == found->first; });
  if (queue->second.tasks.empty()) state_->queues.erase(queue);
  state_->waiting.erase(found);
}

bool ActivityConnector::poll(const std::string& activity_arn,
                             const ActivityWorker& worker,
                             std::chrono::milliseconds wait,
                             std::function<void(std::optional<ActivityTask>)> answer) {
  Poller poller{.worker = worker, .answer = std::move(answer)};
  std::optional<Waiting> waiting;
  {
    const std::lock_guard lock(state_->mutex);
    Queue& queue = state_->queues[activity_arn];
    if (queue.tasks.empty()) {
      if (queue.pollers.size() >= pollers_max_) drop_gone(queue);
      if (queue.pollers.size() >= pollers_max_) return false;
      const std::uint64_t id = ++state_->last_poller;
      poller.id = id;
      poller.alarm = alarms_.after(
          wait, [state = state_, activity_arn, id] { give_up(*state, activity_arn, id); });
      queue.pollers.push_back(std::move(poller));
      return true;
    }
    waiting = std::move(queue.tasks.front());
    queue.tasks.pop_front();
    state_->waiting.erase(waiting->key);
    if (queue.tasks.empty()) state_->queues.erase(activity_arn);
  }
  give(*std::move(waiting), poller);
  return true;
}

// Those whose client has left make room; their alarms find nobody.
void ActivityConnector::drop_gone(Queue& queue) {
  std::erase_if(queue.pollers, [](const Poller& poller) {
    return poller.worker.is_gone && poller.worker.is_gone();
  });
}

void ActivityConnector::give_up(State& state,
                                const std::string& activity_arn,
                                std::uint64_t poller) {
  std::function<void(std::optional<ActivityTask>)> answer;
  {
    const std::lock_guard lock(state.mutex);
    const auto queue = state.queues.find(activity_arn);
    if (queue == state.queues.end()) return;
    auto& pollers = queue->second.pollers;
    const auto found = std::find_if(
        pollers.begin(), pollers.end(), [&](const Poller& p) { return p.id == poller; });
    if (found == pollers.end()) return;
    answer = std::move(found->answer);
    pollers.erase(found);
    if (pollers.empty()) state.queues.erase(queue);
  }
  answer(std::nullopt);
}

}  // namespace pawl::engine
