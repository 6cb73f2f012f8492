// What only the SQLite store promises: it outlives the process, it has one owner, its views can be
// read, it stores the same bytes once.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_schema.h"
#include "engine/store/store.h"
#include "tests/engine/store/samples.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using asl::Payload;
using testing::append;
using testing::ending;
using testing::event;
using testing::next;
using testing::start;

class SqliteStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open() { return open_store("sqlite:" + path_); }
  // The first column of the only row.
  std::string look(const char* sql) {
    Database database(path_, Database::Mode::kReadOnly);
    Query query(database, sql);
    return query.step() ? query.text(0) : "(no row)";
  }

  testing::TemporaryFolder folder_;
  std::string path_ = folder_.file("deep/er/pawl.db");
};

TEST_F(SqliteStoreTest, WhatWasDurableIsThereAfterReopening) {
  ExecutionKey key = 0;
  {
    const auto store = open();
    key = start(store->journal(), "x");
    ASSERT_EQ(append(store->journal(), next(key, 2, states::ParallelSucceeded{})),
              AppendStatus::kDurable);
    EXPECT_EQ(store->setting("k", [] { return std::string("v"); }), "v");
  }
  const auto store = open();
  EXPECT_EQ(store->journal().read(key, 1, 100).size(), 2U);
  EXPECT_EQ(store->journal().awake_executions(0, 10).size(), 1U);
  EXPECT_GT(store->journal().new_key(), key);
  EXPECT_EQ(store->setting("k", [] { return std::string("w"); }), "v");
}

TEST_F(SqliteStoreTest, WritesThatQueueUpShareACommit) {
  const auto store = open();
  const ExecutionKey key = start(store->journal(), "x");
  const WriteCounts before = store->write_counts();
  std::promise<void> queued;
  std::promise<void> last;
  // The writer is held up after its first commit until all that is not in it waits.
  store->journal().append(next(key, 2, states::ParallelSucceeded{}),
                          [&queued](AppendStatus) { queued.get_future().wait(); });
  for (int sequence = 3; sequence <= 101; ++sequence) {
    store->journal().append(next(key, sequence, states::ParallelSucceeded{}),
                            [&last, sequence](AppendStatus status) {
                              EXPECT_EQ(status, AppendStatus::kDurable);
                              if (sequence == 101) last.set_value();
                            });
  }
  queued.set_value();
  last.get_future().wait();
  const WriteCounts after = store->write_counts();
  EXPECT_EQ(after.writes - before.writes, 100U);
  EXPECT_GE(after.commits - before.commits, 1U);
  EXPECT_LE(after.commits - before.commits, 2U);
  EXPECT_GT(after.seconds, before.seconds);
}

TEST_F(SqliteStoreTest, ADatabaseHasOneOwnerAtATime) {
  auto store = open();
  EXPECT_THROW(open(), std::runtime_error);
  store.reset();
  EXPECT_NO_THROW(open());
}

TEST_F(SqliteStoreTest, AnOlderDatabaseIsBroughtUpToDateWithAllItHolds) {
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
  {
    Database old(path_, Database::Mode::kReadWrite);
    migrate(old, 1);
    old.execute(
        "INSERT INTO execution VALUES (7, 'arn:x', 'x', 'arn:m', 'm', 'role', 0, 3, NULL, NULL, "
        "NULL, 5, NULL, 0, 3);"
        "INSERT INTO event VALUES (7, 1, 1, 0, 5, 0, 10, '{\"d\":1}', NULL, NULL);"
        "INSERT INTO event VALUES (7, 2, 2, 0, 5, 0, 190, NULL, 1, NULL);"
        "INSERT INTO event VALUES (7, 3, 3, 2, 6, 0, 200, NULL, NULL, NULL);");
  }
  const auto store = open();
  const auto row = store->journal().find("arn:x");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->what.info.state_machine_arn, "arn:m");
  EXPECT_EQ(row->what.info.state_machine_name, "m");
  const auto events = store->journal().read(7, 1, 10);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(std::get<states::ParallelStarted>(events[1].what).input.text(), "{\"d\":1}");
  EXPECT_EQ(events[2].previous, 2);
  EXPECT_EQ(append(store->journal(), next(7, 4, states::ParallelFailed{})), AppendStatus::kDurable);
  EXPECT_EQ(store->journal().awake_executions(0, 10).size(), 1U);
  EXPECT_EQ(look("SELECT payload FROM events WHERE sequence = 2"), "{\"d\":1}");
  EXPECT_EQ(look("SELECT state_machine || input FROM executions"), "m{\"d\":1}");
}

