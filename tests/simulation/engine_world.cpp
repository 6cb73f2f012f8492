#include "tests/simulation/engine_world.h"

#include <algorithm>
#include <limits>

#include "asl/text.h"
#include "tests/engine/store/faulty_vfs.h"
#include "tests/engine/store/temporary_folder.h"
#include "tests/simulation/history.h"
#include "tests/simulation/model.h"
#include "tests/simulation/simulate.h"

namespace pawl::simulation {
namespace {

constexpr int kTurnsMax = 60'000;
constexpr std::int64_t kClientAgainMs = 1'000;
constexpr std::int64_t kForEver = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kOnDiskOneIn = 16;  // SQLite is slower

// One life after the other of an engine, and the clients that use it.
class EngineWorld {
 public:
  explicit EngineWorld(const EngineCase& simulated)
      : case_(simulated),
        outside_(simulated.executions, [this](std::string what) { complain(std::move(what)); }),
        dice_(mixed(simulated.seed, "engine")) {
    if (case_.is_on_disk) {
      engine::testing::register_faulty_vfs();
      engine::testing::forget_files();
      engine::testing::arm({});
      folder_ = std::make_unique<engine::testing::TemporaryFolder>();
    }
    open();
    for (std::size_t i = 0; i < case_.executions.size(); ++i) clients_.push_back(client_of(i));
    start_engine();
  }
  ~EngineWorld() { engine_.reset(); }
  EngineWorld(const EngineWorld&) = delete;
  EngineWorld& operator=(const EngineWorld&) = delete;

  EngineRun run() {
    for (int i = 0; i < kTurnsMax && run_.complaints.empty() && !is_over(); ++i) turn();
    if (!is_over() && run_.complaints.empty()) complain("the engine does not come to rest");
    if (run_.complaints.empty()) check_end();
    run_.calls = outside_.calls();
    return std::move(run_);
  }

 private:
  // Whoever started an execution, and waits for its end.
  struct Client {
    engine::StartRequest request;
    std::int64_t start_at_ms = 0;
    bool asks = false;
    bool is_started = false;
    std::int64_t stop_at_ms = 0;
    bool stops = false;  // or need not any more
    std::optional<states::Outcome> told;
    states::Sequence heard = 0;  // of its events, of this engine
  };

  void complain(std::string what) { run_.complaints.push_back(std::move(what)); }
  std::int64_t now_ms() { return clock_.now().ms - kBegin.ms; }

  Client client_of(std::size_t number) {
    const Case& one = case_.executions[number];
    engine::MachineRow row;
    row.arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m" + std::to_string(number);
    row.name = "m" + std::to_string(number);
    row.definition = asl::to_text(one.definition);
    row.configuration = Json::object();
    store_->catalog().create_machine(row);
    Client client;
    client.request.info.arn = EngineOutside::arn_of(number);
    client.request.info.name = "e" + std::to_string(number);
    client.request.info.state_machine_arn = row.arn;
    client.request.info.state_machine_name = row.name;
    client.request.machine_revision = store_->catalog().find_machine(row.arn)->revision;
    std::string ignored;
    client.request.machine = machine_of(one, &ignored);
    client.request.input = asl::Payload::of(one.input);
    client.stop_at_ms = one.stop_at_ms.value_or(kPatienceMs);
    return client;
  }

  void open() {
    store_ = engine::open_store(folder_ ? "sqlite:" + folder_->file("pawl.db") + "?vfs=faulty"
                                        : "memory:");
    outside_.use(store_->journal());
  }

  // Nothing reaches the disk any more, not even what closing files would write; and a cut of the
  // power takes along what was not synced.
  void die() {
    engine_.reset();
    lagging_.reset();
    if (!folder_) return;
    engine::testing::arm({1, kForEver, dice_.one_in(2)});
    store_.reset();
    engine::testing::arm({});
    if (dice_.one_in(2)) engine::testing::lose_what_was_not_synced();
    open();
  }

  void restart() {
    die();
    outside_.server_died();
    start_engine();
  }

  void start_engine() {
    lagging_ = std::make_unique<LaggingStore>(*store_);
    engine::EngineOptions options{.store = *lagging_, .connectors = outside_, .clock = clock_};
    options.make_entropy = [] { return std::make_unique<engine::testing::CountingEntropy>(); };
    options.evict_after_ms = case_.evict_after_ms;
    options.live_max = case_.live_max;
    options.limits.inline_map_concurrency_max = case_.executions.front().concurrency_max;
    options.limits.transitions_per_step_max = case_.executions.front().transitions_per_step;
    engine_ = engine::make_driven_engine(options);
    engine_->listen("", [this](const engine::Recorded& recorded) { listen(recorded); });
    for (Client& client : clients_) {
      client.asks = false;
      client.heard = 0;
      if (client.is_started && !client.told) watch(client);
      // Whoever was not answered cannot know.
      if (!client.told) client.stops = false;
    }
  }

