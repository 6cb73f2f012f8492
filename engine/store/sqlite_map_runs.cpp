#include "engine/store/sqlite_map_runs.h"

#include "engine/store/codec.h"
#include "engine/store/outcome.h"

namespace pawl::engine {

namespace {

using asl::Json;
using states::Status;

#define PAWL_MAP_RUN                                                                           \
  "SELECT id, arn, execution_arn, machine_arn, started_at, stopped_at, status, settings FROM " \
  "map_run "

template <class T>
void put(Json& out, const char* name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

template <class T>
std::optional<T> member(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::nullopt;
  return found->get<T>();
}

// What no query asks for.
std::string settings_text(const MapRunRow& row) {
  Json out = Json::object();
  out["maxConcurrency"] = row.max_concurrency;
  out["items"] = row.items;
  put(out, "toleratedCount", row.tolerated_count);
  put(out, "toleratedPercentage", row.tolerated_percentage);
  if (row.redrive_count > 0) out["redriveCount"] = row.redrive_count;
  if (row.redriven_at) out["redrivenAt"] = row.redriven_at->ms;
  put(out, "error", row.error.name);
  put(out, "cause", row.error.cause);
  return out.dump();
}

MapRunRow map_run_row(const Query& query) {
  MapRunRow row;
  row.id = query.integer(0);
  row.arn = query.text(1);
  row.execution_arn = query.text(2);
  row.state_machine_arn = query.text(3);
  row.started_at = query.time(4);
  if (!query.is_null(5)) row.stopped_at = query.time(5);
  row.status = static_cast<Status>(query.integer(6));
  const Json settings = Json::parse(query.view(7));
  row.max_concurrency = settings.at("maxConcurrency").get<std::int64_t>();
  row.items = settings.at("items").get<std::int64_t>();
  row.tolerated_count = member<std::int64_t>(settings, "toleratedCount");
  row.tolerated_percentage = member<double>(settings, "toleratedPercentage");
  row.redrive_count = member<std::int64_t>(settings, "redriveCount").value_or(0);
  if (const auto at = member<std::int64_t>(settings, "redrivenAt")) {
    row.redriven_at = asl::Timestamp{*at};
  }
  row.error.name = member<std::string>(settings, "error");
  row.error.cause = member<std::string>(settings, "cause");
  return row;
}

std::vector<MapRunRow> map_run_rows(Query& query) {
  std::vector<MapRunRow> rows;
  while (query.step()) rows.push_back(map_run_row(query));
  return rows;
}

std::optional<MapRunRow> map_run_of(Database& database, const std::string& arn) {
  Query query(database, PAWL_MAP_RUN "WHERE arn = ?", arn);
  if (!query.step()) return std::nullopt;
  return map_run_row(query);
}

// Of a query that begins with key, map_item, map_items, status, map_redrive.
MapRunTable::Child child_of(const Query& query) {
  return {query.integer(0),
          query.integer(1),
          query.integer(2),
          static_cast<Status>(query.integer(3)),
          query.integer(4)};
}

MapRunTable::Result result_of(const Query& query) {
  MapRunTable::Result result;
  ExecutionRow& row = result.row;
  row.key = query.integer(0);
  row.what.info.arn = query.text(1);
  row.what.info.name = query.text(2);
  row.what.info.state_machine_arn = query.text(3);
  row.what.info.start_time = query.time(4);
  if (!query.is_null(5)) row.stopped_at = query.time(5);
  row.status = static_cast<Status>(query.integer(6));
  row.what.map_child =
      MapChild{query.integer(7), query.integer(8), query.integer(9), query.integer(17)};
  row.what.info.type = static_cast<asl::MachineType>(query.integer(14));
  row.redrive_count = static_cast<int>(query.integer(15));
  result.last_event = query.integer(16);
  result.input = asl::Payload::of_text(query.text(10));
  if (row.status == Status::kRunning) return result;
  std::optional<asl::Payload> payload;
  if (!query.is_null(12)) payload = asl::Payload::of_text(query.text(12));
  result.outcome = outcome_in(decode(query.integer(11), payload, query.view(13)));
  return result;
}

}  // namespace

MapRunRow SqliteMapRuns::insert(const MapRunRow& row) {
  MapRunRow out;
  writer_.run([&](Database& database) {
    Query(database,
          "INSERT INTO map_run(arn, execution_arn, machine_arn, started_at, stopped_at, status, "
          "settings) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(arn) DO NOTHING",
          row.arn,
          row.execution_arn,
          row.state_machine_arn,
          row.started_at,
          row.stopped_at,
          static_cast<int>(row.status),
          settings_text(row))
        .run();
    out = map_run_of(database, row.arn).value();
  });
  return out;
}

void SqliteMapRuns::update(const MapRunRow& row) {
  writer_.run([&](Database& database) {
    Query(database,
          "UPDATE map_run SET stopped_at = ?, status = ?, settings = ? WHERE id = ?",
          row.stopped_at,
          static_cast<int>(row.status),
          settings_text(row),
          row.id)
        .run();
  });
}

std::optional<MapRunRow> SqliteMapRuns::find(const std::string& arn) {
  return readers_.with([&](Database& database) { return map_run_of(database, arn); });
}

std::optional<MapRunRow> SqliteMapRuns::find(std::int64_t id) {
  return readers_.with([&](Database& database) -> std::optional<MapRunRow> {
    Query query(database, PAWL_MAP_RUN "WHERE id = ?", id);
    if (!query.step()) return std::nullopt;
    return map_run_row(query);
  });
}

std::vector<MapRunRow> SqliteMapRuns::list(const std::string& execution_arn,
                                           std::int64_t before,
                                           std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_MAP_RUN "WHERE execution_arn = ? AND id < ? ORDER BY id DESC LIMIT ?",
                execution_arn,
                before,
                limit);
    return map_run_rows(query);
  });
}

