#include "engine/store/sqlite_run_metrics.h"

#include <cmath>
#include <limits>
#include <map>

namespace pawl::engine {

namespace {

constexpr std::int64_t kBatchesKeptMs = 48LL * 3600 * 1000;
constexpr int kBatchesRemovedAtOnce = 16;
// A transaction of so many takes some ten milliseconds.
constexpr int kPointsRemovedAtOnce = 20'000;
constexpr int kPointsRemovedByAppend = 2'000;

struct SeriesRow {
  std::int64_t id = 0;  // 0: there is none yet
  RunSeries series;
};

// SQLite has no NaN: null stands for it.
std::optional<double> stored(double value) {
  if (std::isnan(value)) return std::nullopt;
  return value;
}

double value_of(const Query& query, int column) {
  return query.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : query.real(column);
}

RunPoint point_of(const Query& query, int column) {
  return {value_of(query, column), query.integer(column + 1), query.time(column + 2)};
}

#define PAWL_RUN_SERIES                                                                      \
  "SELECT id, key, count, non_finite, last_value, last_step, last_at, min_value, min_step, " \
  "min_at, max_value, max_step, max_at FROM run_series WHERE run = ? "

SeriesRow series_of(const Query& query) {
  SeriesRow row;
  row.id = query.integer(0);
  row.series.key = query.text(1);
  row.series.count = query.integer(2);
  row.series.non_finite = query.integer(3);
  row.series.last = point_of(query, 4);
  if (!query.is_null(8)) row.series.min = point_of(query, 7);
  if (!query.is_null(11)) row.series.max = point_of(query, 10);
  return row;
}

SeriesRow find_series(Database& database, const std::string& run, const std::string& key) {
  Query query(database, PAWL_RUN_SERIES "AND key = ?", run, key);
  if (query.step()) return series_of(query);
  SeriesRow row;
  row.series.key = key;
  return row;
}

std::int64_t count_of(Database& database, const char* sql, const std::string& name) {
  Query query(database, sql, name);
  query.step();
  return query.integer(0);
}

// The id, so that points can be of it.
std::int64_t insert_series(Database& database, const std::string& run, const std::string& key) {
  Query(database,
        "INSERT INTO run_series(run, key, count, non_finite, last_step, last_at) "
        "VALUES (?, ?, 0, 0, 0, 0)",
        run,
        key)
      .run();
  return database.last_rowid();
}

void update_series(Database& database, const SeriesRow& row) {
  const RunSeries& series = row.series;
  const auto value = [](const std::optional<RunPoint>& point) -> std::optional<double> {
    if (!point) return std::nullopt;
    return point->value;
  };
  const auto step = [](const std::optional<RunPoint>& point) -> std::optional<std::int64_t> {
    if (!point) return std::nullopt;
    return point->step;
  };
  const auto at = [](const std::optional<RunPoint>& point) -> std::optional<asl::Timestamp> {
    if (!point) return std::nullopt;
    return point->at;
  };
  Query(database,
        "UPDATE run_series SET count = ?, non_finite = ?, last_value = ?, last_step = ?, "
        "last_at = ?, min_value = ?, min_step = ?, min_at = ?, max_value = ?, max_step = ?, "
        "max_at = ? WHERE id = ?",
        series.count,
        series.non_finite,
        stored(series.last.value),
        series.last.step,
        series.last.at,
        value(series.min),
        step(series.min),
        at(series.min),
        value(series.max),
        step(series.max),
        at(series.max),
        row.id)
      .run();
}

void insert_points(Database& database, const std::string& run, const RunBatch& batch) {
  std::map<std::string, SeriesRow> rows;
  for (const NewRunPoint& each : batch.points) {
    const auto [entry, is_new] = rows.try_emplace(each.key);
    SeriesRow& row = entry->second;
    if (is_new) row = find_series(database, run, each.key);
    if (row.id == 0) row.id = insert_series(database, run, each.key);
    const RunPoint point{each.value, each.step.value_or(next_step(row.series)), each.at};
    Query(database,
          "INSERT INTO run_point(series, step, arrival, at, value) VALUES (?, ?, ?, ?, ?)",
          row.id,
          point.step,
          row.series.count,
          point.at,
          stored(point.value))
        .run();
    add_to(row.series, point);
  }
  for (const auto& [key, row] : rows) update_series(database, row);
}

// Whether the run would have more keys than it may.
bool has_too_many_keys(Database& database, const std::string& run, const RunBatch& batch) {
  std::map<std::string, bool> is_there;
  for (const NewRunPoint& point : batch.points) {
    const auto [entry, is_new] = is_there.try_emplace(point.key);
    if (is_new) entry->second = find_series(database, run, point.key).id != 0;
  }
  std::int64_t keys = count_of(database, "SELECT count(*) FROM run_series WHERE run = ?", run);
  for (const auto& [key, there] : is_there) keys += there ? 0 : 1;
  return keys > static_cast<std::int64_t>(RunMetrics::kKeysMax);
}

// Whether it was there before.
bool note_batch(Database& database, const RunBatch& batch) {
  if (batch.name.empty()) return false;
  Query(database,
        "DELETE FROM run_batch WHERE name IN "
        "(SELECT name FROM run_batch WHERE at < ? ORDER BY at LIMIT ?)",
        batch.at.ms - kBatchesKeptMs,
        kBatchesRemovedAtOnce)
      .run();
  Query(database,
        "INSERT INTO run_batch(name, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        batch.name,
        batch.at)
      .run();
  return database.changes() == 0;
}

// Some points of series whose run is gone. False: there are no more.
bool remove_some(Database& database, int points) {
  std::int64_t series = 0;
  {
    Query query(database, "SELECT id FROM run_series WHERE run IS NULL LIMIT 1");
    if (!query.step()) return false;
    series = query.integer(0);
  }
  std::optional<std::pair<std::int64_t, std::int64_t>> kept;  // the first that stays for now
  {
    Query query(database,
                "SELECT step, arrival FROM run_point WHERE series = ? "
                "ORDER BY step, arrival LIMIT 1 OFFSET ?",
                series,
                points);
    if (query.step()) kept = {query.integer(0), query.integer(1)};
  }
  if (kept) {
    Query(database,
          "DELETE FROM run_point WHERE series = ? AND (step, arrival) < (?, ?)",
          series,
          kept->first,
          kept->second)
        .run();
    return true;
  }
  Query(database, "DELETE FROM run_point WHERE series = ?", series).run();
  Query(database, "DELETE FROM run_series WHERE id = ?", series).run();
  return true;
}

}  // namespace

RunMetrics::Appended SqliteRunMetrics::append(const std::string& run, const RunBatch& batch) {
  Appended appended = Appended::kDone;
  writer_.run([&](Database& database) {
    appended = Appended::kDone;
    remove_some(database, kPointsRemovedByAppend);
    const std::int64_t runs =
        count_of(database, "SELECT count(*) FROM record WHERE kind = 'run' AND name = ?", run);
    if (runs == 0) {
      appended = Appended::kNoSuchRun;
    } else if (has_too_many_keys(database, run, batch)) {
      appended = Appended::kTooManyKeys;
    } else if (!note_batch(database, batch)) {
      insert_points(database, run, batch);
    }
  });
  return appended;
}

std::vector<RunSeries> SqliteRunMetrics::series(const std::string& run) {
  return readers_.with([&](Database& database) {
    std::vector<RunSeries> all;
    Query query(database, PAWL_RUN_SERIES "ORDER BY key", run);
    while (query.step()) all.push_back(series_of(query).series);
    return all;
  });
}

bool SqliteRunMetrics::read(const std::string& run,
                            const std::string& key,
                            const std::function<void(const RunSeries&)>& begin,
                            const std::function<void(const RunPoint&)>& take) {
  return readers_.with([&](Database& database) {
    // One statement, and so one snapshot of both.
    Query query(database,
                "SELECT s.id, s.key, s.count, s.non_finite, s.last_value, s.last_step, s.last_at, "
                "s.min_value, s.min_step, s.min_at, s.max_value, s.max_step, s.max_at, "
                "p.value, p.step, p.at FROM run_series s CROSS JOIN run_point p ON p.series = s.id "
                "WHERE s.run = ? AND s.key = ? ORDER BY p.step, p.arrival",
                run,
                key);
    if (!query.step()) return false;
    begin(series_of(query).series);
    do {
      take(point_of(query, 13));
    } while (query.step());
    return true;
  });
}

void SqliteRunMetrics::clear(const std::string&) {
  bool is_more = true;
  while (is_more) {
    writer_.run([&](Database& database) { is_more = remove_some(database, kPointsRemovedAtOnce); });
  }
}

}  // namespace pawl::engine
