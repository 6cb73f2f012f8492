#include "engine/runtime/shard.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>

#include "engine/runtime/system_world.h"
#include "engine/store/outcome.h"

namespace pawl::engine {

namespace {

// Appends of one execution on their way to the disk before its next decision waits.
constexpr std::size_t kRunAheadMax = 4;
constexpr std::size_t kReadyPerRun = 64;
constexpr std::size_t kLettersTogether = 16;
constexpr std::size_t kTimersPerRun = 256;
constexpr std::int64_t kNapMs = 1'000;  // for less, an execution stays in memory
constexpr std::int64_t kForeverMs = std::numeric_limits<std::int64_t>::max() / 4;

Verdict verdict_of(AppendStatus status, bool accepted) {
  if (status != AppendStatus::kDurable) return Verdict::kUnavailable;
  return accepted ? Verdict::kAccepted : Verdict::kRejected;
}

}  // namespace

Shard::Shard(const EngineOptions& options, Place place, const Tokens& tokens, Listeners& listeners)
    : store_(options.store),
      journal_(options.store.journal()),
      connectors_(options.connectors),
      map_runs_(options.map_runs),
      clock_(options.clock),
      entropy_(entropy_of(options)),
      limits_(options.limits),
      express_limits_(express_limits(options.limits)),
      // A jump over a month would let all leave that are about to go on.
      evict_after_ms_(options.virtual_time ? kForeverMs : options.evict_after_ms),
      live_max_(options.live_max),
      never_sleep_(options.virtual_time != nullptr),
      place_(place),
      together_(options.together ? options.together
                                 : [](const std::function<void()>& work) { work(); }),
      tokens_(tokens),
      listeners_(listeners),
      sleepers_(journal_, [place](ExecutionKey key) { return key % place.count == place.index; }) {
  readiness_.problem = "executions are being recovered";
}

bool Shard::run() {
  const std::vector<Mailbox::Letter> letters = mailbox_->take();
  read_letters(letters);
  const Timestamp now = clock_.now();
  bool any = !letters.empty();
  if (const auto due = next_due(); due && *due <= now) {
    any = true;
    fire_due(now);
  }
  if (!ready_.empty()) {
    any = true;
    proceed();
  }
  if (keep_at_ && *keep_at_ <= now) {
    any = true;
    keep_ends_again();
  }
  if (watch_at_ && *watch_at_ <= now) {
    any = true;
    watch_again();
  }
  if (recover_at_ && *recover_at_ <= now) {
    any = true;
    recover_some();
  }
  evict_idle(now);
  return any;
}

void Shard::read_letters(const std::vector<Mailbox::Letter>& letters) {
  for (std::size_t i = 0; i < letters.size(); i += kLettersTogether) {
    const std::size_t end = std::min(i + kLettersTogether, letters.size());
    together_([&] {
      for (std::size_t j = i; j < end; ++j) letters[j]();
    });
  }
}

std::optional<Timestamp> Shard::next_due() {
  std::optional<Timestamp> due = timers_.next();
  const auto sooner = [&due](Timestamp at) {
    if (!due || at < *due) due = at;
  };
  if (!suspended_.empty()) sooner(suspended_.begin()->first);
  if (recover_at_) sooner(*recover_at_);
  if (const auto wake = next_wake()) sooner(never_sleep_ ? Timestamp{} : *wake);
  if (keep_at_) sooner(*keep_at_);
  if (watch_at_) sooner(*watch_at_);
  return due;
}

bool Shard::only_waits() const {
  return work_.none() && ready_.empty() && suspended_.empty() && unkept_.empty() && !recover_at_ &&
         !ask_sleepers_at_;
}

void Shard::start(ExecutionKey key,
                  StartRequest request,
                  std::function<void(std::variant<Started, EngineError>)> done) {
  request.info.start_time = clock_.now();
  Entry& entry = add_entry(key);
  entry.live = std::make_unique<Live>();
  Live& live = *entry.live;
  live.machine = request.machine;
  live.revision = request.machine_revision;
  if (request.fork) {
    live.execution = request.fork->plan.execution;
    live.kept = request.fork->plan.kept;
  }
  live.execution.info = std::make_shared<const states::ExecutionInfo>(request.info);
  live.use = by_use_.insert(by_use_.end(), key);
  remember(machine_key(request.machine_revision, request.info), request.machine);

  if (request.ended) watchers_[key].push_back({0, request.ended});
  states::Stimulus stimulus = states::Start{request.input};
  if (request.fork) stimulus = request.fork->fork;
  AskedStart asked{live.execution.info, request.input, request.fork != nullptr, std::move(done)};
  decide(
      entry,
      stimulus,
      [this, key, asked = std::move(asked)](Verdict verdict, Timestamp) {
        switch (verdict) {
          case Verdict::kAccepted:
            asked.done(Started{asked.info->arn, asked.info->start_time, false, key});
            break;
          case Verdict::kRejected:  // of a start: the name is taken
            watchers_.erase(key);
            answer_name_taken(asked);
            break;
          case Verdict::kUnavailable:
          case Verdict::kGone:
            watchers_.erase(key);
            asked.done(EngineError::kUnavailable);
            break;
        }
      },
      asked_for_by(std::move(request)));
}

// [aws] "StartExecution is idempotent for STANDARD workflows": the same name and input while it
// runs is the same start.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
void Shard::answer_name_taken(const AskedStart& asked) {
  const std::string& arn = asked.info->arn;
  try {
    const std::optional<ExecutionRow> row = journal_.find(arn);
    if (!row) return asked.done(EngineError::kUnavailable);
    const auto first = journal_.read(row->key, 1, 1);
    const auto* started =
        first.empty() ? nullptr : std::get_if<states::ExecutionStarted>(&first.front().what);
    const bool same = !asked.is_fork && row->status == states::Status::kRunning &&
                      started != nullptr &&
                      (started->input.text() == asked.input.text() ||
                       started->input.json() == asked.input.json());
    if (!same) return asked.done(EngineError::kAlreadyExists);
    asked.done(Started{arn, row->what.info.start_time, true, row->key});
  } catch (const std::exception& e) {
    spdlog::error("runtime: cannot look at {}: {}", arn, e.what());
    asked.done(EngineError::kUnavailable);
  }
}

void Shard::ask(ExecutionKey key, const states::Stimulus& stimulus, Answer answer) {
  Entry* entry = nullptr;
  switch (find_live(key, entry)) {
    case Found::kLive:
      return decide(*entry, stimulus, std::move(answer));
    case Found::kGone:
      return answer(Verdict::kGone, {});
    case Found::kUnavailable:
      return answer(Verdict::kUnavailable, {});
  }
}

void Shard::deliver(ExecutionKey key, states::Stimulus stimulus) {
  Entry* entry = nullptr;
  const Found found = find_live(key, entry);
  if (found == Found::kGone) return;
  if (found == Found::kUnavailable) {
    if (entry != nullptr) entry->backlog.push_back(std::move(stimulus));
    return;
  }
  Answer answer = [](Verdict, Timestamp) {};
  if (const auto* submitted = std::get_if<states::WorkSubmitted>(&stimulus)) {
    answer = [this, key, work = submitted->work](Verdict, Timestamp) { taken_over(key, work); };
  }
  if (const auto* returned = std::get_if<states::WorkReturned>(&stimulus)) {
    // Once its answer is kept (or comes too late), nobody is to be told to stop it.
    answer = [this, key, work = returned->work](Verdict verdict, Timestamp) {
      const auto at = entries_.find(key);
      if (verdict != Verdict::kUnavailable && at != entries_.end()) at->second->called.erase(work);
    };
  }
  decide(*entry, stimulus, std::move(answer), std::nullopt, true);
}

// By the service that was called: what it waits for now need not be work of ours.
void Shard::taken_over(ExecutionKey key, states::WorkId work) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  const auto call = entry->second->called.find(work);
  if (call == entry->second->called.end()) return;
  if (!call->second.is_work_after_submission) call->second.work = {};
}

