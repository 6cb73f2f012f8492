// What every store promises, run over every backend; of the catalogue in catalog_contract_test.cpp.
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "tests/engine/store/samples.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

using asl::Payload;
using testing::append;
using testing::ending;
using testing::event;
using testing::new_execution;
using testing::next;
using testing::start;

constexpr std::size_t kAll = 1'000'000;

INSTANTIATE_TEST_SUITE_P(Backends,
                         StoreContract,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(StoreContract, EveryFactComesBackAsItWasAppended) {
  const ExecutionKey key = start(journal_, "x");
  const std::vector<states::Fact> facts = testing::every_fact();
  Append all;
  all.execution = key;
  for (const states::Fact& fact : facts) {
    all.events.push_back(event(static_cast<states::Sequence>(all.events.size()) + 2, fact));
  }
  ASSERT_EQ(append(journal_, all), AppendStatus::kDurable);
  const std::vector<states::Event> back = journal_.read(key, 2, kAll);
  ASSERT_EQ(back.size(), facts.size());
  for (std::size_t i = 0; i < back.size(); ++i) {
    EXPECT_EQ(back[i].sequence, all.events[i].sequence);
    EXPECT_EQ(back[i].id, all.events[i].id);
    EXPECT_EQ(back[i].previous, all.events[i].previous);
    EXPECT_EQ(back[i].at, all.events[i].at);
    EXPECT_EQ(back[i].what.index(), facts[i].index());
    EXPECT_EQ(states::event_type(back[i].what), states::event_type(facts[i]));
  }
}

TEST_P(StoreContract, AppendsOfAnyLengthComeBackWholeAndInOrder) {
  for (states::Sequence length = 1; length <= 40; ++length) {
    const ExecutionKey key = start(journal_, "x" + std::to_string(length));
    Append more;
    more.execution = key;
    for (states::Sequence i = 2; i <= length + 1; ++i) {
      more.events.push_back(
          event(i,
                states::StateEntered{asl::StateType::kPass,
                                     "s" + std::to_string(i),
                                     asl::Payload::of_text(std::to_string(i % 3))},
                i));
    }
    ASSERT_EQ(append(journal_, more), AppendStatus::kDurable);
    const auto events = journal_.read(key, 2, 100);
    ASSERT_EQ(events.size(), static_cast<std::size_t>(length));
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto& entered = std::get<states::StateEntered>(events[i].what);
      EXPECT_EQ(events[i].sequence, more.events[i].sequence);
      EXPECT_EQ(entered.name, "s" + std::to_string(events[i].sequence));
      EXPECT_EQ(entered.input.text(), std::to_string(events[i].sequence % 3));
    }
  }
}

TEST_P(StoreContract, ADocumentSharedByEventsIsSharedAgainWhenRead) {
  const ExecutionKey key = start(journal_, "x");
  const Payload one = Payload::of_text("{\"one\":1}");
  const Payload other = Payload::of_text("{\"two\":2}");
  Append all;
  all.execution = key;
  all.events = {event(2, states::StateEntered{asl::StateType::kPass, "a", one}),
                event(3, states::StateExited{asl::StateType::kPass, "a", one, {}, "b"}),
                event(4, states::StateEntered{asl::StateType::kPass, "b", other})};
  ASSERT_EQ(append(journal_, all), AppendStatus::kDurable);
  ASSERT_EQ(
      append(journal_, next(key, 5, states::StateExited{asl::StateType::kPass, "b", one, {}, {}})),
      AppendStatus::kDurable);
  const auto back = journal_.read(key, 3, kAll);  // from behind the event that holds the document
  ASSERT_EQ(back.size(), 3U);
  const Payload third = std::get<states::StateExited>(back[0].what).output;
  const Payload fifth = std::get<states::StateExited>(back[2].what).output;
  EXPECT_EQ(third.text(), "{\"one\":1}");
  EXPECT_TRUE(third.is(fifth));
  EXPECT_FALSE(third.is(std::get<states::StateEntered>(back[1].what).input));
}

