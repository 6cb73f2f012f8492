// One Map Run: reads items, starts children as there is room, counts how they end, and answers with
// the results. What it has done is in the rows of its children, so that a run that begins again
// goes on where it was.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/map_runs/children.h"
#include "engine/map_runs/map_objects.h"
#include "engine/map_runs/pending_redrives.h"
#include "engine/map_runs/results.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/map_runs.h"
#include "engine/runtime/system_world.h"
#include "engine/store/store.h"

namespace pawl::engine {

// Threads for what takes a while.
struct MapRunWorkers {
  std::function<void(std::function<void()>)> post;
  std::function<void(std::chrono::milliseconds, std::function<void()>)> post_after;
};

// What every run works with; outlives all of them.
struct MapRunTools {
  Store& store;
  MapObjects& objects;
  MapRunWorkers workers;
  Clock& clock;
  std::string folder;  // each run has a folder of its own in it
  states::Limits limits;
  Engine* engine = nullptr;
  std::atomic<bool> stopping{false};
};

// Thread-safe. Works on one thread of the workers at a time.
class MapRun : public std::enable_shared_from_this<MapRun> {
 public:
  // `over` runs once, when nothing is left to do.
  MapRun(MapRunTools& tools,
         MapRunCall call,
         std::shared_ptr<TaskReply> reply,
         std::function<void()> over);

  void begin();
  void cancel();
  // Nothing before it has looked at the children that there are already.
  std::optional<MapRunProgress> progress();
  bool is_running(std::int64_t first_item);
  std::vector<std::int64_t> running();  // first items, in order
  // False: it has ended.
  bool change(const MapRunChange& change);

  const std::string& arn() const { return call_.start.map_run; }

 private:
  // On a worker.
  void try_begin();
  MapRunRow opened_again(MapRunRow row);
  void open_items();
  void keep_count(std::int64_t items);
  void pass_over_children();
  void take_up_children();
  void redrive_child(const MapRunTable::Child& child);
  void pump();
  bool start_next();
  void finish();
  void try_finish();
  std::optional<asl::StateError> export_all(bool with_pending);
  void answer();
  ResultsOf results_of();
  std::string folder() const;
  void clean_up(bool keeps_items);
  void end_row(states::Status status, const asl::StateError& error);

  void start_child(const NextChild& child);
  void ask_to_start(const NextChild& child);
  void ask_again(const NextChild& child);
  StartRequest request_of(const NextChild& child);
  void ask_to_redrive(const MapRunTable::Child& child);
  void ask_to_redrive_again(const MapRunTable::Child& child);
  // On the runtime's thread.
  void child_started(const NextChild& child, const Started& started);
  void child_refused(const NextChild& child, EngineError error);
  void child_redriven(const MapRunTable::Child& child);
  void child_not_redriven(const MapRunTable::Child& child);
  void child_ended(std::int64_t first_item, std::int64_t items, states::Status status);
  void watch_child(const std::string& arn, std::int64_t first_item, std::int64_t items);

  // REQUIRES: the lock is held.
  bool is_stopped() const { return cancelled_ || failure_.has_value(); }
  bool has_room() const;
  void count(states::Status status, const MapRunTable::Count& of);
  void count_pending_redrive(std::int64_t executions, std::int64_t items);
  void starts_no_more(std::int64_t items);
  void check_tolerance();
  void fail(asl::StateError error);
  void stop_children();
  void wake();

  MapRunTools& tools_;
  const MapRunCall call_;
  const std::shared_ptr<TaskReply> reply_;
  const std::function<void()> over_;
  states::MapRunSettings settings_;
  std::shared_ptr<const asl::StateMachine> machine_;  // of the children
  asl::MachineType type_{};
  SystemEntropy entropy_;

  std::unique_ptr<Children> children_;                 // whoever works reads them
  std::unique_ptr<PendingRedrives> pending_redrives_;  // null: there are none left

  std::mutex row_writes_;  // held from reading the row to having written it; taken before mutex_
  std::mutex mutex_;
  MapRunRow row_;        // its texts do not change while it runs, and are read without the lock
  bool working_ = true;  // a worker has it, or is asked to
  bool has_counted_ = false;  // what was done already
  bool exhausted_ = false;    // every item has its child
  bool cancelled_ = false;
  bool finished_ = false;
  std::optional<asl::StateError> failure_;
  struct Running {
    ExecutionKey key = 0;
    std::int64_t items = 0;
  };
  std::unordered_map<std::int64_t, Running> running_;  // by first item
  std::int64_t starting_ = 0;                          // asked for, not started yet
  std::int64_t starting_items_ = 0;
  MapRunCounts items_;       // of these, what has ended, and what is to be redriven
  MapRunCounts executions_;  // likewise
};

}  // namespace pawl::engine