std::function<std::string(states::WorkId)> Shard::token_maker(ExecutionKey key) const {
  return [this, key](states::WorkId work) { return tokens_.mint({key, work}); };
}

void Shard::decide(Entry& entry,
                   const states::Stimulus& stimulus,
                   Answer answer,
                   std::optional<NewExecution> create,
                   bool redeliver) {
  touch(entry);
  Live& live = *entry.live;
  const auto token_of = token_maker(entry.key);
  const states::Env env{
      clock_.now(), *entropy_, entry.express ? express_limits_ : limits_, token_of};
  states::Step step = states::step(*live.machine, live.execution, stimulus, env);
  if (std::erase_if(step.effects, [](const states::Effect& effect) {
        return std::holds_alternative<states::ContinueLater>(effect);
      }) > 0) {
    live.wants_continue = true;
    ready_.push_back(entry.key);
  }
  const bool creates = create.has_value();
  InFlight waiting;
  waiting.after.push_back(
      [answer = std::move(answer), accepted = step.accepted, creates, now = env.now](
          AppendStatus status) {
        if (creates && status == AppendStatus::kNameTaken) return answer(Verdict::kRejected, now);
        answer(verdict_of(status, accepted), now);
      });
  if (redeliver) waiting.redeliver.push_back(stimulus);
  waiting.creates = creates;
  append(entry, std::move(step), std::move(waiting), std::move(create));
}

