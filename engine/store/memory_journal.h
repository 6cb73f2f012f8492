// The journal of the store in memory.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "engine/store/journal.h"

namespace pawl::engine {

class MemoryJournal final : public Journal {
 public:
  ExecutionKey new_key() override;
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

  // For MemoryExpiry: ARNs of machines that have executions; and the removal, whole histories at a
  // time, of those that ended before then and that `may_go` allows.
  std::set<std::string> machines();
  std::vector<ExecutionRow> remove_ended(const std::string& state_machine_arn,
                                         asl::Timestamp ended_before,
                                         std::size_t events_max,
                                         const std::function<bool(const ExecutionRow&)>& may_go);

  // For MemoryMapRuns: MapRunTable::passed_over().
  void note_redrive(ExecutionKey child, std::int64_t redrive);

 private:
  struct History {
    ExecutionRow row;
    std::vector<states::Event> events;  // of a fork, also those of its origin
    std::optional<asl::Timestamp> wake_at;
  };

  AppendStatus write(Append append);
  AppendStatus create(ExecutionKey key, NewExecution what, states::Sequence before);
  bool gives_way(const NewExecution& what);
  bool share(History& fork, const ForkOrigin& origin);
  static void note_failure(History& history);

  std::mutex mutex_;
  ExecutionKey last_key_ = 0;
  std::map<ExecutionKey, History> histories_;
  std::set<Sleeper> sleepers_;
  std::map<std::string, ExecutionKey> keys_;
};

}  // namespace pawl::engine
