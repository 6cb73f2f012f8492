#include "engine/runtime/engine.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "engine/runtime/make_engine.h"
#include "engine/runtime/shard.h"
#include "engine/runtime/virtual_clock.h"

namespace pawl::engine {

namespace {

// A clock can be set; what is due is looked at again at least this often.
constexpr std::int64_t kWaitMaxMs = 10'000;
// Virtual time: how often to look whether work that keeps it from jumping is done.
constexpr std::int64_t kLookAgainMs = 5;

class ShardedEngine : public DrivenEngine {
 public:
  explicit ShardedEngine(const EngineOptions& options)
      : journal_(options.store.journal()),
        store_(options.store),
        clock_(options.clock),
        tokens_(options.store.setting("token-key", Tokens::make_key)),
        express_(options, tokens_, listeners_) {
    for (int i = 0; i < options.shards; ++i) {
      shards_.push_back(
          std::make_unique<Shard>(options, Shard::Place{i, options.shards}, tokens_, listeners_));
    }
    for (const auto& shard : shards_) readiness_.push_back(shard->readiness());
    if (options.virtual_time != nullptr) virtual_time_.emplace(*options.virtual_time);
    waiting_.resize(shards_.size());
  }

  ~ShardedEngine() override {
    for (const auto& shard : shards_) shard->mailbox()->close();
    for (std::thread& thread : threads_) thread.join();
  }

  void start_threads() {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
      threads_.emplace_back([this, i] { loop(i); });
    }
  }

  void start(StartRequest request,
             std::function<void(std::variant<Started, EngineError>)> done) override {
    const ExecutionKey key = journal_.new_key();
    Shard& shard = shard_of(key);
    // Virtual time might jump while the caller decides: only shards keep it from that.
    const bool here = !threads_.empty() && !virtual_time_;
    if (request.info.type == asl::MachineType::kExpress && here) {
      return begin_express(shard, key, std::move(request), std::move(done));
    }
    shard.mailbox()->post(
        [this, &shard, key, request = std::move(request), done = std::move(done)]() mutable {
          if (request.info.type == asl::MachineType::kExpress) {
            return begin_express(shard, key, std::move(request), std::move(done));
          }
          shard.start(key, std::move(request), std::move(done));
        });
  }

  void stop(const std::string& execution_arn,
            StateError error,
            std::function<void(std::variant<Timestamp, EngineError>)> done) override {
    EngineError why = EngineError::kDoesNotExist;
    const std::optional<ExecutionRow> row = find(execution_arn, &why);
    Shard& shard = row ? shard_of(row->key) : *shards_.front();
    const std::optional<ExecutionKey> key = row ? std::optional(row->key) : std::nullopt;
    stop_by(shard, key, why, std::move(error), std::move(done));
  }

  void stop(ExecutionKey key,
            StateError error,
            std::function<void(std::variant<Timestamp, EngineError>)> done) override {
    stop_by(shard_of(key), key, EngineError::kDoesNotExist, std::move(error), std::move(done));
  }

  void redrive(const std::string& execution_arn,
               std::optional<std::string> client_token,
               RedriveDone done) override {
    EngineError why = EngineError::kDoesNotExist;
    const std::optional<ExecutionRow> row = find(execution_arn, &why);
    Shard& shard = row ? shard_of(row->key) : *shards_.front();
    const std::optional<ExecutionKey> key = row ? std::optional(row->key) : std::nullopt;
    shard.mailbox()->post([&shard,
                           key,
                           why,
                           again = states::Redrive{std::move(client_token)},
                           done = std::move(done)] {
      if (!key) return done(why);
      shard.redrive(*key, again, done);
    });
  }

  void redrive(ExecutionKey child, std::int64_t map_run_redrive, RedriveDone done) override {
    Shard& shard = shard_of(child);
    shard.mailbox()->post([&shard, child, map_run_redrive, done = std::move(done)] {
      shard.redrive(child, states::Redrive{std::nullopt, map_run_redrive}, done);
    });
  }