void Shard::append(Entry& entry,
                   states::Step step,
                   InFlight waiting,
                   std::optional<NewExecution> create) {
  if (entry.express) return go_on_in_memory(entry, std::move(step), std::move(waiting));
  Live& live = *entry.live;
  waiting.effects = std::move(step.effects);
  if (step.events.empty()) {
    // Nothing to keep. But the decision was made from what may not be durable yet: its
    // consequences wait for that.
    if (!live.in_flight.empty()) {
      InFlight& last = live.in_flight.back();
      std::move(waiting.effects.begin(), waiting.effects.end(), std::back_inserter(last.effects));
      std::move(waiting.after.begin(), waiting.after.end(), std::back_inserter(last.after));
      std::move(
          waiting.redeliver.begin(), waiting.redeliver.end(), std::back_inserter(last.redeliver));
      return;
    }
    for (const AfterAppend& after : waiting.after) after(AppendStatus::kDurable);
    perform(entry, waiting.effects);
    return;
  }
  waiting.events = step.events;
  Append append;
  append.execution = entry.key;
  append.create = std::move(create);
  append.events = std::move(step.events);
  append.events.insert(append.events.begin(), live.kept.begin(), live.kept.end());
  live.kept.clear();
  append.outcome = live.execution.outcome;
  if (redriven_in(append.events) != nullptr) append.outcome = states::Outcome{};  // opens it again
  append.wake_at = states::asleep_until(*live.machine, live.execution);
  live.in_flight.push_back(std::move(waiting));
  journal_.append(std::move(append),
                  [mailbox = mailbox_,
                   this,
                   key = entry.key,
                   generation = entry.generation,
                   on_its_way = hold_in_virtual_time()](AppendStatus status) {
                    mailbox->post([this, key, generation, status, on_its_way] {
                      appended(key, generation, status);
                    });
                  });
}

void Shard::appended(ExecutionKey key, std::uint64_t generation, AppendStatus status) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second->generation != generation) return;
  Entry& entry = *found->second;
  if (status != AppendStatus::kDurable) return append_failed(entry, status);
  Live& live = *entry.live;
  const InFlight durable = std::move(live.in_flight.front());
  live.in_flight.pop_front();
  entry.failures = 0;
  publish(live, key, durable.events);
  for (const AfterAppend& after : durable.after) after(AppendStatus::kDurable);
  if (live.wants_continue) ready_.push_back(key);
  perform(entry, durable.effects);  // the entry may be gone after it
  const auto still = entries_.find(key);
  if (still != entries_.end() && still->second->live) let_sleep(*still->second, kNapMs);
}

