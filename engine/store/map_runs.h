// Map Runs, and their children as the journal holds them: a child's row is all that is kept of its
// progress.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/journal.h"

namespace pawl::engine {

struct MapRunRow {
  std::int64_t id = 0;
  std::string arn;
  std::string execution_arn;
  std::string state_machine_arn;  // of its children: "...:stateMachine:MACHINE/LABEL"
  asl::Timestamp started_at{};
  std::optional<asl::Timestamp> stopped_at;
  states::Status status = states::Status::kRunning;
  std::int64_t max_concurrency = 0;  // 0: as many as can be
  std::optional<std::int64_t> tolerated_count;
  std::optional<double> tolerated_percentage;
  std::int64_t items = -1;  // how many there are; -1 until they have been read
  asl::StateError error;    // why it has FAILED
  std::int64_t redrive_count = 0;
  std::optional<asl::Timestamp> redriven_at;  // the last time
};

// Thread-safe; writes block until durable and throw StoreUnavailable when the disk does not take
// them.
class MapRunTable {
 public:
  virtual ~MapRunTable() = default;

  // Returns the row with its id; the one that is there when there is one of this ARN.
  virtual MapRunRow insert(const MapRunRow& row) = 0;
  virtual void update(const MapRunRow& row) = 0;
  virtual std::optional<MapRunRow> find(const std::string& arn) = 0;
  virtual std::optional<MapRunRow> find(std::int64_t id) = 0;
  // Of one execution, newest first, with id < before.
  virtual std::vector<MapRunRow> list(const std::string& execution_arn,
                                      std::int64_t before,
                                      std::size_t limit) = 0;
  // RUNNING, in order of id, with id > after.
  virtual std::vector<MapRunRow> open(std::int64_t after, std::size_t limit) = 0;

  struct Count {
    std::int64_t executions = 0;
    std::int64_t items = 0;
  };
  virtual std::map<states::Status, Count> counts(std::int64_t run) = 0;

  struct Child {
    ExecutionKey key = 0;
    std::int64_t first_item = 0;
    std::int64_t items = 0;
    states::Status status{};
    std::int64_t redrive = 0;  // of the run, in which it was begun or redriven last
  };
  // In order of items, with first_item >= from.
  virtual std::vector<Child> children(std::int64_t run, std::int64_t from, std::size_t limit) = 0;

  // One that FAILED, TIMED_OUT or was ABORTED, and what decides whether it can be redriven.
  struct Unsuccessful {
    Child child;
    asl::MachineType type{};
    states::EventId last_event = 0;
    asl::Timestamp started_at{};
    asl::Timestamp stopped_at{};
  };
  // In order of items, with first_item >= from.
  virtual std::vector<Unsuccessful> unsuccessful(std::int64_t run,
                                                 std::int64_t from,
                                                 std::size_t limit) = 0;
  // This redrive of its run leaves the child as it is.
  virtual void passed_over(ExecutionKey child, std::int64_t redrive) = 0;

  struct Result {
    ExecutionRow row;
    states::EventId last_event = 0;
    asl::Payload input;
    states::Outcome outcome;  // kRunning when it has none
  };
  // The same with what went in and what came out.
  virtual std::vector<Result> results(std::int64_t run, std::int64_t from, std::size_t limit) = 0;
};

}  // namespace pawl::engine
