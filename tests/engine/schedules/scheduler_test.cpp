// Starts by schedules over a real database: each once, whatever dies in between.
#include "engine/schedules/scheduler.h"

#include <filesystem>
#include <map>

#include "engine/schedules/document.h"
#include "engine/store/store.h"
#include "tests/engine/schedules/schedule_values.h"

namespace pawl::engine {
namespace {

using Kind = StartOutcome::Kind;
using Names = std::vector<std::string>;

class SetClock final : public Clock {
 public:
  Timestamp now() override { return at; }
  Timestamp at = time_at("2026-11-28T08:30:00Z");
};

// One alarm, which rings when a test says so.
class OneAlarm final : public Alarms {
 public:
  std::uint64_t after(std::chrono::milliseconds wanted, std::function<void()> ring) override {
    delay = wanted;
    ring_ = std::move(ring);
    return ++last_;
  }
  void cancel(std::uint64_t id) override {
    if (id == last_) ring_ = nullptr;
  }
  void hurry() override { ring(); }
  bool is_set() const { return static_cast<bool>(ring_); }
  void ring() {
    const auto due = std::move(ring_);
    ring_ = nullptr;
    if (due) due();
  }
  std::chrono::milliseconds delay{};

 private:
  std::function<void()> ring_;
  std::uint64_t last_ = 0;
};

// Writes, until it is told to fail.
class FailingRecords final : public Records {
 public:
  explicit FailingRecords(Records& records) : records_(records) {}
  bool insert(const Record& record) override { return records_.insert(record); }
  bool update(const Record& record) override {
    if (is_failing) throw StoreUnavailable("the disk is full");
    return records_.update(record);
  }
  bool remove(const std::string& kind, const std::string& name) override {
    return records_.remove(kind, name);
  }
  std::optional<Record> find(const std::string& kind, const std::string& name) override {
    return records_.find(kind, name);
  }
  std::optional<Record> find_by_owner(const std::string& kind, const std::string& owner) override {
    return records_.find_by_owner(kind, owner);
  }
  std::vector<Record> list(const Query& query) override { return records_.list(query); }
  bool is_failing = false;

