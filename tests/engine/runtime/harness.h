// A world that a test owns: time, the outside, and what the journal's disk does.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <limits>
#include <map>
#include <set>

#include "asl/parse.h"
#include "engine/runtime/make_engine.h"
#include "engine/store/store.h"

namespace pawl::engine::testing {

class VirtualClock final : public Clock {
 public:
  Timestamp now() override { return {now_ms_.load()}; }
  void set(Timestamp now) { now_ms_ = now.ms; }
  void advance(std::int64_t ms) { now_ms_ += ms; }

 private:
  std::atomic<std::int64_t> now_ms_ = 1'700'000'000'000;
};

class CountingEntropy final : public asl::Entropy {
 public:
  std::uint64_t next() override { return state_ += 0x9e3779b97f4a7c15ULL; }

 private:
  std::uint64_t state_ = 1;
};

// What becomes of an append.
enum class Fate { kWrite, kFail, kWriteThenCrash, kCrash };

// A journal before the real one: decides the fate of each append, and makes it happen before
// append() returns. After a crash nothing is written or reported any more.
class FatefulJournal final : public Journal {
 public:
  explicit FatefulJournal(Journal& inner) : inner_(inner) {}

  std::function<Fate(int n)> fate = [](int) { return Fate::kWrite; };
  int appends = 0;
  bool crashed = false;
  bool reads_fail = false;

  ExecutionKey new_key() override { return inner_.new_key(); }
  void append(Append append, std::function<void(AppendStatus)> done) override {
    if (crashed) return;
    const Fate what = fate(++appends);
    crashed = what == Fate::kCrash || what == Fate::kWriteThenCrash;
    if (what == Fate::kFail) return done(AppendStatus::kFailed);
    if (what == Fate::kCrash) return;
    std::promise<AppendStatus> written;
    inner_.append(std::move(append),
                  [&written](AppendStatus status) { written.set_value(status); });
    const AppendStatus status = written.get_future().get();
    if (!crashed) done(status);
  }
  std::vector<states::Event> read(ExecutionKey execution,
                                  states::Sequence from,
                                  std::size_t limit) override {
    if (reads_fail) throw StoreUnavailable("no disk");
    return inner_.read(execution, from, limit);
  }
  std::vector<states::Event> read_public(ExecutionKey execution,
                                         states::EventId first_id,
                                         std::size_t limit,
                                         bool reverse) override {
    return inner_.read_public(execution, first_id, limit, reverse);
  }
  std::optional<ExecutionRow> find(const std::string& arn) override { return inner_.find(arn); }
  std::optional<ExecutionRow> find(ExecutionKey key) override { return inner_.find(key); }
  std::vector<ExecutionRow> awake_executions(ExecutionKey after, std::size_t limit) override {
    return inner_.awake_executions(after, limit);
  }
  std::vector<Sleeper> sleepers(Sleeper after, std::size_t limit) override {
    if (reads_fail) throw StoreUnavailable("no disk");
    return inner_.sleepers(after, limit);
  }
  std::vector<ExecutionRow> list(const Filter& filter,
                                 std::optional<Cursor> before,
                                 std::size_t limit) override {
    return inner_.list(filter, before, limit);
  }
  std::vector<ExecutionRow> list_named(const std::string& arn_prefix,
                                       const std::string& after_arn,
                                       std::size_t limit) override {
    return inner_.list_named(arn_prefix, after_arn, limit);
  }
  std::map<states::Status, std::int64_t> count(
      const std::optional<std::string>& state_machine_arn) override {
    return inner_.count(state_machine_arn);
  }
  std::vector<BucketCount> histogram(const std::optional<std::string>& state_machine_arn,
                                     Timestamp from,
                                     Timestamp to,
                                     std::int64_t bucket_ms) override {
    return inner_.histogram(state_machine_arn, from, to, bucket_ms);
  }
  std::optional<Timestamp> latest_time() override { return inner_.latest_time(); }

 private:
  Journal& inner_;
};

class FatefulStore final : public Store {
 public:
  explicit FatefulStore(Store& inner) : fateful(inner.journal()), inner_(inner) {}
  Journal& journal() override { return fateful; }
  Catalog& catalog() override { return inner_.catalog(); }
  Records& records() override { return inner_.records(); }
  MapRunTable& map_runs() override { return inner_.map_runs(); }
  Expiry& expiry() override { return inner_.expiry(); }
  ArtifactTable& artifacts() override { return inner_.artifacts(); }
  Answers& answers() override { return inner_.answers(); }
  RunMetrics& run_metrics() override { return inner_.run_metrics(); }
  std::string setting(const std::string& name, const std::function<std::string()>& make) override {
    return inner_.setting(name, make);
  }
  std::string problem() override { return inner_.problem(); }
  WriteCounts write_counts() const override { return inner_.write_counts(); }

