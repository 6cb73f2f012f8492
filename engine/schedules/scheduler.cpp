#include "engine/schedules/scheduler.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "engine/schedules/document.h"
#include "engine/schedules/firing.h"
#include "engine/schedules/starts.h"

namespace pawl::engine {
namespace {

// The wall clock may be set while nobody looks: no alarm is longer than this.
constexpr std::int64_t kLookAgainMs = 60'000;
constexpr std::int64_t kRetryFirstMs = 1'000;
constexpr std::int64_t kRetryMostMs = 60'000;
constexpr std::size_t kPageOfRecords = 1000;

bool is_of_machine(const Schedule& schedule, const std::string& machine) {
  std::string_view target = schedule.what.state_machine;
  constexpr std::string_view kType = ":stateMachine:";
  const std::size_t type = target.find(kType);
  if (type != std::string_view::npos) target.remove_prefix(type + kType.size());
  return target.substr(0, target.find(':')) == machine;
}

}  // namespace

class Scheduler::Core : public std::enable_shared_from_this<Core> {
 public:
  explicit Core(SchedulerWorld world) : world_(std::move(world)) {}

  void begin(StartExecution start);
  void end();
  Found find(const std::string& name) const;
  std::vector<Found> list(const std::string& after,
                          const std::string& state_machine,
                          std::size_t most) const;
  Added add(const Schedule& schedule);
  Found change(const std::string& name, const std::function<Schedule(const Schedule&)>& edit);
  bool remove(const std::string& name, const std::function<void(const Schedule&)>& allow);
  std::vector<Firing> start(const Schedule& schedule,
                            const std::vector<Timestamp>& times,
                            int attempt);
  Firing start_now(const Schedule& schedule, const std::string& name, const asl::Payload& input);
  std::optional<Timestamp> next_due() const;
  void clock_moved();
  std::string arn_of(const std::string& name) const { return world_.arn_prefix + name; }
  ScheduleLag lag() const;

  ZoneFiles zones;

 private:
  struct Entry {
    // Held through each change of the schedule and each firing, and taken before mutex_.
    std::mutex changing;
    // Under mutex_.
    Found schedule;
    std::int64_t record_version = 1;
    std::optional<Timestamp> due;  // as waiting_ has it
    int failures = 0;              // since a start was last possible
    bool is_removed = false;
  };
  using EntryPtr = std::shared_ptr<Entry>;

  void load(const Record& record);
  EntryPtr entry_of(const std::string& name) const;
  Record record_of(const Schedule& schedule, std::int64_t version) const;
  void write(const EntryPtr& entry, Schedule schedule);
  void take(const EntryPtr& entry, Found schedule);
  void wait_until(const EntryPtr& entry, std::optional<Timestamp> due);
  void arm();
  void sweep();
  void fire(const EntryPtr& entry);
  void fire_what_is_due(const EntryPtr& entry);
  void count_lag(const std::vector<Firing>& firings);
  void postpone(const EntryPtr& entry);

  const SchedulerWorld world_;
  StartExecution start_;
  mutable std::mutex mutex_;
  std::map<std::string, EntryPtr, std::less<>> entries_;
  std::map<std::pair<Timestamp, Entry*>, EntryPtr> waiting_;  // what is due, but not being fired
  std::optional<std::uint64_t> alarm_;
  ScheduleLag lag_;
  bool has_ended_ = false;
};

void Scheduler::Core::begin(StartExecution start) {
  start_ = std::move(start);
  Records::Query query;
  query.kind = kScheduleKind;
  query.newest_first = false;
  query.limit = kPageOfRecords;
  for (;;) {
    const std::vector<Record> page = world_.records.list(query);
    for (const Record& record : page) load(record);
    if (page.size() < kPageOfRecords) break;
    query.after = page.back().name;
  }
  sweep();
}

void Scheduler::Core::load(const Record& record) {
  try {
    auto schedule =
        std::make_shared<const Schedule>(schedule_of(record.name, record.document, zones));
    auto entry = std::make_shared<Entry>();
    entry->record_version = record.version;
    const std::lock_guard lock(mutex_);
    take(entry, std::move(schedule));
    entries_[record.name] = std::move(entry);
  } catch (const std::exception& error) {
    spdlog::error("schedules: {} is left out: {}", record.name, error.what());
  }
}

void Scheduler::Core::end() {
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  if (alarm_) world_.alarms.cancel(*alarm_);
}

Scheduler::Found Scheduler::Core::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second->schedule;
}

std::vector<Scheduler::Found> Scheduler::Core::list(const std::string& after,
                                                    const std::string& state_machine,
                                                    std::size_t most) const {
  std::vector<Found> found;
  const std::lock_guard lock(mutex_);
  for (auto at = entries_.upper_bound(after); at != entries_.end() && found.size() < most; ++at) {
    const Found& schedule = at->second->schedule;
    if (state_machine.empty() || is_of_machine(*schedule, state_machine)) found.push_back(schedule);
  }
  return found;
}

Scheduler::Core::EntryPtr Scheduler::Core::entry_of(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second;
}

