#include "engine/store/sqlite_writer.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <future>

#include "engine/store/records.h"

namespace pawl::engine {

namespace {
constexpr std::size_t kQueueMax = 8'192;        // jobs waiting; beyond it, submit() blocks
constexpr std::size_t kGroupMax = 1'024;        // jobs in one transaction
constexpr std::chrono::seconds kProbeEvery{1};  // while writes fail and nobody asks for one
}  // namespace

SqliteWriter::SqliteWriter(std::unique_ptr<Database> database, std::function<void()> on_rollback)
    : database_(std::move(database)),
      on_rollback_(std::move(on_rollback)),
      thread_([this] { loop(); }) {}

SqliteWriter::~SqliteWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_ready_.notify_all();
  thread_.join();
}

void SqliteWriter::submit(Job job) {
  std::unique_lock lock(mutex_);
  room_ready_.wait(lock, [this] { return queue_.size() < kQueueMax; });
  queue_.push_back(std::move(job));
  lock.unlock();
  work_ready_.notify_one();
}

void SqliteWriter::run(std::function<void(Database&)> work) {
  std::promise<bool> durable;
  submit({std::move(work), [&durable](bool ok) { durable.set_value(ok); }});
  if (!durable.get_future().get()) {
    throw StoreUnavailable("the store cannot write: " + problem());
  }
}

std::string SqliteWriter::problem() {
  const std::lock_guard lock(mutex_);
  return problem_;
}

WriteCounts SqliteWriter::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void SqliteWriter::count(std::size_t writes, std::chrono::steady_clock::duration took) {
  const std::lock_guard lock(mutex_);
  ++counts_.commits;
  counts_.writes += writes;
  counts_.seconds += std::chrono::duration<double>(took).count();
}

void SqliteWriter::set_problem(std::string why) {
  const std::lock_guard lock(mutex_);
  if (!why.empty() && problem_.empty()) spdlog::error("store: writes fail: {}", why);
  if (why.empty() && !problem_.empty()) spdlog::info("store: writes succeed again");
  problem_ = std::move(why);
}

void SqliteWriter::loop() {
  std::vector<Job> group;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto something = [this] { return stopping_ || !queue_.empty(); };
      if (problem_.empty()) {
        work_ready_.wait(lock, something);
      } else {
        work_ready_.wait_for(lock, kProbeEvery, something);
      }
      if (queue_.empty() && stopping_) break;
      while (!queue_.empty() && group.size() < kGroupMax) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    room_ready_.notify_all();
    if (group.empty()) {
      probe();
    } else {
      write_group(group);
      group.clear();
    }
  }
  // What was reported as not written must not be found in the log at the next start.
  if (!problem().empty()) probe();
}

void SqliteWriter::write_group(std::vector<Job>& group) {
  if (commit(group.data(), group.size())) {
    for (Job& job : group) job.done(true);
    return;
  }
  // One job that cannot be written must not fail the others: each by itself.
  for (Job& job : group) {
    const bool durable = commit(&job, 1);
    // A commit whose fsync failed may have left its frames in the log, where a crash would find
    // them. The next transaction takes their place; make one before saying "not written".
    if (!durable) probe();
    job.done(durable);
  }
}

bool SqliteWriter::commit(const Job* first, std::size_t writes) {
  try {
    const auto begun = std::chrono::steady_clock::now();
    database_->execute("BEGIN IMMEDIATE");
    for (const Job* job = first; job != first + writes; ++job) job->work(*database_);
    database_->execute("COMMIT");
    count(writes, std::chrono::steady_clock::now() - begun);
    set_problem("");
    return true;
  } catch (const std::exception& e) {
    set_problem(e.what());
  }
  try {
    if (database_->in_transaction()) database_->execute("ROLLBACK");
  } catch (const std::exception& e) {
    spdlog::error("store: cannot roll back: {}", e.what());
  }
  on_rollback_();
  return false;
}

bool SqliteWriter::probe() {
  const Job nothing{
      [](Database& database) {
        Query(database, "UPDATE setting SET value = value + 1 WHERE name = 'probes'").run();
      },
      {}};
  return commit(&nothing, 1);
}

}  // namespace pawl::engine