  FatefulJournal fateful;

 private:
  Store& inner_;
};

// The outside world: it outlives the engine, and does each piece of work once whatever is asked
// twice.
class Outside final : public Connectors {
 public:
  struct Call {
    TaskCall call;
    std::shared_ptr<TaskReply> reply;
  };
  // Answers at once when set; else the calls wait in `open` for the test.
  std::function<void(Call&)> answer;
  std::function<void(const TaskCall&)> inspect = [](const TaskCall&) {};
  std::vector<Call> calls;
  std::vector<std::string> cancelled;
  std::map<std::string, int> done_count;  // by idempotency token: how often the work was done

  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override {
    inspect(call);
    calls.push_back({call, std::move(reply)});
    // Resumed work was done before, unless the crash came before the call.
    int& done = done_count[call.idempotency_token()];
    if (done == 0 || !call.task.resumed) ++done;
    if (answer) {
      Call made = calls.back();
      answer(made);
    }
  }
  void cancel(const std::string& arn, states::WorkId work) override {
    cancelled.push_back(arn + "#" + std::to_string(work));
  }
};

inline asl::Payload json(const std::string& text) { return asl::Payload::of_text(text); }

// A store (of the kind asked for), an engine on it, and the world around both.
class Rig {
  std::unique_ptr<Store> store_;  // outlives all that uses it
  int machines_ = 0;

 public:
  explicit Rig(const std::string& url) : store_(open_store(url)) { restart(); }

  // What a crash does: the engine is gone, the store holds what was durable.
  void restart() {
    engine.reset();
    fateful = std::make_unique<FatefulStore>(*store_);
    engine = make_driven_engine(
        {.store = *fateful, .connectors = outside, .clock = clock, .make_entropy = [] {
           return std::make_unique<CountingEntropy>();
         }});
  }

  // A machine in the catalogue, ready to be started.
  StartRequest request(const std::string& definition,
                       const std::string& name = "run",
                       const std::string& input = "{}") {
    const asl::Parsed parsed = asl::parse_definition(definition);
    EXPECT_TRUE(parsed.machine) << asl::invalid_definition_message(parsed.diagnostics);
    MachineRow row;
    row.arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m" + std::to_string(++machines_);
    row.name = "m";
    row.definition = definition;
    row.configuration = asl::Json::object();
    EXPECT_TRUE(store_->catalog().create_machine(row));
    StartRequest out;
    out.info.arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + name;
    out.info.name = name;
    out.info.state_machine_arn = row.arn;
    out.info.state_machine_name = "m";
    out.machine_revision = store_->catalog().find_machine(row.arn)->revision;
    out.machine = parsed.machine;
    out.input = json(input);
    return out;
  }

  using Answer = std::variant<Started, EngineError>;
  // nullopt: no answer (yet).
  std::optional<Answer> start(const StartRequest& request) {
    auto answer = std::make_shared<std::optional<Answer>>();
    engine->start(request, [answer](Answer a) { *answer = std::move(a); });
    engine->run();
    return *answer;
  }

  void run() { engine->run(); }
  // Runs on, through virtual time, until nothing is left to wait for.
  void run_through_time() {
    for (int i = 0; i < 10'000; ++i) {
      engine->run();
      const auto due = engine->next_due();
      if (!due) return;
      if (*due > clock.now()) clock.set(*due);
    }
    ADD_FAILURE() << "the engine does not come to rest";
  }

  ExecutionRow row(const std::string& arn) { return store_->journal().find(arn).value(); }
  std::vector<states::Event> events(const std::string& arn) {
    return store_->journal().read(row(arn).key, 1, 100'000);
  }
  // The types of the public events, one a line.
  std::string history(const std::string& arn) {
    std::string out;
    for (const states::Event& event : events(arn)) {
      if (event.id > 0) out += std::string(states::event_type(event.what)) + "\n";
    }
    return out;
  }
  std::string output(const std::string& arn) {
    const auto all = events(arn);
    const auto* end = std::get_if<states::ExecutionSucceeded>(&all.back().what);
    return end == nullptr ? "(" + std::string(states::event_type(all.back().what)) + ")"
                          : end->output.text();
  }

  VirtualClock clock;
  Outside outside;
  std::unique_ptr<FatefulStore> fateful;
  std::unique_ptr<DrivenEngine> engine;
};

}  // namespace pawl::engine::testing