  void watch(Client& client) {
    engine_->watch(client.request.info.arn, [this, &client](const states::Outcome& outcome) {
      if (client.told) complain(client.request.info.arn + " ends twice");
      client.told = outcome;
      const auto row = store_->journal().find(client.request.info.arn);
      if (!row || row->status != outcome.status) {
        complain(client.request.info.arn + " ends before that is durable");
      }
    });
  }

  void listen(const engine::Recorded& recorded) {
    Client& client = clients_[EngineOutside::number_of(recorded.info.arn)];
    const auto row = store_->journal().find(recorded.info.arn);
    for (const states::Event& event : recorded.events) {
      if (client.heard != 0 && event.sequence != client.heard + 1) {
        complain(recorded.info.arn + " tells its events out of order");
      }
      client.heard = event.sequence;
    }
    if (!row || row->last_sequence < client.heard) {
      complain(recorded.info.arn + " tells what is not durable");
    }
  }

  bool is_over() {
    if (lagging_->lagging.held() > 0) return false;
    return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) {
      return client.told.has_value();
    });
  }

  void turn() {
    engine_->run();
    // Where nobody predicts, time may go on while the disk is busy.
    const bool may_go_on = due_now() || (case_.disk_fails && outside_.next_due_ms());
    const bool is_ahead = lagging_->lagging.held() > 0 && may_go_on && dice_.one_in(2);
    if (lagging_->lagging.held() > 0 && !is_ahead) return settle_one();
    if (case_.disk_fails) lagging_->lagging.reads_fail = dice_.one_in(12);
    advance();
  }

  bool due_now() {
    const auto said = outside_.next_due_ms();
    return said && *said <= now_ms();
  }

  void settle_one() {
    ++appends_;
    for (const Fault& fault : case_.faults) {
      if (fault.append == appends_) return break_down(fault.kind);
    }
    lagging_->lagging.write_one(true);
  }

  void break_down(Fault::Kind kind) {
    ++run_.faults;
    if (kind == Fault::Kind::kFails) return fail_one();
    if (kind == Fault::Kind::kCrashAfter) lagging_->lagging.write_one(false);
    if (kind == Fault::Kind::kCrashBefore && folder_) {  // in the middle of it
      engine::testing::arm({dice_.between(1, 3), kForEver, dice_.one_in(2)});
      lagging_->lagging.write_one(false);
    }
    ++run_.restarts;
    restart();
  }

  void fail_one() {
    if (!folder_) return lagging_->lagging.fail_one();
    engine::testing::arm({dice_.between(1, 3), dice_.between(1, 3), dice_.one_in(2)});
    lagging_->lagging.write_one(true);
    engine::testing::arm({});
  }

  // To what is due next, and does it.
  void advance() {
    std::int64_t due_ms = kPatienceMs * 2;
    Client* starts = nullptr;
    Client* stops = nullptr;
    for (Client& client : clients_) {
      if (!client.is_started && !client.asks && client.start_at_ms < due_ms) {
        due_ms = client.start_at_ms;
        starts = &client;
      }
    }
    if (const auto engine_due = engine_->next_due(); engine_due) {
      if (engine_due->ms - kBegin.ms < due_ms) {
        due_ms = engine_due->ms - kBegin.ms;
        starts = nullptr;
      }
    }
    const auto said = outside_.next_due_ms();
    const bool speaks = said && *said < due_ms;
    if (speaks) due_ms = *said;
    for (Client& client : clients_) {
      if (client.is_started && !client.told && !client.stops && client.stop_at_ms < due_ms) {
        due_ms = client.stop_at_ms;
        stops = &client;
      }
    }
    if (due_ms > now_ms()) clock_.set({kBegin.ms + due_ms});
    if (stops != nullptr) return stop(*stops);
    if (speaks) return outside_.speak(*engine_, now_ms(), dice_);
    if (starts != nullptr) start(*starts);
  }

  void start(Client& client) {
    client.asks = true;
    engine_->start(client.request,
                   [this, &client](std::variant<engine::Started, engine::EngineError> answer) {
                     client.asks = false;
                     if (std::holds_alternative<engine::Started>(answer)) {
                       client.is_started = true;
                       if (!store_->journal().find(client.request.info.arn)) {
                         complain(client.request.info.arn + " is acknowledged and not durable");
                       }
                       return watch(client);
                     }
                     const auto error = std::get<engine::EngineError>(answer);
                     if (error == engine::EngineError::kAlreadyExists) {  // and has ended meanwhile
                       client.is_started = true;
                       return watch(client);
                     }
                     if (!case_.disk_fails) complain("a start fails though the disk does not");
                     client.start_at_ms = now_ms() + kClientAgainMs;
                   });
  }

  void stop(Client& client) {
    client.stops = true;
    if (outside_.waits_in_vain(client.request.info.arn, now_ms())) {
      complain(client.request.info.arn + " has lost an answer");
    }
    engine_->stop(client.request.info.arn,
                  {"Stopped", "from outside"},
                  [this, &client](std::variant<engine::Timestamp, engine::EngineError> answer) {
                    const auto* error = std::get_if<engine::EngineError>(&answer);
                    if (error == nullptr || *error == engine::EngineError::kNotRunning) return;
                    if (!case_.disk_fails) complain("a stop fails though the disk does not");
                    client.stops = false;
                    client.stop_at_ms = now_ms() + kClientAgainMs;
                  });
  }

