// The world around the API as tests own it: time, alarms, activities, and an engine that does what
// a test says.
#pragma once

#include <future>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/api/execution_json.h"
#include "engine/api/service.h"

namespace pawl::engine {

class FixedClock final : public Clock {
 public:
  Timestamp now() override { return {now_ms.fetch_add(tick_ms)}; }
  std::int64_t tick_ms = 0;  // that pass between two looks
  std::atomic<std::int64_t> now_ms{1'700'000'000'000};
};

// Rings when told to.
class ManualAlarms final : public Alarms {
 public:
  std::uint64_t after(std::chrono::milliseconds, std::function<void()> ring) override {
    const std::lock_guard lock(mutex_);
    alarms_.emplace(++last_, std::move(ring));
    return last_;
  }
  void cancel(std::uint64_t id) override {
    const std::lock_guard lock(mutex_);
    alarms_.erase(id);
  }
  void hurry() override { ring_all(); }
  void ring_all() {
    std::map<std::uint64_t, std::function<void()>> due;
    {
      const std::lock_guard lock(mutex_);
      due.swap(alarms_);
    }
    for (auto& [id, ring] : due) ring();
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return alarms_.size();
  }

 private:
  std::mutex mutex_;
  std::map<std::uint64_t, std::function<void()>> alarms_;
  std::uint64_t last_ = 0;
};

class FakeActivities final : public Activities {
 public:
  bool poll(const std::string& arn,
            const ActivityWorker& worker,
            std::chrono::milliseconds wait,
            std::function<void(std::optional<ActivityTask>)> answer) override {
    last_arn = arn;
    last_worker = worker.name;
    last_wait = wait;
    if (is_crowded) return false;
    answer(next);
    return true;
  }
  bool is_crowded = false;
  std::optional<ActivityTask> next;
  std::string last_arn;
  std::optional<std::string> last_worker;
  std::chrono::milliseconds last_wait{};
};

// Answers every call as told; unset, it keeps the reply.
class FakeConnectors final : public Connectors {
 public:
  void call(const TaskCall& call, std::shared_ptr<TaskReply> reply) override {
    last_call = call;
    kept = reply;
    is_called = true;
    if (answer) answer(*reply);
  }
  void cancel(const std::string& arn, states::WorkId) override { cancelled = arn; }

  std::function<void(TaskReply&)> answer;
  std::atomic<bool> is_called = false;
  std::optional<TaskCall> last_call;
  std::shared_ptr<TaskReply> kept;
  std::string cancelled;
};

// Keeps the log messages it is given; fails on demand.
class KeptLogs final : public LogSink {
 public:
  void put(const std::string& group,
           const std::string& stream,
           const std::vector<LogEvent>& events) override {
    if (is_broken) throw std::runtime_error("the group is gone");
    last_group = group;
    last_stream = stream;
    for (const LogEvent& event : events) messages.push_back(asl::Json::parse(event.message));
  }
  bool takes(const std::string& group) override { return group != missing_group; }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const asl::Json& message : messages) {
      out.push_back(message.at("type").get<std::string>());
    }
    return out;
  }

  bool is_broken = false;
  std::string missing_group;
  std::string last_group;
  std::string last_stream;
  std::vector<asl::Json> messages;
};

// Knows one Map Run.
class FakeMapRuns final : public MapRuns {
 public:
  void start(MapRunCall, std::shared_ptr<TaskReply>) override {}
  void cancel(const std::string&, states::WorkId) override {}
  std::optional<MapRunProgress> progress(const std::string&) override { return known; }
  bool is_running(const std::string&, std::int64_t first_item) override {
    return running_items.contains(first_item);
  }
  std::vector<std::int64_t> running(const std::string&) override {
    return {running_items.begin(), running_items.end()};
  }
  bool change(const std::string&, const MapRunChange& change) override {
    last_change = change;
    return true;
  }
  asl::Result<asl::Payload> items_in(const std::string& bytes,
                                     const asl::Json& reader_config) override {
    asl::Json items = asl::Json::array();
    items.push_back(bytes);
    items.push_back(reader_config);
    return asl::Payload::of(std::move(items));
  }
  std::optional<MapRunProgress> known;
  std::set<std::int64_t> running_items;  // by their first items
  std::optional<MapRunChange> last_change;
};