TEST_P(StoreContract, AnAppendThatDoesNotFollowIsRefusedWhole) {
  const ExecutionKey key = start(journal_, "x");
  EXPECT_EQ(append(journal_, next(key, 3, states::ParallelSucceeded{})), AppendStatus::kConflict);
  EXPECT_EQ(append(journal_, next(key, 1, states::ParallelSucceeded{})), AppendStatus::kConflict);
  EXPECT_EQ(append(journal_, next(key + 100, 2, states::ParallelSucceeded{})),
            AppendStatus::kConflict);
  Append nothing;
  nothing.execution = key;
  EXPECT_EQ(append(journal_, nothing), AppendStatus::kConflict);
  EXPECT_EQ(journal_.read(key, 1, kAll).size(), 1U);
  EXPECT_EQ(journal_.find(key)->last_sequence, 1);
  EXPECT_EQ(append(journal_, next(key, 2, states::ParallelSucceeded{})), AppendStatus::kDurable);
}

TEST_P(StoreContract, ANameIsTakenOnce) {
  start(journal_, "x");
  Append again;
  again.execution = journal_.new_key();
  again.create = new_execution("x");
  again.events = {event(1, states::ExecutionStarted{})};
  EXPECT_EQ(append(journal_, again), AppendStatus::kNameTaken);
  EXPECT_FALSE(journal_.find(again.execution));
  EXPECT_TRUE(journal_.read(again.execution, 1, kAll).empty());
}

TEST_P(StoreContract, AnExecutionThatHasEndedTakesNothingMoreUntilItIsReopened) {
  const ExecutionKey key = start(journal_, "x");
  ASSERT_EQ(append(journal_, ending(key, 2)), AppendStatus::kDurable);
  EXPECT_EQ(journal_.find(key)->status, states::Status::kSucceeded);
  EXPECT_EQ(journal_.find(key)->stopped_at, asl::Timestamp{1'700'000'000'002});
  EXPECT_EQ(append(journal_, next(key, 3, states::ParallelFailed{})), AppendStatus::kConflict);
  EXPECT_EQ(append(journal_, ending(key, 3)), AppendStatus::kConflict);

  Append reopen = next(key, 3, states::ExecutionRedriven{1});
  reopen.outcome = states::Outcome{};
  EXPECT_EQ(append(journal_, reopen), AppendStatus::kDurable);
  EXPECT_EQ(journal_.find(key)->status, states::Status::kRunning);
  EXPECT_FALSE(journal_.find(key)->stopped_at);
  reopen.events.front().sequence = 4;
  EXPECT_EQ(append(journal_, reopen), AppendStatus::kConflict);  // it runs
}

TEST_P(StoreContract, AReopenedExecutionTellsHowOftenAndWhenAndIsAmongTheAwake) {
  const ExecutionKey key = start(journal_, "x");
  const ExecutionKey other = start(journal_, "y");
  EXPECT_EQ(journal_.find(key)->redrive_count, 0);
  EXPECT_FALSE(journal_.find(key)->redriven_at);
  for (int count = 1; count <= 2; ++count) {
    ASSERT_EQ(append(journal_, ending(key, 2 * count)), AppendStatus::kDurable);
    Append reopen = next(key, 2 * count + 1, states::ExecutionRedriven{count, "token"});
    reopen.outcome = states::Outcome{};
    ASSERT_EQ(append(journal_, reopen), AppendStatus::kDurable);
    EXPECT_EQ(append(journal_, reopen), AppendStatus::kConflict);  // of two at once, one
    EXPECT_EQ(journal_.find(key)->redrive_count, count);
    EXPECT_EQ(journal_.find(key)->redriven_at, reopen.events.front().at);
  }
  EXPECT_EQ(journal_.awake_executions(0, 10).size(), 2U);
  EXPECT_EQ(std::get<states::ExecutionRedriven>(journal_.read(key, 5, 1).front().what).client_token,
            "token");
  Journal::Filter filter;
  filter.redriven = true;
  ASSERT_EQ(journal_.list(filter, std::nullopt, 10).size(), 1U);
  EXPECT_EQ(journal_.list(filter, std::nullopt, 10).front().key, key);
  filter.state_machine_arn = journal_.find(key)->what.info.state_machine_arn;
  EXPECT_EQ(journal_.list(filter, std::nullopt, 10).size(), 1U);
  filter.status = states::Status::kSucceeded;
  EXPECT_TRUE(journal_.list(filter, std::nullopt, 10).empty());
  filter = {};
  filter.redriven = false;
  ASSERT_EQ(journal_.list(filter, std::nullopt, 10).size(), 1U);
  EXPECT_EQ(journal_.list(filter, std::nullopt, 10).front().key, other);
}

