// Some of the executions, and all that happens to them: stimulus -> step -> append -> perform. One
// thread at a time; whatever comes from elsewhere arrives through the mailbox.
//
// The next stimulus of an execution may be decided while its last append is on its way to the disk;
// what leaves the shard (answers, calls, timers, views) waits for its own append, in order. When an
// append fails, the execution in memory is thrown away and read from the journal again.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/runtime/express.h"
#include "engine/runtime/listeners.h"
#include "engine/runtime/mailbox.h"
#include "engine/runtime/make_engine.h"
#include "engine/runtime/map_runs.h"
#include "engine/runtime/sleepers.h"
#include "engine/runtime/timers.h"
#include "engine/runtime/token.h"
#include "engine/runtime/work_count.h"

namespace pawl::engine {

// What became of a stimulus, once that is durable.
enum class Verdict { kAccepted, kRejected, kUnavailable, kGone };

class Shard {
 public:
  struct Place {
    int index = 0;  // of how many: this shard has the executions whose key leaves this remainder
    int count = 1;
  };
  // REQUIRES: what the options name, the tokens and the listeners outlive it.
  Shard(const EngineOptions& options, Place place, const Tokens& tokens, Listeners& listeners);

  const std::shared_ptr<Mailbox>& mailbox() { return mailbox_; }

  // Letters, due timers, decisions left over, recovery: does a bounded amount of each, and returns
  // whether there was any.
  bool run();
  std::optional<Timestamp> next_due();
  std::size_t live_count() const { return by_use_.size(); }

  // For virtual time: whether all that the shard does is to wait for its timers, and the earliest.
  bool only_waits() const;
  std::optional<Timers::Due> next_timer() const { return timers_.first(); }

  using Answer = std::function<void(Verdict, Timestamp)>;
  void start(ExecutionKey key,
             StartRequest request,
             std::function<void(std::variant<Started, EngineError>)> done);
  // An EXPRESS execution that has begun and goes on here (express.h).
  void take_over(ExecutionKey key, ExpressBegun begun);
  // From outside; the answer is given when what follows is durable.
  void ask(ExecutionKey key, const states::Stimulus& stimulus, Answer answer);
  // From a connector: never lost, even when the disk fails meanwhile.
  void deliver(ExecutionKey key, states::Stimulus stimulus);
  void taken_over(ExecutionKey key, states::WorkId work);

  void redrive(ExecutionKey key, const states::Redrive& again, const RedriveDone& done);

  void watch(ExecutionKey key, std::uint64_t id, std::function<void(const states::Outcome&)> ended);
  void unwatch(std::uint64_t id);

  Engine::Readiness readiness() const { return readiness_; }

 private:
  using AfterAppend = std::function<void(AppendStatus)>;
  // One append on its way, and what waits for it.
  struct InFlight {
    std::vector<states::Event> events;
    std::vector<states::Effect> effects;
    std::vector<AfterAppend> after;
    std::vector<states::Stimulus> redeliver;  // when the append fails
    bool creates = false;                     // the execution's first append
  };
  // A start whose first append is on its way.
  struct AskedStart {
    std::shared_ptr<const states::ExecutionInfo> info;
    asl::Payload input;
    bool is_fork = false;
    std::function<void(std::variant<Started, EngineError>)> done;
  };
  // A call that has not returned.
  struct Call {
    WorkCount::Hold work;  // set while it is work in progress
    bool is_work_after_submission = true;
  };
  // An execution in memory.
  struct Live {
    std::shared_ptr<const asl::StateMachine> machine;
    std::int64_t revision = 0;
    states::Execution execution;
    std::vector<states::Event> kept;  // of a fork's plan: to be in its first append
    std::deque<InFlight> in_flight;
    bool wants_continue = false;
    Timestamp used_at{};
    std::list<ExecutionKey>::iterator use;
  };
  // An execution that the journal does not follow (express.cpp).
  struct Express {
    ExecutionKey key = 0;
    NewExecution what;
    states::Event first;  // ExecutionStarted
    states::Event last;   // how it has ended
  };
  // What is kept of every running execution but those that sleep in the store until a time comes or
  // a token is used: of them, nothing.
  struct Entry {
    ExecutionKey key = 0;
    std::unique_ptr<Live> live;             // null: idle, or its journal failed
    std::unique_ptr<Express> express;       // null: the journal follows it
    std::map<states::WorkId, Call> called;  // calls of this process that have not returned
    std::vector<states::Stimulus> backlog;  // to be decided again once the journal is back
    std::uint64_t generation = 0;       // new with each reload; tells late appends from new ones
    std::optional<Timestamp> retry_at;  // set while the journal fails
    std::int64_t failures = 0;
  };
  enum class Found { kLive, kGone, kUnavailable };

