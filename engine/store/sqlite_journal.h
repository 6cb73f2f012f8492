// The journal on SQLite.
#pragma once

#include <atomic>
#include <list>
#include <unordered_map>
#include <vector>

#include "engine/store/journal.h"
#include "engine/store/sqlite_event_insert.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

// Which documents of each execution were stored lately, so that the next event with the same one
// refers to it. A memory of the writer's thread: forgetting costs bytes, never truth.
class RecentPayloads {
 public:
  // The sequence under which this execution has this very document, or an equal large one.
  std::optional<states::Sequence> find(ExecutionKey execution, const asl::Payload& payload);
  void remember(ExecutionKey execution, states::Sequence sequence, const asl::Payload& payload);
  void forget(ExecutionKey execution);
  void clear();

 private:
  struct Kept {
    states::Sequence sequence = 0;
    asl::Payload payload;
  };
  struct Ring {
    std::vector<Kept> kept;
    std::list<ExecutionKey>::iterator used;
  };

  std::unordered_map<ExecutionKey, Ring> rings_;
  std::list<ExecutionKey> by_use_;  // the one used last is last
  std::size_t bytes_ = 0;
};

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(SqlitePool& readers, ExecutionKey last_key);
  // Called before anything else; the writer and the journal need one another.
  void attach(SqliteWriter& writer) { writer_ = &writer; }
  void on_rollback() {
    recent_.clear();
    machine_ids_.clear();
  }

  ExecutionKey new_key() override { return ++last_key_; }
  void append(Append append, std::function<void(AppendStatus)> done) override;
  std::vector<states::Event> read(ExecutionKey execution,
                                  states::Sequence from,
                                  std::size_t limit) override;
  std::vector<states::Event> read_public(ExecutionKey execution,
                                         states::EventId first_id,
                                         std::size_t limit,
                                         bool reverse) override;
  std::optional<ExecutionRow> find(const std::string& execution_arn) override;
  std::optional<ExecutionRow> find(ExecutionKey key) override;
  std::vector<ExecutionRow> awake_executions(ExecutionKey after, std::size_t limit) override;
  std::vector<Sleeper> sleepers(Sleeper after, std::size_t limit) override;
  std::vector<ExecutionRow> list(const Filter& filter,
                                 std::optional<Cursor> before,
                                 std::size_t limit) override;
  std::vector<ExecutionRow> list_named(const std::string& arn_prefix,
                                       const std::string& after_arn,
                                       std::size_t limit) override;
  std::map<states::Status, std::int64_t> count(
      const std::optional<std::string>& state_machine_arn) override;
  std::vector<BucketCount> histogram(const std::optional<std::string>& state_machine_arn,
                                     asl::Timestamp from,
                                     asl::Timestamp to,
                                     std::int64_t bucket_ms) override;
  std::optional<asl::Timestamp> latest_time() override;

 private:
  AppendStatus write(Database& database, const Append& append);
  std::int64_t machine_id(Database& database, const states::ExecutionInfo& info);
  EventRow event_row(ExecutionKey execution, const states::Event& event);

  SqlitePool& readers_;
  SqliteWriter* writer_ = nullptr;
  std::atomic<ExecutionKey> last_key_;
  // The writer's thread only:
  RecentPayloads recent_;
  std::unordered_map<std::string, std::int64_t> machine_ids_;  // rows of execution_machine, by ARN
  std::vector<EventRow> rows_;                                 // of the append being written
};

}  // namespace pawl::engine