TEST_F(SqliteStoreTest, ADatabaseOfANewerSchemaIsRefusedUntouched) {
  open();
  {
    Database database(path_, Database::Mode::kReadWrite);
    database.execute("UPDATE schema_version SET version = version + 1");
  }
  EXPECT_THROW(open(), std::runtime_error);
  EXPECT_EQ(look("SELECT version FROM schema_version"),
            std::to_string(schema_version_newest() + 1));
}

TEST_F(SqliteStoreTest, AMachineOfTheFirstSchemaCanHaveVersionsAndAliases) {
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
  {
    Database old(path_, Database::Mode::kReadWrite);
    migrate(old, 1);
    old.execute(
        "INSERT INTO machine VALUES (1, 'arn:a', 3, 0);"
        "INSERT INTO revision VALUES (3, 'arn:a', 'a', 0, 1, 'r', '{ }', 'role', '{}', 1);");
  }
  const auto store = open();
  EXPECT_EQ(look("SELECT version FROM schema_version"), std::to_string(schema_version_newest()));
  const auto row = store->catalog().find_machine("arn:a");
  ASSERT_TRUE(row);
  ASSERT_TRUE(store->catalog().publish_version({"arn:a", 0, row->revision, "first", {1'000}}));
  ASSERT_TRUE(store->catalog().create_alias({"arn:a", "prod", {}, {{1, 100}}, {1}, {1}}));
  EXPECT_EQ(look("SELECT arn || description || created || definition FROM state_machine_versions"),
            "arn:a:1first1970-01-01T00:00:01.000Z{ }");
  EXPECT_EQ(look("SELECT arn || routes FROM state_machine_aliases"),
            "arn:a:prod[{\"version\":1,\"weight\":100}]");
}

TEST_F(SqliteStoreTest, ADatabaseOfAnotherProgramIsRefused) {
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
  {
    Database database(path_, Database::Mode::kReadWrite);
    database.execute("CREATE TABLE theirs(x)");
  }
  EXPECT_THROW(open(), std::runtime_error);
}

TEST_F(SqliteStoreTest, TheSameDocumentIsStoredOnce) {
  const auto store = open();
  const ExecutionKey key = start(store->journal(), "x");
  const Payload small = Payload::of_text("{\"small\":true}");
  const std::string big_text = "\"" + std::string(5'000, 'b') + "\"";
  Append all;
  all.execution = key;
  all.events = {event(2, states::ParallelStarted{small}),
                event(3, states::ParallelStarted{small}),
                event(4, states::ParallelStarted{Payload::of_text(big_text)}),
                event(5, states::ParallelStarted{Payload::of_text(big_text)})};
  ASSERT_EQ(append(store->journal(), all), AppendStatus::kDurable);
  EXPECT_EQ(look("SELECT group_concat(coalesce(payload_ref, '-'), ' ') FROM event"), "- - 2 - 4");
  EXPECT_EQ(
      std::get<states::ParallelStarted>(store->journal().read(key, 5, 1)[0].what).input.text(),
      big_text);
}

TEST_F(SqliteStoreTest, ADocumentOfARefusedAppendIsNotReferredTo) {
  const auto store = open();
  const ExecutionKey key = start(store->journal(), "x");
  const Payload document = Payload::of_text("{\"d\":1}");
  ASSERT_EQ(append(store->journal(), next(key, 9, states::ParallelStarted{document})),
            AppendStatus::kConflict);
  ASSERT_EQ(append(store->journal(), next(key, 2, states::ParallelStarted{document})),
            AppendStatus::kDurable);
  EXPECT_EQ(look("SELECT payload FROM event WHERE sequence = 2"), "{\"d\":1}");
}

TEST_F(SqliteStoreTest, TheViewsReadAsDocumented) {
  const auto store = open();
  const ExecutionKey key = start(store->journal(), "x");
  const Payload document = Payload::of_text("{\"d\":1}");
  Append all;
  all.execution = key;
  all.events = {
      event(2, states::StateEntered{asl::StateType::kTask, "Train", document}),
      event(3, states::HeartbeatReceived{}, 0),
      event(4, states::StateExited{asl::StateType::kTask, "Train", document, {}, "Deploy"}, 3),
      event(5, states::StateEntered{asl::StateType::kWait, "Deploy", document}, 4)};
  ASSERT_EQ(append(store->journal(), all), AppendStatus::kDurable);

  EXPECT_EQ(look("SELECT status || input || state_machine FROM executions"), "RUNNING{\"n\":1}m");
  EXPECT_EQ(look("SELECT group_concat(type, ' ') FROM events WHERE NOT private"),
            "ExecutionStarted TaskStateEntered TaskStateExited WaitStateEntered");
  EXPECT_EQ(look("SELECT payload FROM events WHERE id = 3"), "{\"d\":1}");
  EXPECT_EQ(look("SELECT timestamp FROM events WHERE id = 2"), "2023-11-14T22:13:20.002Z");
  EXPECT_EQ(look("SELECT state || type || status || input || output FROM steps "
                 "WHERE entered_id = 2"),
            "TrainTaskSUCCEEDED{\"d\":1}{\"d\":1}");
  EXPECT_EQ(look("SELECT state || type || status || coalesce(output, '-') FROM steps "
                 "WHERE entered_id = 4"),
            "DeployWaitRUNNING-");

  Append end = ending(key, 6);
  end.events[0].what = states::ExecutionFailed{{"E", "why", {}}};
  end.outcome->status = states::Status::kFailed;
  ASSERT_EQ(append(store->journal(), end), AppendStatus::kDurable);
  EXPECT_EQ(look("SELECT status || error || cause FROM executions"), "FAILEDEwhy");

  Append again = next(key, 7, states::ExecutionRedriven{1});
  again.outcome = states::Outcome{};
  ASSERT_EQ(append(store->journal(), again), AppendStatus::kDurable);
  EXPECT_EQ(look("SELECT status || redrive_count || redriven FROM executions"),
            "RUNNING12023-11-14T22:13:20.007Z");

  Record job;
  job.kind = "training-job";
  job.name = "j";
  job.document = asl::Json::parse(R"({"TrainingJobStatus":"Completed"})");
  ASSERT_TRUE(store->records().insert(job));
  EXPECT_EQ(look("SELECT name || status FROM jobs"), "jCompleted");
  EXPECT_EQ(look("SELECT kind FROM records"), "training-job");
}

TEST_F(SqliteStoreTest, TheViewsShowTheWholePastOfAForkWithoutStoringItAgain) {
  const auto store = open();
  Journal& journal = store->journal();
  const ExecutionKey origin = start(journal, "x");
  const Payload document = Payload::of_text("{\"d\":1}");
  Append all;
  all.execution = origin;
  all.events = {event(2, states::StateEntered{asl::StateType::kTask, "Etl", document}),
                event(3, states::StateExited{asl::StateType::kTask, "Etl", document, {}, "Train"}),
                event(4, states::StateEntered{asl::StateType::kTask, "Train", document})};
  ASSERT_EQ(append(journal, all), AppendStatus::kDurable);
  const std::string origin_arn = journal.find(origin)->what.info.arn;
  const auto fork_of = [&](const std::string& name, std::optional<Payload> input) {
    Append first;
    first.execution = journal.new_key();
    first.create = testing::new_execution(name);
    first.create->fork = ForkOrigin{origin_arn, 4, 3};
    first.events = {
        event(
            4, states::ExecutionForked{origin_arn, 4, "Train", document, {}, std::move(input)}, 0),
        event(5, states::StateEntered{asl::StateType::kTask, "Train", document}, 4),
        event(6, states::StateExited{asl::StateType::kTask, "Train", document, {}, {}}, 5)};
    ASSERT_EQ(append(journal, first), AppendStatus::kDurable);
  };
  fork_of("y", std::nullopt);
  fork_of("z", Payload::of_text("{\"n\":2}"));

  EXPECT_EQ(look("SELECT count(*) FROM event"), "10");
  EXPECT_EQ(look("SELECT group_concat(id || type, ' ') FROM (SELECT * FROM events "
                 "WHERE execution_arn LIKE '%:y' AND NOT private ORDER BY sequence)"),
            "1ExecutionStarted 2TaskStateEntered 3TaskStateExited 4TaskStateEntered "
            "5TaskStateExited");
  EXPECT_EQ(look("SELECT payload FROM events WHERE execution_arn LIKE '%:y' AND id = 3"),
            "{\"d\":1}");
  EXPECT_EQ(look("SELECT group_concat(state || status || output, ' ') FROM (SELECT * FROM steps "
                 "WHERE execution_arn LIKE '%:y' ORDER BY entered_id)"),
            "EtlSUCCEEDED{\"d\":1} TrainSUCCEEDED{\"d\":1}");
  EXPECT_EQ(look("SELECT group_concat(state || status, ' ') FROM (SELECT * FROM steps "
                 "WHERE execution_arn LIKE '%:x' ORDER BY entered_id)"),
            "EtlSUCCEEDED TrainRUNNING");
  EXPECT_EQ(
      look("SELECT group_concat(name || input || coalesce(forked_from || fork_event, ''), ' ') "
           "FROM (SELECT * FROM executions ORDER BY name)"),
      "x{\"n\":1} y{\"n\":1}" + origin_arn + "4 z{\"n\":2}" + origin_arn + "4");
}

}  // namespace
}  // namespace pawl::engine