// What was decided since the last durable append never happened.
void Shard::append_failed(Entry& entry, AppendStatus status) {
  std::deque<InFlight> lost = std::move(entry.live->in_flight);
  const bool never_began = !lost.empty() && lost.front().creates;
  by_use_.erase(entry.live->use);
  entry.live.reset();
  entry.generation = ++last_generation_;
  for (InFlight& one : lost) {
    std::move(one.redeliver.begin(), one.redeliver.end(), std::back_inserter(entry.backlog));
  }
  if (never_began) {
    const ExecutionKey key = entry.key;
    entries_.erase(key);
  } else {
    suspend(entry);
  }
  for (const InFlight& one : lost) {
    for (const AfterAppend& after : one.after) {
      after(std::exchange(status, AppendStatus::kFailed));
    }
  }
}

void Shard::proceed() {
  for (std::size_t i = 0; i < kReadyPerRun && !ready_.empty(); ++i) {
    const ExecutionKey key = ready_.front();
    ready_.pop_front();
    const auto found = entries_.find(key);
    if (found == entries_.end() || !found->second->live) continue;
    Live& live = *found->second->live;
    // Not yet: appended() asks again.
    if (!live.wants_continue || live.in_flight.size() >= kRunAheadMax) continue;
    live.wants_continue = false;
    decide(*found->second, states::Continue{}, [](Verdict, Timestamp) {});
  }
}

void Shard::fire_due(Timestamp now) {
  for (std::size_t i = 0; i < kTimersPerRun; ++i) {
    const std::optional<Timers::Due> due = timers_.take(now);
    if (!due) break;
    deliver(due->execution, states::TimerFired{due->work, due->kind});
  }
  for (std::size_t i = 0; i < kReadyPerRun; ++i) {
    if (suspended_.empty() || suspended_.begin()->first > now) break;
    const ExecutionKey key = suspended_.begin()->second;
    suspended_.erase(suspended_.begin());
    const auto found = entries_.find(key);
    if (found != entries_.end()) reload(*found->second);
  }
  wake_due(never_sleep_ ? Timestamp{states::kNever.ms - 1} : now);
}

void Shard::wake_due(Timestamp now) {
  for (std::size_t i = 0; i < kReadyPerRun; ++i) {
    const std::optional<Timestamp> next = next_wake();
    if (!next || *next > now || ask_sleepers_at_) return;
    const std::optional<ExecutionKey> key = sleepers_.take(now);
    Entry* entry = nullptr;
    if (key) find_live(*key, entry);  // its own timers do the rest
  }
}

void Shard::touch(Entry& entry) {
  Live& live = *entry.live;
  if (entry.express) return;  // nothing to read it back from: it stays
  live.used_at = clock_.now();
  by_use_.splice(by_use_.end(), by_use_, live.use);
}

void Shard::evict_idle(Timestamp now) {
  // The front has been idle longest; one that is busy goes to the end.
  for (std::size_t i = 0; i < kReadyPerRun && !by_use_.empty(); ++i) {
    Entry& entry = *entries_.at(by_use_.front());
    Live& live = *entry.live;
    const bool idle_long = live.used_at.ms + evict_after_ms_ <= now.ms;
    if (!idle_long && by_use_.size() <= live_max_) return;
    if (!live.in_flight.empty() || live.wants_continue) {
      touch(entry);
      continue;
    }
    if (let_sleep(entry, 0)) continue;
    by_use_.pop_front();
    entry.live.reset();
    entry.generation = ++last_generation_;
  }
}

// Forgets an execution that only waits for a time, not less far than this, or for a token.
bool Shard::let_sleep(Entry& entry, std::int64_t at_least_ms) {
  const Live& live = *entry.live;
  if (never_sleep_ || !live.in_flight.empty() || live.wants_continue || !entry.backlog.empty()) {
    return false;
  }
  const auto until = states::asleep_until(*live.machine, live.execution);
  // One that is due already would only be woken again, and sent back to sleep, without end.
  if (!until || until->ms - clock_.now().ms < std::max<std::int64_t>(at_least_ms, 1)) return false;
  const ExecutionKey key = entry.key;
  timers_.cancel_all(key);
  by_use_.erase(live.use);
  entries_.erase(key);
  sleepers_.add({*until, key});
  return true;
}

}  // namespace pawl::engine
