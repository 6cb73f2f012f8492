// Map Runs on an engine, in a world that the test owns: one machine whose only state is a
// Distributed Map, and its execution.
#pragma once

#include <algorithm>
#include <deque>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "asl/text.h"
#include "engine/map_runs/map_runner.h"
#include "tests/engine/map_runs/item_files.h"
#include "tests/engine/runtime/harness.h"

namespace pawl::engine::testing {

inline constexpr const char* kRun = "arn:aws:states:us-east-1:123456789012:execution:m:run";

// After a crash nothing is written here either.
class FatefulMapRuns final : public MapRunTable {
 public:
  FatefulMapRuns(MapRunTable& inner, const bool& crashed) : inner_(inner), crashed_(crashed) {}
  MapRunRow insert(const MapRunRow& row) override { return live().insert(row); }
  void update(const MapRunRow& row) override { live().update(row); }
  std::optional<MapRunRow> find(const std::string& arn) override { return inner_.find(arn); }
  std::optional<MapRunRow> find(std::int64_t id) override { return inner_.find(id); }
  std::vector<MapRunRow> list(const std::string& arn, std::int64_t before, std::size_t n) override {
    return inner_.list(arn, before, n);
  }
  std::vector<MapRunRow> open(std::int64_t after, std::size_t n) override {
    return inner_.open(after, n);
  }
  std::map<states::Status, Count> counts(std::int64_t run) override { return inner_.counts(run); }
  std::vector<Child> children(std::int64_t run, std::int64_t from, std::size_t n) override {
    return inner_.children(run, from, n);
  }
  std::vector<Unsuccessful> unsuccessful(std::int64_t run,
                                         std::int64_t from,
                                         std::size_t n) override {
    return inner_.unsuccessful(run, from, n);
  }
  void passed_over(ExecutionKey child, std::int64_t redrive) override {
    live().passed_over(child, redrive);
  }
  std::vector<Result> results(std::int64_t run, std::int64_t from, std::size_t n) override {
    return inner_.results(run, from, n);
  }

 private:
  MapRunTable& live() {
    if (crashed_) throw StoreUnavailable("crashed");
    return inner_;
  }
  MapRunTable& inner_;
  const bool& crashed_;
};

class World final : public Store {
 public:
  World(Store& inner, FatefulJournal& journal)
      : inner_(inner), journal_(journal), map_runs_(inner.map_runs(), journal.crashed) {}
  Journal& journal() override { return journal_; }
  Catalog& catalog() override { return inner_.catalog(); }
  Records& records() override { return inner_.records(); }
  MapRunTable& map_runs() override { return map_runs_; }
  Expiry& expiry() override { return inner_.expiry(); }
  Answers& answers() override { return inner_.answers(); }
  RunMetrics& run_metrics() override { return inner_.run_metrics(); }
  ArtifactTable& artifacts() override { return inner_.artifacts(); }
  std::string setting(const std::string& name, const std::function<std::string()>& make) override {
    return inner_.setting(name, make);
  }
  std::string problem() override { return ""; }
  WriteCounts write_counts() const override { return {}; }

 private:
  Store& inner_;
  FatefulJournal& journal_;
  FatefulMapRuns map_runs_;
};

class MapRunsTest : public ::testing::TestWithParam<const char*> {
 protected:
  MapRunsTest()
      : store_(open_store("sqlite:" + folder_.path() + "/store.db")),
        objects_(open_local_objects(folder_.path() + "/objects")) {
    objects_->create_bucket("bucket");
    outside_.answer = [this](Outside::Call& call) { answer(call); };
    restart();
  }
  ~MapRunsTest() override { stop(); }

  void stop() {
    if (runner_) runner_->stop();
    engine_.reset();
    runner_.reset();
    queue_.clear();
    later_.clear();
  }
  // What a crash does.
  void restart() {
    stop();
    journal_ = std::make_unique<FatefulJournal>(store_->journal());
    world_ = std::make_unique<World>(*store_, *journal_);
    runner_ = std::make_unique<MapRunner>(
        MapRunner::Parts{*world_,
                         local_map_objects(*objects_, "123456789012"),
                         {[this](std::function<void()> task) { queue_.push_back(std::move(task)); },
                          [this](std::chrono::milliseconds, std::function<void()> task) {
                            later_.push_back(std::move(task));
                          }},
                         clock_,
                         folder_.path() + "/map-runs",
                         states::Limits{}});
    EngineOptions options{.store = *world_, .connectors = outside_, .clock = clock_};
    options.map_runs = runner_.get();
    engine_ = make_driven_engine(options);
    runner_->attach(*engine_);
  }