  bool has_issued(const std::string& token) const override {
    return tokens_.read(token).has_value();
  }
  void task_succeeded(const std::string& token, Payload output, TokenDone done) override {
    with_token(token, std::move(done), [output = std::move(output)](states::WorkId work) {
      return states::Stimulus{states::WorkReturned{work, output, true}};
    });
  }
  void task_failed(const std::string& token, StateError error, TokenDone done) override {
    with_token(token, std::move(done), [error = std::move(error)](states::WorkId work) {
      return states::Stimulus{states::WorkReturned{work, error, true}};
    });
  }
  void task_heartbeat(const std::string& token, TokenDone done) override {
    with_token(token, std::move(done), [](states::WorkId work) {
      return states::Stimulus{states::WorkHeartbeat{work}};
    });
  }

  std::uint64_t watch(const std::string& execution_arn,
                      std::function<void(const states::Outcome&)> ended) override {
    const std::uint64_t id = ++last_id_;
    const std::optional<ExecutionRow> row = find(execution_arn);
    if (!row) return id;
    Shard& shard = shard_of(row->key);
    shard.mailbox()->post(
        [&shard, key = row->key, id, ended = std::move(ended)] { shard.watch(key, id, ended); });
    return id;
  }
  void unwatch(std::uint64_t id) override {
    for (const auto& shard : shards_) {
      shard->mailbox()->post([&shard = *shard, id] { shard.unwatch(id); });
    }
  }

  std::uint64_t listen(const std::string& execution_arn, OnRecorded on_recorded) override {
    const std::uint64_t id = ++last_id_;
    std::optional<ExecutionKey> only;
    if (!execution_arn.empty()) {
      const std::optional<ExecutionRow> row = find(execution_arn);
      if (!row) return id;
      only = row->key;
    }
    listeners_.add(id, only, std::move(on_recorded));
    return id;
  }
  void unlisten(std::uint64_t id) override { listeners_.remove(id); }

  Readiness readiness() override {
    Readiness all;
    all.ready = true;
    const std::lock_guard lock(readiness_mutex_);
    for (const Readiness& one : readiness_) {
      all.ready = all.ready && one.ready;
      all.recovered += one.recovered;
      all.to_recover += one.to_recover;
      all.recovery_ms = std::max(all.recovery_ms, one.recovery_ms);
      if (all.problem.empty()) all.problem = one.problem;
    }
    if (const std::string problem = store_.problem(); !problem.empty()) {
      all.ready = false;
      all.problem = problem;
    }
    return all;
  }

