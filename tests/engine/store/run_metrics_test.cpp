// What every store promises of the values that runs measure.
#include <cmath>
#include <limits>

#include "engine/store/sqlite_db.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

using Appended = RunMetrics::Appended;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void insert_run(Store& store, const std::string& name) {
  ASSERT_TRUE(store.records().insert({kRunRecords, name, asl::Json::object(), "", {1}, {1}, 1}));
}

RunBatch batch(std::vector<NewRunPoint> points, const std::string& name = "") {
  return {name, {5'000}, std::move(points)};
}

// "step:value@at" of each.
std::string points_of(RunMetrics& metrics, const std::string& run, const std::string& key) {
  std::string text;
  metrics.read(
      run,
      key,
      [](const RunSeries&) {},
      [&](const RunPoint& point) {
        text += std::to_string(point.step) + ":" + asl::Json(point.value).dump() + "@" +
                std::to_string(point.at.ms) + " ";
      });
  return text;
}

class RunMetricsContract : public StoreContract {
 protected:
  RunMetricsContract() : metrics_(store_->run_metrics()) { insert_run(*store_, "r"); }
  RunMetrics& metrics_;
};
INSTANTIATE_TEST_SUITE_P(Stores, RunMetricsContract, ::testing::Values("memory", "sqlite"));

TEST_P(RunMetricsContract, PointsAreReadByStepAndAtOneStepInTheOrderOfTheirComing) {
  EXPECT_EQ(metrics_.append("r", batch({{"loss", 3, 10, {1}}, {"loss", 1, 0, {2}}})),
            Appended::kDone);
  EXPECT_EQ(metrics_.append("r", batch({{"loss", 2, 10, {3}}, {"acc", 9, {}, {4}}})),
            Appended::kDone);
  EXPECT_EQ(points_of(metrics_, "r", "loss"), "0:1.0@2 10:3.0@1 10:2.0@3 ");
  EXPECT_EQ(points_of(metrics_, "r", "acc"), "0:9.0@4 ");
  EXPECT_FALSE(metrics_.read(
      "r", "none", [](const auto&) {}, [](const auto&) {}));
  EXPECT_FALSE(metrics_.read(
      "none", "loss", [](const auto&) {}, [](const auto&) {}));
}

TEST_P(RunMetricsContract, ASeriesKnowsItsCountItsLastItsLeastAndItsMost) {
  metrics_.append("r", batch({{"loss", 5, 1, {11}}, {"loss", 2, 2, {12}}, {"loss", 9, 0, {13}}}));
  metrics_.append("r", batch({{"loss", 2, 3, {14}}, {"a", 1, {}, {15}}}));
  const auto all = metrics_.series("r");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].key, "a");
  const RunSeries& loss = all[1];
  EXPECT_EQ(loss.count, 4);
  EXPECT_EQ(loss.non_finite, 0);
  EXPECT_EQ(loss.last.step, 3);
  EXPECT_EQ(loss.last.at.ms, 14);
  EXPECT_EQ(loss.min->step, 2) << "the first that reached it";
  EXPECT_EQ(loss.max->value, 9);
  EXPECT_EQ(loss.max->at.ms, 13);
  EXPECT_TRUE(metrics_.series("none").empty());
}

TEST_P(RunMetricsContract, WithoutAStepAPointComesAfterTheHighestOfItsKey) {
  metrics_.append("r", batch({{"a", 1, {}, {1}}, {"a", 2, {}, {1}}, {"b", 3, {}, {1}}}));
  metrics_.append("r", batch({{"a", 4, 7, {1}}, {"a", 5, 3, {1}}, {"a", 6, {}, {1}}}));
  EXPECT_EQ(points_of(metrics_, "r", "a"), "0:1.0@1 1:2.0@1 3:5.0@1 7:4.0@1 8:6.0@1 ");
}

TEST_P(RunMetricsContract, WhatIsNotFiniteIsKeptAndIsNoExtreme) {
  metrics_.append("r",
                  batch({{"x", kNaN, {}, {1}},
                         {"x", kInfinity, {}, {1}},
                         {"x", 4, {}, {1}},
                         {"x", -kInfinity, {}, {1}},
                         {"y", kNaN, {}, {1}}}));
  std::vector<double> values;
  metrics_.read(
      "r", "x", [](const auto&) {}, [&](const RunPoint& point) { values.push_back(point.value); });
  ASSERT_EQ(values.size(), 4U);
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], kInfinity);
  EXPECT_EQ(values[3], -kInfinity);
  const auto all = metrics_.series("r");
  EXPECT_EQ(all[0].non_finite, 3);
  EXPECT_EQ(all[0].min->value, 4);
  EXPECT_EQ(all[0].max->value, 4);
  EXPECT_EQ(all[0].last.value, -kInfinity);
  EXPECT_FALSE(all[1].min);
  EXPECT_TRUE(std::isnan(all[1].last.value));
}