Record Scheduler::Core::record_of(const Schedule& schedule, std::int64_t version) const {
  Record record;
  record.kind = kScheduleKind;
  record.name = schedule.name;
  record.document = document_of(schedule);
  record.created_at = schedule.created_at;
  record.updated_at = world_.clock.now();
  record.version = version;
  return record;
}

// REQUIRES: mutex_ is held.
void Scheduler::Core::take(const EntryPtr& entry, Found schedule) {
  entry->schedule = std::move(schedule);
  wait_until(entry,
             entry->schedule->what.paused
                 ? std::nullopt
                 : next_fire(*entry->schedule, entry->schedule->considered));
}

// REQUIRES: mutex_ is held.
void Scheduler::Core::wait_until(const EntryPtr& entry, std::optional<Timestamp> due) {
  if (entry->due) waiting_.erase({*entry->due, entry.get()});
  entry->due = due;
  if (due) waiting_.emplace(std::pair(*due, entry.get()), entry);
}

// REQUIRES: the entry's `changing` is held.
void Scheduler::Core::write(const EntryPtr& entry, Schedule schedule) {
  if (!world_.records.update(record_of(schedule, entry->record_version))) {
    throw std::logic_error("the record of schedule " + schedule.name + " is not what it was");
  }
  const std::lock_guard lock(mutex_);
  ++entry->record_version;
  take(entry, std::make_shared<const Schedule>(std::move(schedule)));
}

Scheduler::Added Scheduler::Core::add(const Schedule& schedule) {
  {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kSchedulesMax) return Added::kTooMany;
  }
  if (!world_.records.insert(record_of(schedule, 1))) return Added::kNameTaken;
  {
    const auto entry = std::make_shared<Entry>();
    const std::lock_guard lock(mutex_);
    take(entry, std::make_shared<const Schedule>(schedule));
    entries_[schedule.name] = entry;
  }
  arm();
  return Added::kDone;
}

Scheduler::Found Scheduler::Core::change(const std::string& name,
                                         const std::function<Schedule(const Schedule&)>& edit) {
  const EntryPtr entry = entry_of(name);
  if (!entry) return nullptr;
  Found made;
  {
    const std::lock_guard changing(entry->changing);
    if (entry->is_removed) return nullptr;
    write(entry, edit(*entry->schedule));
    entry->failures = 0;
    made = entry->schedule;
  }
  arm();
  return made;
}

bool Scheduler::Core::remove(const std::string& name,
                             const std::function<void(const Schedule&)>& allow) {
  const EntryPtr entry = entry_of(name);
  if (!entry) return false;
  const std::lock_guard changing(entry->changing);
  if (entry->is_removed) return false;
  allow(*entry->schedule);
  world_.records.remove(kScheduleKind, name);
  const std::lock_guard lock(mutex_);
  entry->is_removed = true;
  wait_until(entry, std::nullopt);
  // Another of the same name may have been made already.
  const auto at = entries_.find(name);
  if (at != entries_.end() && at->second == entry) entries_.erase(at);
  return true;
}

std::optional<Timestamp> Scheduler::Core::next_due() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first.first;
}

// Sets the alarm for what is due first.
void Scheduler::Core::arm() {
  const std::lock_guard lock(mutex_);
  if (has_ended_) return;
  if (alarm_) world_.alarms.cancel(*alarm_);
  alarm_.reset();
  if (waiting_.empty()) return;
  const Timestamp due = waiting_.begin()->first.first;
  const std::int64_t delay =
      std::clamp<std::int64_t>(due.ms - world_.clock.now().ms, 0, kLookAgainMs);
  alarm_ = world_.alarms.after(std::chrono::milliseconds(delay), [weak = weak_from_this()] {
    const auto core = weak.lock();
    if (!core) return;
    core->world_.post([weak] {
      if (const auto self = weak.lock()) self->sweep();
    });
  });
}

void Scheduler::Core::clock_moved() {
  const auto due = next_due();
  if (!due || *due > world_.clock.now()) return;
  world_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->sweep();
  });
}

void Scheduler::Core::sweep() {
  std::vector<EntryPtr> due;
  {
    const Timestamp now = world_.clock.now();
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
      due.push_back(waiting_.begin()->second);
      wait_until(due.back(), std::nullopt);
    }
    std::sort(due.begin(), due.end(), [](const EntryPtr& a, const EntryPtr& b) {
      return a->schedule->name < b->schedule->name;
    });
  }
  for (const EntryPtr& entry : due) {
    world_.post([weak = weak_from_this(), entry] {
      if (const auto self = weak.lock()) self->fire(entry);
    });
  }
  arm();
}

void Scheduler::Core::fire(const EntryPtr& entry) {
  {
    const std::lock_guard changing(entry->changing);
    if (entry->is_removed) return;
    try {
      fire_what_is_due(entry);
    } catch (const std::exception& error) {
      // What was started is found started when it is tried again.
      spdlog::warn("schedules: {} is tried again: {}", entry->schedule->name, error.what());
      postpone(entry);
    }
  }
  arm();
}