  bool run() override {
    bool any = false;
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < shards_.size(); ++i) again = run_shard(i) || again;
      any = any || again;
    }
    return any;
  }
  std::optional<Timestamp> next_due() override {
    std::optional<Timestamp> due;
    for (const auto& shard : shards_) {
      const auto one = shard->next_due();
      if (one && (!due || *one < *due)) due = one;
    }
    return due;
  }
  std::size_t live_count() override {
    std::size_t count = 0;
    for (const auto& shard : shards_) count += shard->live_count();
    return count;
  }

 private:
  Shard& shard_of(ExecutionKey key) {
    return *shards_[static_cast<std::size_t>(key) % shards_.size()];
  }

  // On the caller's thread: one look-up in an index.
  std::optional<ExecutionRow> find(const std::string& execution_arn, EngineError* why = nullptr) {
    try {
      return journal_.find(execution_arn);
    } catch (const std::exception& e) {
      spdlog::error("runtime: cannot find {}: {}", execution_arn, e.what());
      if (why != nullptr) *why = EngineError::kUnavailable;
      return std::nullopt;
    }
  }

  void begin_express(Shard& shard, ExecutionKey key, StartRequest request, StartDone done) {
    auto left = express_.begin(key, std::move(request), std::move(done));
    if (!left) return;
    // std::function must be copyable.
    auto held = std::make_shared<ExpressBegun>(*std::move(left));
    shard.mailbox()->post([&shard, key, held] { shard.take_over(key, std::move(*held)); });
  }

  static void stop_by(Shard& shard,
                      std::optional<ExecutionKey> key,
                      EngineError why,
                      StateError error,
                      std::function<void(std::variant<Timestamp, EngineError>)> done) {
    shard.mailbox()->post([&shard, key, why, error = std::move(error), done = std::move(done)] {
      if (!key) return done(why);
      shard.ask(*key, states::Stop{error}, [done](Verdict verdict, Timestamp at) {
        switch (verdict) {
          case Verdict::kAccepted:
            return done(at);
          case Verdict::kRejected:
          case Verdict::kGone:
            return done(EngineError::kNotRunning);
          case Verdict::kUnavailable:
            return done(EngineError::kUnavailable);
        }
      });
    });
  }

  template <class MakeStimulus>
  void with_token(const std::string& token, TokenDone done, MakeStimulus make) {
    const std::optional<Tokens::Work> work = tokens_.read(token);
    Shard& shard = work ? shard_of(work->execution) : *shards_.front();
    shard.mailbox()->post([&shard, work, make = std::move(make), done = std::move(done)] {
      if (!work) return done(EngineError::kInvalidToken);
      shard.ask(work->execution, make(work->work), [done](Verdict verdict, Timestamp) {
        switch (verdict) {
          case Verdict::kAccepted:
            return done(std::nullopt);
          case Verdict::kRejected:
          case Verdict::kGone:
            return done(EngineError::kTaskGone);
          case Verdict::kUnavailable:
            return done(EngineError::kUnavailable);
        }
      });
    });
  }

  bool run_shard(std::size_t i) {
    const bool any = shards_[i]->run();
    Readiness now = shards_[i]->readiness();
    const std::lock_guard lock(readiness_mutex_);
    now.recovery_ms = readiness_[i].ready ? readiness_[i].recovery_ms : ms_since_start();
    readiness_[i] = now;
    return any;
  }

  void loop(std::size_t i) {
    Shard& shard = *shards_[i];
    while (!shard.mailbox()->closed()) {
      if (run_shard(i)) continue;
      std::int64_t wait_ms = kWaitMaxMs;
      if (virtual_time_) {
        if (jump(i)) continue;
        wait_ms = kLookAgainMs;
      }
      if (const auto due = shard.next_due()) {
        wait_ms = std::clamp<std::int64_t>(due->ms - clock_.now().ms, 0, wait_ms);
      }
      shard.mailbox()->wait(std::chrono::milliseconds(wait_ms));
      const std::lock_guard lock(waiting_mutex_);
      waiting_[i] = {};
    }
  }

  // A shard of which all that is known is that it waits, and for which timer.
  struct Waiting {
    bool only_waits = false;
    std::optional<Timers::Due> first;
  };

  // Moves the clock to the earliest timer of all shards, once none of them, nor anybody outside,
  // has anything else to do. The shard that is the last to come to rest does it for all.
  bool jump(std::size_t i) {
    const std::lock_guard lock(waiting_mutex_);
    waiting_[i] = {shards_[i]->only_waits(), shards_[i]->next_timer()};
    std::optional<Timers::Due> first;
    for (const Waiting& one : waiting_) {
      if (!one.only_waits) return false;
      if (one.first && (!first || *one.first < *first)) first = one.first;
    }
    if (!first || !is_jumped_to(first->kind) || virtual_time_->is_busy_outside()) return false;
    for (const auto& shard : shards_) {
      if (!shard->mailbox()->empty()) return false;
    }
    const auto due_outside = virtual_time_->due_outside();
    if (due_outside && *due_outside <= first->at) return false;
    virtual_time_->clock.advance_to(first->at);
    for (std::size_t j = 0; j < shards_.size(); ++j) {
      waiting_[j] = {};
      if (j != i) shards_[j]->mailbox()->post([] {});
    }
    return true;
  }

  std::int64_t ms_since_start() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 made_at_)
        .count();
  }

  Journal& journal_;
  Store& store_;
  Clock& clock_;
  const Tokens tokens_;
  Listeners listeners_;
  ExpressStart express_;
  std::atomic<std::uint64_t> last_id_ = 0;
  const std::chrono::steady_clock::time_point made_at_ = std::chrono::steady_clock::now();
  std::mutex readiness_mutex_;
  std::vector<Readiness> readiness_;
  std::optional<VirtualTime> virtual_time_;
  std::mutex waiting_mutex_;
  std::vector<Waiting> waiting_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Engine> make_engine(EngineOptions options) {
  auto engine = std::make_unique<ShardedEngine>(options);
  engine->start_threads();
  return engine;
}

std::unique_ptr<DrivenEngine> make_driven_engine(EngineOptions options) {
  return std::make_unique<ShardedEngine>(options);
}

}  // namespace pawl::engine
