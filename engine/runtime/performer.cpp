// Carries out what became durable: the only place where something leaves the runtime.
#include <spdlog/spdlog.h>

#include <atomic>

#include "engine/runtime/shard.h"
#include "engine/runtime/virtual_clock.h"

namespace pawl::engine {

namespace {

// What a connector holds. It outlives the execution, the shard and the engine: then it reaches
// nobody.
class Reply final : public TaskReply {
 public:
  Reply(std::shared_ptr<Mailbox> mailbox, Shard& shard, ExecutionKey key, states::WorkId work)
      : mailbox_(std::move(mailbox)), shard_(shard), key_(key), work_(work) {}

  void started(std::optional<std::string> worker_name) override {
    if (!answered_) post(states::WorkStarted{work_, std::move(worker_name)});
  }
  void submitted(Payload output) override {
    if (!answered_) post(states::WorkSubmitted{work_, std::move(output)});
  }
  void succeeded(Payload output) override {
    if (!answered_.exchange(true)) post(states::WorkReturned{work_, std::move(output)});
  }
  void failed(StateError error) override {
    if (!answered_.exchange(true)) post(states::WorkReturned{work_, std::move(error)});
  }

 private:
  void post(states::Stimulus stimulus) {
    // The shard reads its own mail: it is there when the letter is opened.
    mailbox_->post([shard = &shard_, key = key_, stimulus = std::move(stimulus)] {
      shard->deliver(key, stimulus);
    });
  }

  const std::shared_ptr<Mailbox> mailbox_;
  Shard& shard_;
  const ExecutionKey key_;
  const states::WorkId work_;
  std::atomic<bool> answered_ = false;
};

}  // namespace

void Shard::publish(const Live& live, ExecutionKey key, const std::vector<states::Event>& events) {
  listeners_.tell(key, {*live.execution.info, live.revision, events});
}

void Shard::perform(Entry& entry, const std::vector<states::Effect>& effects) {
  const states::Finish* last = nullptr;
  for (const states::Effect& effect : effects) {
    if (const auto* task = std::get_if<states::CallTask>(&effect)) {
      call(entry, *task);
    } else if (const auto* map_run = std::get_if<states::StartMapRun>(&effect)) {
      start(entry, *map_run);
    } else if (const auto* timer = std::get_if<states::SetTimer>(&effect)) {
      timers_.set({timer->due, entry.key, timer->work, timer->kind});
    } else if (const auto* work = std::get_if<states::CancelWork>(&effect)) {
      cancel(entry, work->work);
    } else if (const auto* finished = std::get_if<states::Finish>(&effect)) {
      last = finished;
    } else if (entry.live && !entry.live->wants_continue) {
      entry.live->wants_continue = true;
      ready_.push_back(entry.key);
    }
  }
  if (last != nullptr) finish(entry.key, last->outcome);
}

void Shard::call(Entry& entry, const states::CallTask& task) {
  // Called by this process already (the execution was only read again): its reply still stands.
  if (entry.called.contains(task.work)) return;
  entry.called.emplace(
      task.work,
      Call{is_work(task) ? hold_in_virtual_time() : nullptr, is_work_after_submission(task)});
  const states::ExecutionInfo& info = *entry.live->execution.info;
  const auto reply = std::make_shared<Reply>(mailbox_, *this, entry.key, task.work);
  try {
    TaskCall made{info.arn, info.name, info.state_machine_arn, task};
    made.trace_header = info.trace_header;
    if (entry.express && entry.express->what.map_child) {
      made.redrive = entry.express->what.map_child->redrive;
    }
    connectors_.call(made, reply);
  } catch (const std::exception& e) {
    spdlog::error("runtime: calling {} for {}: {}", task.resource, info.arn, e.what());
    reply->failed({"States.TaskFailed", e.what()});
  }
}

void Shard::start(Entry& entry, const states::StartMapRun& map_run) {
  if (!entry.called.try_emplace(map_run.work).second) return;  // its children are the work
  const Live& live = *entry.live;
  const auto reply = std::make_shared<Reply>(mailbox_, *this, entry.key, map_run.work);
  if (map_runs_ == nullptr) {
    return reply->failed({"States.Runtime", "Distributed Maps are not available here."});
  }
  map_runs_->start({*live.execution.info, live.revision, live.machine, map_run}, reply);
}

void Shard::cancel(Entry& entry, states::WorkId work) {
  timers_.cancel(entry.key, work);
  if (entry.called.erase(work) == 0) return;
  const std::string& arn = entry.live->execution.info->arn;
  try {
    connectors_.cancel(arn, work);
    if (map_runs_ != nullptr) map_runs_->cancel(arn, work);
  } catch (const std::exception& e) {
    spdlog::error("runtime: cancelling work {} of {}: {}", work, arn, e.what());
  }
}

void Shard::finish(ExecutionKey key, const states::Outcome& outcome) {
  const auto found = entries_.find(key);
  Entry& entry = *found->second;
  while (!entry.called.empty()) cancel(entry, entry.called.begin()->first);
  timers_.cancel_all(key);
  if (std::unique_ptr<Express> express = std::move(entry.express)) {
    const bool is_kept = express->what.map_child.has_value();
    entries_.erase(found);
    return is_kept ? keep_end(*express, outcome) : notify(key, outcome);
  }
  if (entry.live) by_use_.erase(entry.live->use);
  entries_.erase(found);
  notify(key, outcome);
}

void Shard::notify(ExecutionKey key, const states::Outcome& outcome) {
  const auto watched = watchers_.find(key);
  if (watched == watchers_.end()) return;
  const std::vector<Watcher> watchers = std::move(watched->second);
  watchers_.erase(watched);
  for (const Watcher& watcher : watchers) watcher.ended(outcome);
}

void Shard::unwatch(std::uint64_t id) {
  std::erase_if(unread_, [id](const auto& entry) { return entry.second.id == id; });
  for (auto at = watchers_.begin(); at != watchers_.end();) {
    std::erase_if(at->second, [id](const Watcher& watcher) { return watcher.id == id; });
    at = at->second.empty() ? watchers_.erase(at) : std::next(at);
  }
}

}  // namespace pawl::engine