// REQUIRES: the entry's `changing` is held.
void Scheduler::Core::fire_what_is_due(const EntryPtr& entry) {
  Schedule after = *entry->schedule;
  const DueFires due = due_fires(after, world_.clock.now());
  if (!due.considered) {
    const std::lock_guard lock(mutex_);
    return take(entry, entry->schedule);  // it has been changed since it was due
  }
  const std::vector<Firing> firings = start(after, due.times, entry->failures + 1);
  count_lag(firings);
  bool is_whole = true;
  for (const Firing& firing : firings) {
    const StartOutcome& outcome = firing.outcome;
    if (outcome.kind == StartOutcome::Kind::kUnavailable) {
      is_whole = false;
      break;
    }
    after.considered = firing.time;
    after.last_fire_at = firing.time;
    if (outcome.kind == StartOutcome::Kind::kRefused) {
      after.last_fault = FireFault{outcome.error, outcome.message, world_.clock.now()};
    } else {
      after.last_fault.reset();
      after.last_execution_arn = outcome.execution_arn;
    }
  }
  if (is_whole) after.considered = *due.considered;
  if (after.considered != entry->schedule->considered) {
    ++after.firings;
    write(entry, std::move(after));
  }
  if (!is_whole) return postpone(entry);
  entry->failures = 0;
}

// After a second, and then ever later.
void Scheduler::Core::postpone(const EntryPtr& entry) {
  const std::int64_t wait = std::min(kRetryMostMs, kRetryFirstMs << std::min(entry->failures, 10));
  const std::lock_guard lock(mutex_);
  ++entry->failures;
  wait_until(entry, Timestamp{world_.clock.now().ms + wait});
}

std::vector<Firing> Scheduler::Core::start(const Schedule& schedule,
                                           const std::vector<Timestamp>& times,
                                           int attempt) {
  std::vector<StartOrder> orders;
  for (const Timestamp time : times) {
    const FireContext context{arn_of(schedule.name), time, attempt};
    orders.push_back({schedule.what.state_machine,
                      fire_name(schedule.name, time),
                      fire_input(schedule.what.input, context),
                      schedule.what.labels});
    orders.back().labels[kScheduleLabel] = schedule.name;
  }
  std::vector<StartOutcome> outcomes = start_all(start_, std::move(orders));
  std::vector<Firing> firings;
  for (std::size_t i = 0; i < times.size(); ++i) {
    firings.push_back({times[i], std::move(outcomes[i])});
  }
  return firings;
}

Firing Scheduler::Core::start_now(const Schedule& schedule,
                                  const std::string& name,
                                  const asl::Payload& input) {
  const Timestamp now = world_.clock.now();
  StartOrder order{schedule.what.state_machine,
                   name,
                   fire_input(input, {arn_of(schedule.name), now, 1}),
                   schedule.what.labels};
  order.labels[kScheduleLabel] = schedule.name;
  return {now, std::move(start_all(start_, {std::move(order)}).front())};
}

void Scheduler::Core::count_lag(const std::vector<Firing>& firings) {
  const Timestamp now = world_.clock.now();
  const std::lock_guard lock(mutex_);
  for (const Firing& firing : firings) {
    if (firing.outcome.kind != StartOutcome::Kind::kStarted) continue;
    ++lag_.count;
    lag_.seconds += static_cast<double>(now.ms - firing.time.ms) / 1000;
  }
}

ScheduleLag Scheduler::Core::lag() const {
  const std::lock_guard lock(mutex_);
  return lag_;
}

Scheduler::Scheduler(SchedulerWorld world) : core_(std::make_shared<Core>(std::move(world))) {}
Scheduler::~Scheduler() { core_->end(); }

void Scheduler::begin(StartExecution start) { core_->begin(std::move(start)); }
Scheduler::Found Scheduler::find(const std::string& name) const { return core_->find(name); }
std::vector<Scheduler::Found> Scheduler::list(const std::string& after,
                                              const std::string& state_machine,
                                              std::size_t most) const {
  return core_->list(after, state_machine, most);
}
Scheduler::Added Scheduler::add(const Schedule& schedule) { return core_->add(schedule); }
Scheduler::Found Scheduler::change(const std::string& name,
                                   const std::function<Schedule(const Schedule&)>& edit) {
  return core_->change(name, edit);
}
bool Scheduler::remove(const std::string& name, const std::function<void(const Schedule&)>& allow) {
  return core_->remove(name, allow);
}
std::vector<Firing> Scheduler::start(const Schedule& schedule,
                                     const std::vector<Timestamp>& times) {
  return core_->start(schedule, times, 1);
}
Firing Scheduler::start_now(const Schedule& schedule,
                            const std::string& name,
                            const asl::Payload& input) {
  return core_->start_now(schedule, name, input);
}
std::optional<Timestamp> Scheduler::next_due() const { return core_->next_due(); }
void Scheduler::clock_moved() { core_->clock_moved(); }
std::string Scheduler::arn_of(const std::string& name) const { return core_->arn_of(name); }
ZoneFiles& Scheduler::zones() { return core_->zones; }
ScheduleLag Scheduler::lag() const { return core_->lag(); }

}  // namespace pawl::engine