TEST_P(StoreContract, OpenExecutionsComeInOrderOfKeyAndInPages) {
  std::vector<ExecutionKey> open;
  for (int i = 0; i < 7; ++i) {
    const ExecutionKey key = start(journal_, "x" + std::to_string(i));
    if (i % 3 == 0) {
      ASSERT_EQ(append(journal_, ending(key, 2)), AppendStatus::kDurable);
    } else {
      open.push_back(key);
    }
  }
  std::vector<ExecutionKey> seen;
  ExecutionKey after = 0;
  while (true) {
    const auto page = journal_.awake_executions(after, 3);
    if (page.empty()) break;
    for (const ExecutionRow& row : page) seen.push_back(row.key);
    after = page.back().key;
  }
  EXPECT_EQ(seen, open);
}

TEST_P(StoreContract, SleepersComeInOrderOfTheirTimeAndAreNotAmongTheAwake) {
  const auto sleep = [&](ExecutionKey key, states::Sequence sequence, std::int64_t until) {
    Append more = next(key, sequence, states::WaitScheduled{{until}});
    more.wake_at = asl::Timestamp{until};
    ASSERT_EQ(append(journal_, more), AppendStatus::kDurable);
  };
  std::vector<ExecutionKey> keys;
  for (int i = 0; i < 6; ++i) keys.push_back(start(journal_, "x" + std::to_string(i)));
  sleep(keys[0], 2, 30);
  sleep(keys[1], 2, 10);
  sleep(keys[2], 2, 10);
  sleep(keys[3], 2, states::kNever.ms);  // for a task token
  sleep(keys[4], 2, 20);
  ASSERT_EQ(append(journal_, ending(keys[4], 3)), AppendStatus::kDurable);
  const auto awake = journal_.awake_executions(0, 10);
  ASSERT_EQ(awake.size(), 1U);
  EXPECT_EQ(awake[0].key, keys[5]);
  const std::vector<Sleeper> first{{{10}, keys[1]}, {{10}, keys[2]}};
  EXPECT_EQ(journal_.sleepers({}, 2), first);
  EXPECT_EQ(journal_.sleepers(first.back(), 2), (std::vector<Sleeper>{{{30}, keys[0]}}));
  ASSERT_EQ(append(journal_, next(keys[1], 3, states::ParallelFailed{})), AppendStatus::kDurable);
  EXPECT_EQ(journal_.sleepers({}, 1), (std::vector<Sleeper>{{{10}, keys[2]}}));
  EXPECT_EQ(journal_.awake_executions(0, 10).size(), 2U);
}

TEST_P(StoreContract, TheLatestTimeIsThatOfTheLatestEventOfAll) {
  EXPECT_FALSE(journal_.latest_time());
  const ExecutionKey first = start(journal_, "x");
  start(journal_, "y");
  Append more = next(first, 2, states::ParallelFailed{});
  more.events.back().at = {9'000'000'000'000};
  ASSERT_EQ(append(journal_, more), AppendStatus::kDurable);
  EXPECT_EQ(journal_.latest_time(), asl::Timestamp{9'000'000'000'000});
}