  void check_end() {
    for (std::size_t i = 0; i < clients_.size(); ++i) check_execution(i);
    if (engine_->live_count() != 0) complain("executions stay in memory when all have ended");
    const int calls = outside_.calls();
    restart();
    engine_->run();
    if (outside_.calls() != calls || engine_->next_due() || lagging_->lagging.held() > 0) {
      complain("a restart finds something to do when all have ended");
    }
    for (const Client& client : clients_) {
      const auto row = store_->journal().find(client.request.info.arn);
      if (!row || row->status != client.told->status) {
        complain(client.request.info.arn + " has another end after a restart");
      }
    }
    if (!engine_->readiness().ready) complain("it is not ready: " + engine_->readiness().problem);
  }

  void check_execution(std::size_t number) {
    ++run_.executions;
    const Case& one = case_.executions[number];
    const Client& client = clients_[number];
    const std::string& arn = client.request.info.arn;
    const auto row = store_->journal().find(arn);
    Run run;
    run.history = store_->journal().read(row->key, 1, 100'000);
    for (const std::string& fault : history_faults(run.history, one)) complain(arn + ": " + fault);
    run.outcome = client.told;
    if (case_.disk_fails) return;
    const Prediction prediction = predict(one);
    if (!prediction.status.empty()) ++run_.predicted;
    std::vector<std::string> wrong;
    compare(prediction, run, wrong);
    for (const std::string& each : wrong) complain(arn + ": " + each);
  }

  const EngineCase& case_;
  engine::testing::VirtualClock clock_;
  std::unique_ptr<engine::testing::TemporaryFolder> folder_;
  std::unique_ptr<engine::Store> store_;
  EngineOutside outside_;
  std::unique_ptr<LaggingStore> lagging_;
  std::vector<Client> clients_;
  std::unique_ptr<engine::DrivenEngine> engine_;
  Dice dice_;
  int appends_ = 0;
  EngineRun run_;
};

}  // namespace

EngineCase engine_case_of(std::uint64_t seed) {
  Dice dice(mixed(seed, "engine case"));
  EngineCase made;
  made.seed = seed;
  made.disk_fails = dice.one_in(2);
  made.is_on_disk = dice.one_in(kOnDiskOneIn);
  const auto concurrency = dice.one_in(3) ? dice.between(1, 3) : 40;
  for (std::int64_t i = dice.between(1, 4); i > 0;) {
    Case one = case_of(dice.next() >> 16U);
    if (one.is_wild) continue;
    one.faults.clear();
    one.outages.clear();
    one.concurrency_max = concurrency;
    made.executions.push_back(std::move(one));
    --i;
  }
  int append = 0;
  for (std::int64_t i = dice.between(0, 8); i > 0; --i) {
    append += static_cast<int>(dice.between(1, 8));
    const auto kind = static_cast<Fault::Kind>(dice.between(made.disk_fails ? 0 : 1, 2));
    made.faults.push_back({kind, append});
  }
  const std::int64_t evict_ms[] = {1, 700, 30'000};
  made.evict_after_ms = evict_ms[dice.below(3)];
  made.live_max = dice.one_in(3) ? 1 : 100;
  return made;
}

std::string to_text(const EngineCase& simulated) {
  Json out = Json::object();
  out["seed"] = simulated.seed;
  out["disk_fails"] = simulated.disk_fails;
  out["is_on_disk"] = simulated.is_on_disk;
  out["evict_after_ms"] = simulated.evict_after_ms;
  out["live_max"] = simulated.live_max;
  out["faults"] = Json::array();
  for (const Fault& fault : simulated.faults) {
    out["faults"].push_back(Json::array({fault.append, static_cast<int>(fault.kind)}));
  }
  for (const Case& each : simulated.executions) out["executions"].push_back(to_json(each));
  return out.dump(2);
}

EngineRun run_engine(const EngineCase& simulated) { return EngineWorld(simulated).run(); }

EngineCase shrunk(const EngineCase& failing) {
  EngineCase best = failing;
  const auto fails = [](const EngineCase& candidate) {
    return !run_engine(candidate).complaints.empty();
  };
  for (std::size_t i = best.executions.size(); i-- > 0 && best.executions.size() > 1;) {
    EngineCase candidate = best;
    candidate.executions.erase(candidate.executions.begin() + static_cast<std::ptrdiff_t>(i));
    if (fails(candidate)) best = std::move(candidate);
  }
  for (std::size_t i = best.faults.size(); i-- > 0;) {
    EngineCase candidate = best;
    candidate.faults.erase(candidate.faults.begin() + static_cast<std::ptrdiff_t>(i));
    if (fails(candidate)) best = std::move(candidate);
  }
  for (Case& one : best.executions) {
    const std::function<bool(const Case&)> still = [&](const Case& smaller) {
      const Case before = std::exchange(one, smaller);
      const bool failed = fails(best);
      one = before;
      return failed;
    };
    one = shrunk(one, still);
  }
  return best;
}

}  // namespace pawl::simulation
