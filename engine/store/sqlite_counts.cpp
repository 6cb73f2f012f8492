// How many executions there are: the index of machines and statuses alone is read.
#include "engine/store/sqlite_journal.h"

namespace pawl::engine {

using states::Status;

// Of one state machine, or of all but the "<machine>/<label>" that children of Map Runs have.
#define PAWL_MACHINES                                                                            \
  "machine IN (SELECT id FROM machine_name WHERE CASE WHEN ?1 IS NULL THEN instr(arn, '/') = 0 " \
  "ELSE arn = ?1 END) "

std::map<Status, std::int64_t> SqliteJournal::count(
    const std::optional<std::string>& state_machine_arn) {
  return readers_.with([&](Database& database) {
    Query query(database,
                "SELECT status, count(*) FROM execution WHERE " PAWL_MACHINES "GROUP BY status",
                state_machine_arn);
    std::map<Status, std::int64_t> counts;
    while (query.step()) counts[static_cast<Status>(query.integer(0))] = query.integer(1);
    return counts;
  });
}

std::vector<Journal::BucketCount> SqliteJournal::histogram(
    const std::optional<std::string>& state_machine_arn,
    asl::Timestamp from,
    asl::Timestamp to,
    std::int64_t bucket_ms) {
  return readers_.with([&](Database& database) {
    Query query(database,
                "SELECT (started_at - ?2) / ?4 AS bucket, status, count(*) "
                "FROM execution INDEXED BY execution_of_machine_status WHERE " PAWL_MACHINES
                "AND status IN (SELECT status FROM status) AND started_at >= ?2 "
                "AND started_at < ?3 GROUP BY bucket, execution.status "
                "ORDER BY bucket, execution.status",
                state_machine_arn,
                from,
                to,
                bucket_ms);
    std::vector<BucketCount> counts;
    while (query.step()) {
      counts.push_back({query.integer(0), static_cast<Status>(query.integer(1)), query.integer(2)});
    }
    return counts;
  });
}

#undef PAWL_MACHINES

}  // namespace pawl::engine
