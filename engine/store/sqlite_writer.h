// The one thread that writes to a SQLite store. Whatever is queued when it comes round joins one
// transaction and is made durable by one fsync (group commit).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/store.h"

namespace pawl::engine {

class SqliteWriter {
 public:
  struct Job {
    // Runs within the group's transaction. May run a second time, after a rollback: it must start
    // from nothing each time, and check before it writes.
    std::function<void(Database&)> work;
    // Runs once, on the writer's thread, after the commit or after its failure.
    std::function<void(bool durable)> done;
  };

  // `on_rollback` runs on the writer's thread whenever what was written is undone.
  SqliteWriter(std::unique_ptr<Database> database, std::function<void()> on_rollback);
  ~SqliteWriter();  // writes what is queued, then stops

  // Blocks while the queue is full.
  void submit(Job job);
  // Submits and waits; throws StoreUnavailable. Not for the writer's own thread.
  void run(std::function<void(Database&)> work);
  std::string problem();
  WriteCounts counts() const;

 private:
  void loop();
  void write_group(std::vector<Job>& group);
  bool commit(const Job* first, std::size_t writes);
  bool probe();
  void set_problem(std::string why);
  void count(std::size_t writes, std::chrono::steady_clock::duration took);

  std::unique_ptr<Database> database_;
  std::function<void()> on_rollback_;
  mutable std::mutex mutex_;
  std::condition_variable work_ready_;
  std::condition_variable room_ready_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::string problem_;
  WriteCounts counts_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pawl::engine