// Starts and ends executions in the journal at once; runs nothing by itself.
class FakeEngine final : public Engine {
 public:
  FakeEngine(Store& store, Clock& clock) : store_(store), clock_(clock) {}

  void start(StartRequest request,
             std::function<void(std::variant<Started, EngineError>)> done) override {
    if (is_unavailable) return done(EngineError::kUnavailable);
    request.info.start_time = clock_.now();
    const std::string arn = request.info.arn;
    if (request.info.type == asl::MachineType::kExpress) {
      done(Started{arn, request.info.start_time, false, 1});
      if (request.ended) request.ended(express_outcome);
      return;
    }
    if (const auto row = store_.journal().find(arn)) {
      if (request.fork) return done(EngineError::kAlreadyExists);
      const auto first = store_.journal().read(row->key, 1, 1);
      const auto& started = std::get<states::ExecutionStarted>(first.front().what);
      if (row->stopped_at || started.input.json() != request.input.json()) {
        return done(EngineError::kAlreadyExists);
      }
      return done(Started{arn, row->what.info.start_time, true, row->key});
    }
    Append append;
    append.execution = store_.journal().new_key();
    append.create = NewExecution{.info = request.info,
                                 .machine_revision = request.machine_revision,
                                 .version_arn = request.version_arn,
                                 .alias_arn = request.alias_arn,
                                 .map_child = request.map_child,
                                 .parent_arn = request.parent_arn,
                                 .labels = request.labels};
    append.events = {event(1, 1, 0, states::ExecutionStarted{request.input})};
    if (request.fork) begin_fork(*request.fork, append);
    const ExecutionKey key = append.execution;
    write(arn, std::move(append));
    if (on_start) on_start(arn);
    done(Started{arn, request.info.start_time, false, key});
  }

  void stop(const std::string& arn,
            StateError error,
            std::function<void(std::variant<Timestamp, EngineError>)> done) override {
    if (is_unavailable) return done(EngineError::kUnavailable);
    end(arn, states::ExecutionAborted{error});
    done(clock_.now());
  }

  void redrive(const std::string& arn,
               std::optional<std::string> client_token,
               RedriveDone done) override {
    if (is_unavailable) return done(EngineError::kUnavailable);
    last_client_token = client_token;
    const auto row = store_.journal().find(arn);
    if (!row->stopped_at) return done(NotRedrivable{"it runs"});
    Append append;
    append.execution = row->key;
    append.events = {event(row->last_sequence + 1,
                           row->last_sequence + 1,
                           row->last_sequence,
                           states::ExecutionRedriven{row->redrive_count + 1, client_token})};
    append.outcome = states::Outcome{};
    write(arn, std::move(append));
    done(clock_.now());
  }

  void redrive(ExecutionKey, std::int64_t, RedriveDone done) override {
    done(EngineError::kDoesNotExist);
  }

  bool has_issued(const std::string& token) const override {
    return live_tokens.contains(token) || gone_tokens.contains(token);
  }
  void stop(ExecutionKey key,
            StateError error,
            std::function<void(std::variant<Timestamp, EngineError>)> done) override {
    const auto row = store_.journal().find(key);
    if (!row) return done(EngineError::kDoesNotExist);
    stop(row->what.info.arn, std::move(error), std::move(done));
  }

  void task_succeeded(const std::string& token, Payload output, TokenDone done) override {
    last_output = output.text();
    done(token_answer(token));
  }
  void task_failed(const std::string& token, StateError error, TokenDone done) override {
    last_error = error;
    done(token_answer(token));
  }
  void task_heartbeat(const std::string& token, TokenDone done) override {
    done(token_answer(token));
  }