  // Until nothing is left to do, or the journal has crashed.
  void run() {
    for (int i = 0; i < 100'000 && !journal_->crashed; ++i) {
      bool any = engine_->run();
      while (!queue_.empty() && !journal_->crashed) {
        const auto task = std::move(queue_.front());
        queue_.pop_front();
        task();
        any = true;
      }
      if (any) continue;
      if (later_.empty()) return;
      std::move(later_.begin(), later_.end(), std::back_inserter(queue_));
      later_.clear();
    }
    ASSERT_TRUE(journal_->crashed) << "does not come to rest";
  }

  void start(const std::string& definition, const std::string& input) {
    const asl::Parsed parsed = asl::parse_definition(definition);
    ASSERT_TRUE(parsed.machine) << asl::invalid_definition_message(parsed.diagnostics);
    MachineRow row;
    row.arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
    row.name = "m";
    row.definition = definition;
    row.configuration = asl::Json::object();
    store_->catalog().create_machine(row);
    StartRequest request;
    request.info.arn = kRun;
    request.info.name = "run";
    request.info.state_machine_arn = row.arn;
    request.info.state_machine_name = "m";
    request.machine_revision = store_->catalog().find_machine(row.arn)->revision;
    request.machine = parsed.machine;
    request.input = json(input);
    engine_->start(request, [](const auto&) {});
    run();
  }

  // One Map of this execution type, with these fields, over this processor.
  static std::string machine(const std::string& type,
                             const std::string& fields,
                             const std::string& processor = kPass) {
    return R"({"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "rows", "End": true, )" +
           fields + R"( "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED",
           "ExecutionType": ")" +
           type + "\"}, " + processor + "}}}}";
  }
  static constexpr const char* kPass =
      R"("StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}})";
  static constexpr const char* kTask =
      R"("StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
         "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}})";

  // A task gives back its input; fails when that is in `failing_`; stays open when in `waiting_`.
  void answer(Outside::Call& call) {
    const std::string input = call.call.task.parameters.text();
    if (waiting_.contains(input)) return;
    if (failing_.contains(input)) return call.reply->failed({"Broken", "why"});
    call.reply->succeeded(call.call.task.parameters);
  }

  ExecutionRow row() { return store_->journal().find(kRun).value(); }
  std::vector<states::Event> events() { return store_->journal().read(row().key, 1, 1'000); }
  std::string output() {
    const auto last = events().back().what;
    if (const auto* done = std::get_if<states::ExecutionSucceeded>(&last)) {
      return done->output.text();
    }
    const auto* failed = std::get_if<states::ExecutionFailed>(&last);
    if (failed == nullptr) return std::string(states::event_type(last));
    return failed->error.name.value_or("") + ": " + failed->error.cause.value_or("");
  }
  MapRunRow map_run() {
    const auto runs = store_->map_runs().list(kRun, 1'000'000, 10);
    EXPECT_FALSE(runs.empty());
    return runs.front();
  }
  asl::Json object(const std::string& key) {
    return asl::Json::parse(objects_->get("bucket", key));
  }
  void put(const std::string& key, const std::string& bytes) {
    objects_->put("bucket", key, bytes, {.content_type = "", .metadata = {}});
  }
  static std::string reader(const std::string& type) {
    return R"("ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig":
           {"InputType": ")" +
           type + R"("}, "Parameters": {"Bucket": "bucket", "Key": "in"}},)";
  }
  static std::string writer(const std::string& config = "") {
    return R"("ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", )" + config +
           R"("Parameters": {"Bucket": "bucket", "Prefix": "out/"}},)";
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<ObjectStore> objects_;
  std::set<std::string> failing_;
  std::set<std::string> waiting_;
  VirtualClock clock_;
  Outside outside_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::function<void()>> later_;
  std::unique_ptr<FatefulJournal> journal_;
  std::unique_ptr<World> world_;
  std::unique_ptr<MapRunner> runner_;
  std::unique_ptr<DrivenEngine> engine_;
};

}  // namespace pawl::engine::testing