TEST_P(RunMetricsContract, ABatchWithANameIsAppendedOnce) {
  EXPECT_EQ(metrics_.append("r", batch({{"a", 1, {}, {1}}}, "b-1")), Appended::kDone);
  EXPECT_EQ(metrics_.append("r", batch({{"a", 1, {}, {1}}}, "b-1")), Appended::kDone);
  EXPECT_EQ(metrics_.append("r", batch({{"a", 2, {}, {1}}}, "b-2")), Appended::kDone);
  EXPECT_EQ(points_of(metrics_, "r", "a"), "0:1.0@1 1:2.0@1 ");
}

TEST_P(RunMetricsContract, NothingIsTakenOfARunThatIsNotThereNorOfOneWithTooManyKeys) {
  EXPECT_EQ(metrics_.append("none", batch({{"a", 1, {}, {1}}})), Appended::kNoSuchRun);
  std::vector<NewRunPoint> many;
  for (std::size_t i = 0; i < RunMetrics::kKeysMax; ++i) {
    many.push_back({"k" + std::to_string(i), 1, {}, {1}});
  }
  EXPECT_EQ(metrics_.append("r", batch(many)), Appended::kDone);
  EXPECT_EQ(metrics_.append("r", batch({{"k1", 2, {}, {1}}, {"new", 1, {}, {1}}}, "b")),
            Appended::kTooManyKeys);
  EXPECT_EQ(metrics_.append("r", batch({{"k1", 3, {}, {1}}}, "b")), Appended::kDone);
  EXPECT_EQ(points_of(metrics_, "r", "k1"), "0:1.0@1 1:3.0@1 ");
}

TEST_P(RunMetricsContract, GoWithTheirRun) {
  insert_run(*store_, "other");
  metrics_.append("other", batch({{"a", 7, {}, {1}}}));
  metrics_.append("r", batch({{"a", 1, {}, {1}}}));
  EXPECT_TRUE(store_->records().remove(kRunRecords, "r"));
  metrics_.clear("r");
  insert_run(*store_, "r");
  EXPECT_TRUE(metrics_.series("r").empty());
  metrics_.append("r", batch({{"a", 2, {}, {1}}}));
  EXPECT_EQ(points_of(metrics_, "r", "a"), "0:2.0@1 ");
  EXPECT_EQ(points_of(metrics_, "other", "a"), "0:7.0@1 ");
}

class RunMetricsSqlite : public ::testing::Test {
 protected:
  std::string path() const { return folder_.file("pawl.db"); }
  std::int64_t rows(const char* table) const {
    Database database(path(), Database::Mode::kReadOnly);
    const std::string sql = std::string("SELECT count(*) FROM ") + table;
    Query query(database, sql.c_str());
    query.step();
    return query.integer(0);
  }
  static RunBatch many(int points) {
    RunBatch made;
    for (int i = 0; i < points; ++i) made.points.push_back({"loss", 1.0 / (i + 1), {}, {i}});
    return made;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(RunMetricsSqlite, OutliveTheStoresClosing) {
  {
    const auto store = open_store("sqlite:" + path());
    insert_run(*store, "r");
    store->run_metrics().append("r", {"b", {1}, {{"loss", 0.5, 3, {7}}}});
  }
  const auto store = open_store("sqlite:" + path());
  EXPECT_EQ(points_of(store->run_metrics(), "r", "loss"), "3:0.5@7 ");
  store->run_metrics().append("r", {"b", {1}, {{"loss", 0.5, 3, {7}}}});
  EXPECT_EQ(store->run_metrics().series("r")[0].count, 1) << "the batch was there";
}

TEST_F(RunMetricsSqlite, OfARemovedRunAreGoneAtOnceAndTheirRowsWithWhatComesLater) {
  const auto store = open_store("sqlite:" + path());
  for (const char* run : {"old", "new"}) insert_run(*store, run);
  store->run_metrics().append("old", many(5'000));
  store->records().remove(kRunRecords, "old");  // and the server dies before clear()
  EXPECT_TRUE(store->run_metrics().series("old").empty());
  EXPECT_EQ(rows("run_metrics"), 0);
  EXPECT_EQ(rows("run_point"), 5'000);
  for (int i = 0; i < 4; ++i) store->run_metrics().append("new", many(1));
  EXPECT_EQ(rows("run_point"), 4);
  EXPECT_EQ(rows("run_series"), 1);
}

TEST_F(RunMetricsSqlite, OfARunAreRemovedInSteps) {
  const auto store = open_store("sqlite:" + path());
  insert_run(*store, "r");
  for (int i = 0; i < 5; ++i) store->run_metrics().append("r", many(10'000));
  EXPECT_EQ(store->run_metrics().series("r")[0].count, 50'000);
  store->records().remove(kRunRecords, "r");
  store->run_metrics().clear("r");
  EXPECT_EQ(rows("run_point"), 0);
  EXPECT_EQ(rows("run_series"), 0);
}

}  // namespace
}  // namespace pawl::engine