 private:
  Records& records_;
};

// Executions by name: a second start of a name is none.
struct Executions {
  StartOutcome start(const StartOrder& order) {
    if (is_unavailable) return {Kind::kUnavailable, "", "ServiceUnavailable", "full"};
    if (order.state_machine != "m") return {Kind::kRefused, "", "StateMachineDoesNotExist", "no"};
    const bool is_new = inputs.emplace(order.name, order.input).second;
    labels = order.labels;
    if (is_new) names.push_back(order.name);
    return {is_new ? Kind::kStarted : Kind::kAlreadyStarted, "arn:" + order.name, "", ""};
  }
  Names names;
  std::map<std::string, std::string> inputs;
  Labels labels;
  bool is_unavailable = false;
};

class Scheduling : public testing::Test {
 protected:
  Scheduling() {
    std::string pattern = std::filesystem::temp_directory_path() / "pawl-schedules-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    store_ = open_store("sqlite:" + folder_ + "/pawl.db");
    records_ = std::make_unique<FailingRecords>(store_->records());
    restart();
  }
  ~Scheduling() override {
    scheduler_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // As after a kill: nothing is known but what the database has.
  void restart() {
    scheduler_.reset();
    scheduler_ = std::make_unique<Scheduler>(SchedulerWorld{
        *records_, clock_, alarm_, [](const std::function<void()>& task) { task(); }, "arn:s/"});
    scheduler_->begin(
        [this](const StartOrder& order, const std::function<void(StartOutcome)>& done) {
          done(executions_.start(order));
        });
  }
  void add(const std::string& name, ScheduleDefinition what) {
    EXPECT_EQ(scheduler_->add(new_schedule(name, std::move(what), clock_.at)),
              Scheduler::Added::kDone);
  }
  static ScheduleDefinition hourly(Missed missed = Missed::kAll) {
    ScheduleDefinition what = definition("cron(0 * * * ? *)");
    what.missed = missed;
    return what;
  }
  void pass_to(const std::string& time) {
    clock_.at = time_at(time);
    alarm_.ring();
  }
  Schedule schedule(const std::string& name = "h") { return *scheduler_->find(name); }

  std::string folder_;
  SetClock clock_;
  OneAlarm alarm_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<FailingRecords> records_;
  Executions executions_;
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(Scheduling, FireAtTheirTimesUnderTheirNames) {
  ScheduleDefinition what = hourly();
  what.input = asl::Payload::of_text(R"({"for":"<aws.scheduler.scheduled-time>"})");
  what.labels = {{"team", "ml"}};
  add("h", what);
  pass_to("2026-11-28T08:59:59Z");
  EXPECT_EQ(executions_.names, Names{});
  pass_to("2026-11-28T09:00:02Z");
  pass_to("2026-11-28T10:00:00Z");
  EXPECT_EQ(executions_.names, (Names{"h-2026-11-28T09-00-00Z", "h-2026-11-28T10-00-00Z"}));
  EXPECT_EQ(executions_.inputs["h-2026-11-28T10-00-00Z"], R"({"for":"2026-11-28T10:00:00Z"})");
  EXPECT_EQ(executions_.labels, (Labels{{"schedule", "h"}, {"team", "ml"}}));
  EXPECT_EQ(schedule().last_fire_at, time_at("2026-11-28T10:00:00Z"));
  EXPECT_EQ(schedule().last_execution_arn, "arn:h-2026-11-28T10-00-00Z");
  EXPECT_EQ(scheduler_->next_due(), time_at("2026-11-28T11:00:00Z"));
  EXPECT_EQ(scheduler_->lag().count, 2U);
  EXPECT_DOUBLE_EQ(scheduler_->lag().seconds, 2.0);
}

TEST_F(Scheduling, LookAgainEveryMinuteWhateverTheyWaitFor) {
  EXPECT_FALSE(alarm_.is_set());
  add("h", hourly());
  EXPECT_EQ(alarm_.delay, std::chrono::minutes(1));
  pass_to("2026-11-28T08:59:30Z");
  EXPECT_EQ(alarm_.delay, std::chrono::seconds(30));
}

TEST_F(Scheduling, ThatDieBetweenTheStartAndTheRecordOfItDoNotStartAgain) {
  add("h", hourly());
  records_->is_failing = true;
  pass_to("2026-11-28T09:00:00Z");
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T09-00-00Z"});
  EXPECT_EQ(schedule().last_fire_at, std::nullopt);
  records_->is_failing = false;
  restart();
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T09-00-00Z"});
  EXPECT_EQ(schedule().last_fire_at, time_at("2026-11-28T09:00:00Z"));
  pass_to("2026-11-28T10:00:00Z");
  EXPECT_EQ(executions_.names.size(), 2U);
}

TEST_F(Scheduling, ThatDieBeforeTheStartDoItAfterwards) {
  add("h", hourly());
  clock_.at = time_at("2026-11-28T09:00:30Z");
  restart();
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T09-00-00Z"});
}

TEST_F(Scheduling, GoByTheirPolicyAfterDowntimeAndWhenTheClockLeapsAhead) {
  add("all", hourly(Missed::kAll));
  add("one", hourly(Missed::kOne));
  add("skip", hourly(Missed::kSkip));
  clock_.at = time_at("2026-11-28T11:30:00Z");
  restart();
  EXPECT_EQ(executions_.names,
            (Names{"all-2026-11-28T09-00-00Z",
                   "all-2026-11-28T10-00-00Z",
                   "all-2026-11-28T11-00-00Z",
                   "one-2026-11-28T11-00-00Z"}));
  EXPECT_EQ(schedule("skip").last_fire_at, std::nullopt);
  executions_.names.clear();
  pass_to("2026-11-28T13:30:00Z");
  EXPECT_EQ(
      executions_.names,
      (Names{"all-2026-11-28T12-00-00Z", "all-2026-11-28T13-00-00Z", "one-2026-11-28T13-00-00Z"}));
}

TEST_F(Scheduling, DoNotFireAgainWhenTheClockGoesBackAlsoAfterARestart) {
  add("h", hourly());
  pass_to("2026-11-28T09:00:00Z");
  clock_.at = time_at("2026-11-28T07:00:00Z");
  alarm_.ring();
  pass_to("2026-11-28T08:00:00Z");
  restart();
  pass_to("2026-11-28T09:00:00Z");
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T09-00-00Z"});
  pass_to("2026-11-28T10:00:00Z");
  EXPECT_EQ(executions_.names.size(), 2U);
}

TEST_F(Scheduling, TryAgainWhileNothingCanBeStarted) {
  add("h", hourly());
  executions_.is_unavailable = true;
  pass_to("2026-11-28T09:00:00Z");
  EXPECT_EQ(alarm_.delay, std::chrono::seconds(1));
  pass_to("2026-11-28T09:00:01Z");
  EXPECT_EQ(alarm_.delay, std::chrono::seconds(2));
  EXPECT_EQ(schedule().last_fire_at, std::nullopt);
  executions_.is_unavailable = false;
  pass_to("2026-11-28T09:00:03Z");
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T09-00-00Z"});
  pass_to("2026-11-28T10:00:00Z");
  EXPECT_EQ(executions_.names.size(), 2U);
}

TEST_F(Scheduling, KeepTheReasonOfARefusalAndGoOn) {
  ScheduleDefinition what = hourly();
  what.state_machine = "gone";
  add("h", what);
  pass_to("2026-11-28T09:00:00Z");
  ASSERT_TRUE(schedule().last_fault);
  EXPECT_EQ(schedule().last_fault->error, "StateMachineDoesNotExist");
  EXPECT_EQ(scheduler_->next_due(), time_at("2026-11-28T10:00:00Z"));
  scheduler_->change("h", [&](const Schedule& there) {
    ScheduleDefinition found = there.what;
    found.state_machine = "m";
    return changed(there, found, clock_.at);
  });
  pass_to("2026-11-28T10:00:00Z");
  EXPECT_FALSE(schedule().last_fault);
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T10-00-00Z"});
}

TEST_F(Scheduling, OfOneTimeEndWithIt) {
  add("h", definition("at(2026-11-28T09:00:00)"));
  pass_to("2026-11-28T09:00:00Z");
  EXPECT_EQ(executions_.names, Names{"h-2026-11-28T09-00-00Z"});
  EXPECT_TRUE(is_completed(schedule()));
  EXPECT_FALSE(alarm_.is_set());
}

TEST_F(Scheduling, ThatArePausedOrRemovedDoNotFire) {
  add("p", hourly());
  add("r", hourly());
  scheduler_->change("p", [&](const Schedule& there) {
    ScheduleDefinition what = there.what;
    what.paused = true;
    return changed(there, what, clock_.at);
  });
  EXPECT_TRUE(scheduler_->remove("r", [](const Schedule&) {}));
  EXPECT_FALSE(scheduler_->remove("r", [](const Schedule&) {}));
  pass_to("2026-11-28T09:00:00Z");
  restart();
  EXPECT_EQ(executions_.names, Names{});
  EXPECT_EQ(scheduler_->find("r"), nullptr);
  EXPECT_TRUE(schedule("p").what.paused);
}

TEST_F(Scheduling, ThatAreChangedOnceMoreByWhatThrowsStayAsTheyAre) {
  add("h", hourly());
  EXPECT_THROW(
      scheduler_->change("h", [](const Schedule&) -> Schedule { throw std::runtime_error("no"); }),
      std::runtime_error);
  EXPECT_EQ(schedule().revision, 1);
}

TEST_F(Scheduling, AreListedByNameAndByMachine) {
  ScheduleDefinition other = hourly();
  other.state_machine = "arn:aws:states:us-east-1:123456789012:stateMachine:other:prod";
  add("b", other);
  add("a", hourly());
  add("c", hourly());
  const auto names = [&](const std::string& after, const std::string& machine, std::size_t most) {
    Names all;
    for (const auto& each : scheduler_->list(after, machine, most)) all.push_back(each->name);
    return all;
  };
  EXPECT_EQ(names("", "", 10), (Names{"a", "b", "c"}));
  EXPECT_EQ(names("a", "", 1), Names{"b"});
  EXPECT_EQ(names("", "m", 10), (Names{"a", "c"}));
  EXPECT_EQ(names("", "other", 10), Names{"b"});
  EXPECT_EQ(scheduler_->add(new_schedule("a", hourly(), clock_.at)), Scheduler::Added::kNameTaken);
}

TEST_F(Scheduling, StartTimesPastOnceHoweverOftenTheyAreAsked) {
  add("h", hourly());
  pass_to("2026-11-28T09:00:00Z");
  const std::vector<Timestamp> times = {time_at("2026-11-28T07:00:00Z"),
                                        time_at("2026-11-28T09:00:00Z")};
  const auto kinds = [&] {
    std::vector<Kind> all;
    for (const Firing& firing : scheduler_->start(schedule(), times)) {
      all.push_back(firing.outcome.kind);
    }
    return all;
  };
  EXPECT_EQ(kinds(), (std::vector<Kind>{Kind::kStarted, Kind::kAlreadyStarted}));
  EXPECT_EQ(kinds(), (std::vector<Kind>{Kind::kAlreadyStarted, Kind::kAlreadyStarted}));
}

TEST_F(Scheduling, AnAnswerThatNeverComesCountsAsNone) {
  scheduler_ = std::make_unique<Scheduler>(SchedulerWorld{
      *records_, clock_, alarm_, [](const std::function<void()>& task) { task(); }, "arn:s/"});
  scheduler_->begin([](const StartOrder&, const std::function<void(StartOutcome)>&) {});
  add("h", hourly());
  pass_to("2026-11-28T09:00:00Z");
  EXPECT_EQ(schedule().last_fire_at, std::nullopt);
  EXPECT_EQ(alarm_.delay, std::chrono::seconds(1));
}

TEST_F(Scheduling, OfAnotherReleaseThatCannotBeReadAreLeftOut) {
  Record record;
  record.kind = kScheduleKind;
  record.name = "odd";
  record.document = {{"expression", "never"}};
  EXPECT_TRUE(store_->records().insert(record));
  add("h", hourly());
  restart();
  EXPECT_EQ(scheduler_->find("odd"), nullptr);
  EXPECT_TRUE(scheduler_->find("h"));
}

}  // namespace
}  // namespace pawl::engine