  std::uint64_t watch(const std::string& arn,
                      std::function<void(const states::Outcome&)> ended) override {
    const auto row = store_.journal().find(arn);
    if (row && row->stopped_at) {
      ended({});
      return 0;
    }
    const std::lock_guard lock(mutex_);
    watchers_[++last_] = {arn, std::move(ended)};
    return last_;
  }
  void unwatch(std::uint64_t id) override {
    const std::lock_guard lock(mutex_);
    watchers_.erase(id);
  }
  std::uint64_t listen(const std::string& arn, OnRecorded on_recorded) override {
    const std::lock_guard lock(mutex_);
    listeners_[++last_] = {arn, std::move(on_recorded)};
    return last_;
  }
  void unlisten(std::uint64_t id) override {
    const std::lock_guard lock(mutex_);
    listeners_.erase(id);
  }
  Readiness readiness() override { return ready; }

  // What a test makes happen.
  void run_state(const std::string& arn, const std::string& state, Payload input, Payload output) {
    append_events(arn,
                  {states::StateEntered{asl::StateType::kPass, state, input},
                   states::StateExited{asl::StateType::kPass, state, output, {}, std::nullopt}});
  }
  void append_events(const std::string& arn, const std::vector<states::Fact>& facts) {
    const auto row = store_.journal().find(arn);
    Append append;
    append.execution = row->key;
    auto sequence = row->last_sequence;
    for (const states::Fact& fact : facts) {
      ++sequence;
      append.events.push_back(event(sequence, sequence, sequence - 1, fact));
      if (auto outcome = outcome_of(fact)) append.outcome = outcome;
    }
    write(arn, std::move(append));
  }
  void end(const std::string& arn, const states::Fact& fact) {
    append_events(arn, {fact});
    std::vector<std::function<void(const states::Outcome&)>> ended;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [id, watcher] : watchers_) {
        if (watcher.first == arn) ended.push_back(watcher.second);
      }
    }
    for (auto& callback : ended) callback(*outcome_of(fact));
  }
  std::size_t listener_count() {
    const std::lock_guard lock(mutex_);
    return listeners_.size();
  }

  bool is_unavailable = false;
  states::Outcome express_outcome;  // of every EXPRESS execution, at once
  std::function<void(const std::string& arn)> on_start;
  std::set<std::string> live_tokens;
  std::set<std::string> gone_tokens;
  std::string last_output;
  std::optional<std::string> last_client_token;
  std::optional<states::Fork> last_fork;
  StateError last_error;
  Readiness ready{.ready = true, .recovered = 2, .to_recover = 2, .problem = ""};

 private:
  states::Event event(states::Sequence sequence,
                      states::EventId id,
                      states::EventId previous,
                      states::Fact fact) {
    return {.sequence = sequence,
            .id = id,
            .previous = previous,
            .at = clock_.now(),
            .scope = 0,
            .what = std::move(fact)};
  }

  void begin_fork(const ForkRequest& request, Append& append) {
    last_fork = request.fork;
    append.create->fork = request.origin;
    append.events = request.plan.kept;
    append.events.push_back(
        event(request.plan.execution.last_sequence + 1, 0, 0, request.fork.what));
  }

  void write(const std::string& arn, Append append) {
    const auto events = append.events;
    std::promise<AppendStatus> written;
    store_.journal().append(std::move(append),
                            [&](AppendStatus status) { written.set_value(status); });
    if (written.get_future().get() != AppendStatus::kDurable) throw std::logic_error("not written");
    std::vector<OnRecorded> told;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [id, listener] : listeners_) {
        if (listener.first.empty() || listener.first == arn) told.push_back(listener.second);
      }
    }
    const NewExecution what = store_.journal().find(arn)->what;
    for (const auto& listener : told) listener({what.info, what.machine_revision, events});
  }

  std::optional<EngineError> token_answer(const std::string& token) {
    if (is_unavailable) return EngineError::kUnavailable;
    if (live_tokens.contains(token)) return std::nullopt;
    return gone_tokens.contains(token) ? EngineError::kTaskGone : EngineError::kInvalidToken;
  }

  Store& store_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::pair<std::string, std::function<void(const states::Outcome&)>>>
      watchers_;
  std::map<std::uint64_t, std::pair<std::string, OnRecorded>> listeners_;
  std::uint64_t last_ = 0;
};

}  // namespace pawl::engine