TEST_P(StoreContract, TheRowKeepsAllThatAnExecutionWasStartedWith) {
  Append first;
  first.execution = journal_.new_key();
  first.create = new_execution("x", 123'456);
  first.create->info.type = asl::MachineType::kExpress;
  first.create->version_arn = "v";
  first.create->info.trace_header = "t";
  first.events = {event(1, states::ExecutionStarted{})};
  ASSERT_EQ(append(journal_, first), AppendStatus::kDurable);
  const auto row = journal_.find(first.create->info.arn);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->key, first.execution);
  EXPECT_EQ(row->what.info.arn, first.create->info.arn);
  EXPECT_EQ(row->what.info.name, "x");
  EXPECT_EQ(row->what.info.state_machine_arn, first.create->info.state_machine_arn);
  EXPECT_EQ(row->what.info.state_machine_name, "m");
  EXPECT_EQ(row->what.info.role_arn, "role");
  EXPECT_EQ(row->what.info.start_time.ms, 123'456);
  EXPECT_EQ(row->what.info.type, asl::MachineType::kExpress);
  EXPECT_EQ(row->what.machine_revision, 5);
  EXPECT_EQ(row->what.version_arn, "v");
  EXPECT_FALSE(row->what.alias_arn);
  EXPECT_EQ(row->what.info.trace_header, "t");
  EXPECT_FALSE(journal_.find("arn:none"));
}

TEST_P(StoreContract, ListGivesTheNewestFirstFilteredAndInPages) {
  for (int i = 0; i < 6; ++i) {
    Append first;
    first.execution = journal_.new_key();
    first.create = new_execution("x" + std::to_string(i), 1'000 + (i / 2));  // equal starts too
    if (i == 5) first.create->info.state_machine_arn = "other";
    if (i == 1) first.create->alias_arn = "alias";
    first.events = {event(1, states::ExecutionStarted{})};
    ASSERT_EQ(append(journal_, first), AppendStatus::kDurable);
    if (i == 2) {
      ASSERT_EQ(append(journal_, ending(first.execution, 2)), AppendStatus::kDurable);
    }
  }
  const auto names = [&](const Journal::Filter& filter, std::size_t page_size) {
    std::string all;
    std::optional<Journal::Cursor> before;
    while (true) {
      const auto page = journal_.list(filter, before, page_size);
      if (page.empty()) return all;
      for (const ExecutionRow& row : page) all += row.what.info.name.back();
      before = Journal::Cursor{page.back().what.info.start_time, page.back().key};
    }
  };
  const std::string machine = new_execution("").info.state_machine_arn;
  for (const std::size_t size : {1U, 2U, 100U}) {
    EXPECT_EQ(names({}, size), "543210");
    EXPECT_EQ(names({machine, {}, {}}, size), "43210");
    EXPECT_EQ(names({machine, {}, states::Status::kRunning}, size), "4310");
    EXPECT_EQ(names({{}, {}, states::Status::kSucceeded}, size), "2");
    EXPECT_EQ(names({{}, "alias", {}}, size), "1");
    EXPECT_EQ(names({"other", "alias", {}}, size), "");
  }
}

TEST_P(StoreContract, PublicEventsArePagedByIdInBothDirections) {
  const ExecutionKey key = start(journal_, "x");
  Append more;
  more.execution = key;
  more.events = {event(2, states::ParallelStarted{}, 2),
                 event(3, states::HeartbeatReceived{}, 0),
                 event(4, states::HeartbeatReceived{}, 0),
                 event(5, states::ParallelSucceeded{}, 3),
                 event(6, states::HeartbeatReceived{}, 0),
                 event(7, states::ParallelFailed{}, 4)};
  ASSERT_EQ(append(journal_, more), AppendStatus::kDurable);
  const auto ids = [&](states::EventId first, std::size_t limit, bool reverse) {
    std::string out;
    for (const auto& e : journal_.read_public(key, first, limit, reverse)) {
      out += std::to_string(e.id);
    }
    return out;
  };
  EXPECT_EQ(ids(1, kAll, false), "1234");
  EXPECT_EQ(ids(2, 2, false), "23");
  EXPECT_EQ(ids(5, kAll, false), "");
  EXPECT_EQ(ids(std::numeric_limits<states::EventId>::max(), kAll, true), "4321");
  EXPECT_EQ(ids(3, 2, true), "32");
}

TEST_P(StoreContract, AppendsOfManyThreadsAllArriveInOrder) {
  constexpr int kThreads = 4;
  constexpr int kEvents = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      const ExecutionKey key = start(journal_, "t" + std::to_string(t));
      std::promise<void> last;
      for (int i = 2; i <= kEvents; ++i) {
        journal_.append(next(key, i, states::ParallelSucceeded{}), [i, &last](AppendStatus s) {
          EXPECT_EQ(s, AppendStatus::kDurable);
          if (i == kEvents) last.set_value();
        });
      }
      last.get_future().wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto rows = journal_.list({}, {}, kAll);
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(kThreads));
  for (const ExecutionRow& row : rows) {
    EXPECT_EQ(row.last_sequence, kEvents);
    const auto events = journal_.read(row.key, 1, kAll);
    ASSERT_EQ(events.size(), static_cast<std::size_t>(kEvents));
    for (int i = 0; i < kEvents; ++i)
      EXPECT_EQ(events[static_cast<std::size_t>(i)].sequence, i + 1);
  }
}

Record record(const std::string& kind, const std::string& name, std::int64_t created = 1) {
  Record out;
  out.kind = kind;
  out.name = name;
  out.document = asl::Json::parse(R"({"TrainingJobStatus":"InProgress"})");
  out.created_at = {created};
  out.updated_at = {created};
  return out;
}

TEST_P(StoreContract, ARecordIsUniqueByNameAndByOwner) {
  Records& records = store_->records();
  Record one = record("training-job", "a");
  one.owner = "execution#3";
  EXPECT_TRUE(records.insert(one));
  EXPECT_FALSE(records.insert(record("training-job", "a")));
  EXPECT_TRUE(records.insert(record("model", "a")));
  Record same_owner = record("training-job", "b");
  same_owner.owner = one.owner;
  EXPECT_FALSE(records.insert(same_owner));
  EXPECT_TRUE(records.insert(record("training-job", "c")));
  EXPECT_TRUE(records.insert(record("training-job", "d")));  // without owners: as many as you like
  EXPECT_EQ(records.find_by_owner("training-job", one.owner)->name, "a");
  EXPECT_FALSE(records.find_by_owner("training-job", ""));
  EXPECT_FALSE(records.find_by_owner("model", one.owner));
}

TEST_P(StoreContract, ARecordIsUpdatedOnlyFromTheVersionThatIsStored) {
  Records& records = store_->records();
  ASSERT_TRUE(records.insert(record("model", "a")));
  Record mine = *records.find("model", "a");
  Record theirs = mine;
  mine.document = asl::Json::parse("{\"mine\":1}");
  mine.updated_at = {8};
  EXPECT_TRUE(records.update(mine));
  EXPECT_FALSE(records.update(theirs));
  const auto now = records.find("model", "a");
  EXPECT_EQ(now->document, mine.document);
  EXPECT_EQ(now->updated_at.ms, 8);
  EXPECT_EQ(now->version, 2);
  EXPECT_TRUE(records.remove("model", "a"));
  EXPECT_FALSE(records.remove("model", "a"));
  EXPECT_FALSE(records.update(*now));
}

TEST_P(StoreContract, RecordsAreListedByCreationInBothDirectionsAndInPages) {
  Records& records = store_->records();
  ASSERT_TRUE(records.insert(record("model", "new", 3)));
  ASSERT_TRUE(records.insert(record("model", "old", 1)));
  ASSERT_TRUE(records.insert(record("model", "nearly", 3)));
  ASSERT_TRUE(records.insert(record("other", "x", 2)));
  const auto names = [&](Records::Query query) {
    std::string all;
    for (const Record& r : records.list(query)) all += r.name + " ";
    return all;
  };
  EXPECT_EQ(names({"model", "", true, {}, 100}), "nearly new old ");
  EXPECT_EQ(names({"model", "", false, {}, 100}), "old new nearly ");
  EXPECT_EQ(names({"model", "ne", true, {}, 100}), "nearly new ");
  EXPECT_EQ(names({"model", "", true, "nearly", 1}), "new ");
  EXPECT_EQ(names({"model", "", false, "old", 100}), "new nearly ");
}

TEST_P(StoreContract, RecordsAreListedByWhenTheyWereMadeAndByWhoAskedForThem) {
  Records& records = store_->records();
  for (int at = 1; at <= 4; ++at) {
    Record one = record("training-job", "job-" + std::to_string(at), at);
    one.owner = (at % 2 == 0 ? "execution-a#" : "execution-b#") + std::to_string(at);
    ASSERT_TRUE(records.insert(one));
  }
  const auto names = [&](Records::Query query) {
    std::string all;
    for (const Record& r : records.list(query)) all += r.name + " ";
    return all;
  };
  Records::Query query{"training-job", "", true, {}, 100};
  query.until = asl::Timestamp{3};
  EXPECT_EQ(names(query), "job-3 job-2 job-1 ");
  query.after = "job-3";
  EXPECT_EQ(names(query), "job-2 job-1 ");
  query.owner_prefix = "execution-b#";
  EXPECT_EQ(names(query), "job-1 ");
  EXPECT_EQ(names({"training-job", "", false, {}, 100, {}, "execution-a#"}), "job-2 job-4 ");
  EXPECT_EQ(names({"training-job", "", false, {}, 100, {}, "execution#"}), "");
}

TEST_P(StoreContract, ASettingIsMadeOnce) {
  EXPECT_EQ(store_->setting("k", [] { return std::string("first"); }), "first");
  EXPECT_EQ(store_->setting("k", [] { return std::string("second"); }), "first");
  EXPECT_EQ(store_->problem(), "");
}

TEST(OpenStore, AnUnknownSchemeIsRefusedByName) {
  EXPECT_THROW(open_store("oracle:x"), std::runtime_error);
  EXPECT_THROW(open_store("nothing"), std::runtime_error);
}

}  // namespace
}  // namespace pawl::engine
