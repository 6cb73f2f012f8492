// A journal whose appends become durable when the simulation says so, or do not.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/store.h"

namespace pawl::simulation {

using engine::Append;
using engine::AppendStatus;
using engine::ExecutionKey;

class LaggingJournal final : public engine::Journal {
 public:
  explicit LaggingJournal(engine::Journal& inner) : inner_(inner) {}

  bool reads_fail = false;

  std::size_t held() const { return held_.size(); }
  // The oldest append that is held becomes durable, and is reported unless the server is dead.
  void write_one(bool report);
  void fail_one();
  void forget_all() { held_.clear(); }

  ExecutionKey new_key() override { return inner_.new_key(); }
  void append(Append append, std::function<void(AppendStatus)> done) override {
    held_.push_back({std::move(append), std::move(done)});
  }
  std::vector<states::Event> read(ExecutionKey execution,
                                  states::Sequence from,
                                  std::size_t limit) override {
    expect_disk();
    return inner_.read(execution, from, limit);
  }
  std::vector<states::Event> read_public(ExecutionKey execution,
                                         states::EventId first_id,
                                         std::size_t limit,
                                         bool reverse) override {
    return inner_.read_public(execution, first_id, limit, reverse);
  }
  std::optional<engine::ExecutionRow> find(const std::string& arn) override {
    return inner_.find(arn);
  }
  std::optional<engine::ExecutionRow> find(ExecutionKey key) override { return inner_.find(key); }
  std::vector<engine::ExecutionRow> awake_executions(ExecutionKey after,
                                                     std::size_t limit) override {
    expect_disk();
    return inner_.awake_executions(after, limit);
  }
  std::vector<engine::Sleeper> sleepers(engine::Sleeper after, std::size_t limit) override {
    expect_disk();
    return inner_.sleepers(after, limit);
  }
  std::vector<engine::ExecutionRow> list_named(const std::string& arn_prefix,
                                               const std::string& after_arn,
                                               std::size_t limit) override {
    return inner_.list_named(arn_prefix, after_arn, limit);
  }
  std::map<states::Status, std::int64_t> count(
      const std::optional<std::string>& state_machine_arn) override {
    return inner_.count(state_machine_arn);
  }
  std::vector<BucketCount> histogram(const std::optional<std::string>& state_machine_arn,
                                     asl::Timestamp from,
                                     asl::Timestamp to,
                                     std::int64_t bucket_ms) override {
    return inner_.histogram(state_machine_arn, from, to, bucket_ms);
  }
  std::optional<asl::Timestamp> latest_time() override { return inner_.latest_time(); }
  std::vector<engine::ExecutionRow> list(const Filter& filter,
                                         std::optional<Cursor> before,
                                         std::size_t limit) override {
    return inner_.list(filter, before, limit);
  }

 private:
  struct Held {
    Append append;
    std::function<void(AppendStatus)> done;
  };
  void expect_disk() const;
  Held take();

  engine::Journal& inner_;
  std::deque<Held> held_;
};

class LaggingStore final : public engine::Store {
 public:
  explicit LaggingStore(engine::Store& inner) : lagging(inner.journal()), inner_(inner) {}
  engine::Journal& journal() override { return lagging; }
  engine::Catalog& catalog() override { return inner_.catalog(); }
  engine::Records& records() override { return inner_.records(); }
  engine::MapRunTable& map_runs() override { return inner_.map_runs(); }
  engine::Expiry& expiry() override { return inner_.expiry(); }
  engine::Answers& answers() override { return inner_.answers(); }
  engine::ArtifactTable& artifacts() override { return inner_.artifacts(); }
  engine::RunMetrics& run_metrics() override { return inner_.run_metrics(); }
  std::string setting(const std::string& name, const std::function<std::string()>& make) override {
    return inner_.setting(name, make);
  }
  std::string problem() override { return inner_.problem(); }
  engine::WriteCounts write_counts() const override { return inner_.write_counts(); }

  LaggingJournal lagging;

 private:
  engine::Store& inner_;
};

}  // namespace pawl::simulation