  // shard.cpp
  void read_letters(const std::vector<Mailbox::Letter>& letters);
  // Nobody asks for what is in progress while time is real.
  WorkCount::Hold hold_in_virtual_time() { return never_sleep_ ? work_.hold() : nullptr; }
  void decide(Entry& entry,
              const states::Stimulus& stimulus,
              Answer answer,
              std::optional<NewExecution> create = std::nullopt,
              bool redeliver = false);
  void append(Entry& entry,
              states::Step step,
              InFlight waiting,
              std::optional<NewExecution> create);
  void appended(ExecutionKey key, std::uint64_t generation, AppendStatus status);
  void append_failed(Entry& entry, AppendStatus status);
  void proceed();
  void fire_due(Timestamp now);
  void touch(Entry& entry);
  void evict_idle(Timestamp now);
  bool let_sleep(Entry& entry, std::int64_t at_least_ms);
  void wake_due(Timestamp now);
  void answer_name_taken(const AskedStart& asked);
  std::function<std::string(states::WorkId)> token_maker(ExecutionKey key) const;

  // performer.cpp
  void publish(const Live& live, ExecutionKey key, const std::vector<states::Event>& events);
  void perform(Entry& entry, const std::vector<states::Effect>& effects);
  void call(Entry& entry, const states::CallTask& task);
  void cancel(Entry& entry, states::WorkId work);
  void finish(ExecutionKey key, const states::Outcome& outcome);

  void start(Entry& entry, const states::StartMapRun& map_run);
  void notify(ExecutionKey key, const states::Outcome& outcome);

  // express.cpp
  void go_on_in_memory(Entry& entry, states::Step step, InFlight waiting);
  void keep_end(const Express& express, const states::Outcome& outcome);
  void keep_ends_again();

  // redrive.cpp
  void forget_ended(ExecutionKey key);

  // recovery.cpp
  Found find_live(ExecutionKey key, Entry*& out, bool also_ended = false);
  Entry& add_entry(ExecutionKey key);
  Found load(Entry& entry, bool also_ended = false);
  states::History history_of(const ExecutionRow& row,
                             std::shared_ptr<const asl::StateMachine> machine);
  void reload(Entry& entry);
  void suspend(Entry& entry);
  void recover_some();
  std::optional<Timestamp> next_wake();
  void watch_again();
  // Of a child of a Map Run (its machine has a label): the Map's processor.
  using MachineKey = std::pair<std::int64_t, std::string>;  // revision, label
  static MachineKey machine_key(std::int64_t revision, const states::ExecutionInfo& info);
  std::shared_ptr<const asl::StateMachine> machine_of(const MachineKey& key);
  void remember(const MachineKey& key, std::shared_ptr<const asl::StateMachine> machine);

  Store& store_;
  Journal& journal_;
  Connectors& connectors_;
  MapRuns* const map_runs_;
  Clock& clock_;
  const std::unique_ptr<asl::Entropy> entropy_;
  const states::Limits limits_;
  const states::Limits express_limits_;
  const std::int64_t evict_after_ms_;
  const std::size_t live_max_;
  const bool never_sleep_;  // time is virtual
  const Place place_;
  const std::function<void(const std::function<void()>&)> together_;
  const Tokens& tokens_;
  Listeners& listeners_;
  WorkCount work_;  // calls in progress, and appends on their way
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();

  std::unordered_map<ExecutionKey, std::unique_ptr<Entry>> entries_;
  std::uint64_t last_generation_ = 0;
  std::list<ExecutionKey> by_use_;  // of the live ones; the one used last is last
  std::deque<ExecutionKey> ready_;  // have more to decide
  std::set<std::pair<Timestamp, ExecutionKey>> suspended_;  // by when to try again
  Timers timers_;
  Sleepers sleepers_;
  std::optional<Timestamp> ask_sleepers_at_;  // set while the store cannot say who sleeps

  struct Watcher {
    std::uint64_t id = 0;
    std::function<void(const states::Outcome&)> ended;
  };
  std::unordered_map<ExecutionKey, std::vector<Watcher>> watchers_;
  // Of executions of which the store could not say whether they have ended, and when to ask again.
  std::vector<std::pair<ExecutionKey, Watcher>> unread_;
  std::optional<Timestamp> watch_at_;

  std::map<MachineKey, std::shared_ptr<const asl::StateMachine>> machines_;
  // Ends of EXPRESS children that could not be kept, and when to try again.
  std::vector<std::pair<Express, states::Outcome>> unkept_;
  std::optional<Timestamp> keep_at_;
  ExecutionKey recovered_up_to_ = 0;
  std::optional<Timestamp> recover_at_ = Timestamp{};  // when to go on; nullopt: done
  Engine::Readiness readiness_;
};

}  // namespace pawl::engine