std::vector<MapRunRow> SqliteMapRuns::open(std::int64_t after, std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(
        database, PAWL_MAP_RUN "WHERE status = 0 AND id > ? ORDER BY id LIMIT ?", after, limit);
    return map_run_rows(query);
  });
}

std::map<Status, MapRunTable::Count> SqliteMapRuns::counts(std::int64_t run) {
  return readers_.with([&](Database& database) {
    std::map<Status, Count> out;
    Query query(database,
                "SELECT status, count(*), sum(map_items) FROM execution WHERE map_run = ? "
                "GROUP BY status",
                run);
    while (query.step()) {
      out[static_cast<Status>(query.integer(0))] = {query.integer(1), query.integer(2)};
    }
    return out;
  });
}

std::vector<MapRunTable::Child> SqliteMapRuns::children(std::int64_t run,
                                                        std::int64_t from,
                                                        std::size_t limit) {
  return readers_.with([&](Database& database) {
    std::vector<Child> out;
    Query query(database,
                "SELECT key, map_item, map_items, status, map_redrive FROM execution "
                "WHERE map_run = ? AND map_item >= ? ORDER BY map_item LIMIT ?",
                run,
                from,
                limit);
    while (query.step()) out.push_back(child_of(query));
    return out;
  });
}

std::vector<MapRunTable::Unsuccessful> SqliteMapRuns::unsuccessful(std::int64_t run,
                                                                   std::int64_t from,
                                                                   std::size_t limit) {
  return readers_.with([&](Database& database) {
    std::vector<Unsuccessful> out;
    Query query(database,
                "SELECT x.key, x.map_item, x.map_items, x.status, x.map_redrive, x.type, e.id, "
                "x.started_at, x.stopped_at FROM execution x "
                "JOIN event e ON e.position = (x.key << 28) + x.last_sequence "
                "WHERE x.map_run = ? AND x.map_item >= ? AND x.status > 1 "
                "ORDER BY x.map_item LIMIT ?",
                run,
                from,
                limit);
    while (query.step()) {
      out.push_back({child_of(query),
                     static_cast<asl::MachineType>(query.integer(5)),
                     query.integer(6),
                     query.time(7),
                     query.time(8)});
    }
    return out;
  });
}

void SqliteMapRuns::passed_over(ExecutionKey child, std::int64_t redrive) {
  writer_.run([&](Database& database) {
    Query(database, "UPDATE execution SET map_redrive = ? WHERE key = ?", redrive, child).run();
  });
}

std::vector<MapRunTable::Result> SqliteMapRuns::results(std::int64_t run,
                                                        std::int64_t from,
                                                        std::size_t limit) {
  return readers_.with([&](Database& database) {
    std::vector<Result> out;
    Query query(
        database,
        "SELECT x.key, x.arn, x.name, m.arn, x.started_at, x.stopped_at, x.status, "
        "x.map_run, x.map_item, x.map_items, a.payload, b.type, "
        "CASE WHEN b.payload_ref IS NULL THEN b.payload ELSE (SELECT p.payload FROM event p "
        "WHERE p.position = (x.key << 28) + b.payload_ref) END, b.details, "
        "x.type, x.redrive_count, b.id, x.map_redrive "
        "FROM execution x JOIN machine_name m ON m.id = x.machine "
        "JOIN event a ON a.position = (x.key << 28) + 1 "
        "JOIN event b ON b.position = (x.key << 28) + x.last_sequence "
        "WHERE x.map_run = ? AND x.map_item >= ? ORDER BY x.map_item LIMIT ?",
        run,
        from,
        limit);
    while (query.step()) out.push_back(result_of(query));
    return out;
  });
}

}  // namespace pawl::engine
