#include "engine/store/sqlite_catalog.h"

#include "asl/text.h"

namespace pawl::engine {

namespace {

using asl::Json;

#define PAWL_MACHINE                                                                        \
  "SELECT r.machine_arn, r.machine_name, r.type, r.created_at, r.revision, r.revision_id, " \
  "r.definition, r.role_arn, r.configuration, r.updated_at, coalesce(m.deleting, 0) "

MachineRow machine_of(const Query& query) {
  MachineRow row;
  row.arn = query.text(0);
  row.name = query.text(1);
  row.type = static_cast<asl::MachineType>(query.integer(2));
  row.created_at = query.time(3);
  row.revision = query.integer(4);
  row.revision_id = query.text(5);
  row.definition = query.text(6);
  row.role_arn = query.text(7);
  row.configuration = Json::parse(query.view(8));
  row.updated_at = query.time(9);
  row.deleting = query.integer(10) != 0;
  return row;
}

ActivityRow activity_of(const Query& query) {
  return {query.text(0), query.text(1), query.time(2), Json::parse(query.view(3))};
}
#define PAWL_ACTIVITY "SELECT arn, name, created_at, configuration FROM activity "

std::int64_t insert_revision(Database& database, const MachineRow& row) {
  Query(database,
        "INSERT INTO revision(machine_arn, machine_name, type, created_at, revision_id, "
        "definition, role_arn, configuration, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.arn,
        row.name,
        static_cast<int>(row.type),
        row.created_at,
        row.revision_id,
        row.definition,
        row.role_arn,
        asl::to_text(row.configuration),
        row.updated_at)
      .run();
  return database.last_rowid();
}

}  // namespace

bool SqliteCatalog::create_machine(const MachineRow& row,
                                   const std::optional<FirstVersion>& first) {
  const MachineCache::Change change(machines_);
  bool created = false;
  writer_.run([&](Database& database) {
    created = !Query(database, "SELECT 1 FROM machine WHERE arn = ?", row.arn).step();
    if (!created) return;
    const std::int64_t revision = insert_revision(database, row);
    Query(database,
          "INSERT INTO machine(arn, revision, deleting) VALUES (?, ?, ?)",
          row.arn,
          revision,
          row.deleting)
        .run();
    if (first) insert_version({row.arn, 0, revision, first->description, row.created_at}, database);
  });
  return created;
}

std::optional<MachineRow> SqliteCatalog::update_machine(const MachineRow& row) {
  const MachineCache::Change change(machines_);
  std::optional<MachineRow> now;
  writer_.run([&](Database& database) {
    now.reset();
    if (!Query(database, "SELECT 1 FROM machine WHERE arn = ?", row.arn).step()) return;
    const std::int64_t revision = insert_revision(database, row);
    Query(database,
          "UPDATE machine SET revision = ?, deleting = ? WHERE arn = ?",
          revision,
          row.deleting,
          row.arn)
        .run();
    now = row;
    now->revision = revision;
  });
  return now;
}

std::int64_t SqliteCatalog::keep_revision(const MachineRow& row) {
  std::int64_t revision = 0;
  writer_.run([&](Database& database) { revision = insert_revision(database, row); });
  return revision;
}

bool SqliteCatalog::delete_machine(const std::string& arn) {
  const MachineCache::Change change(machines_);
  bool deleted = false;
  writer_.run([&](Database& database) {
    // Its revisions stay: executions may run with them.
    Query(database, "DELETE FROM machine WHERE arn = ?", arn).run();
    deleted = database.changes() == 1;
    Query(database, "DELETE FROM version WHERE machine_arn = ?", arn).run();
    Query(database, "DELETE FROM alias WHERE machine_arn = ?", arn).run();
    Query(database, "DELETE FROM tag WHERE arn = ?", arn).run();
  });
  return deleted;
}

std::optional<MachineRow> SqliteCatalog::find_machine(const std::string& arn) {
  if (const auto known = machines_.find(arn)) return *known;
  const std::uint64_t generation = machines_.generation();
  auto row = readers_.with([&](Database& database) -> std::optional<MachineRow> {
    Query query(database,
                PAWL_MACHINE
                "FROM machine m JOIN revision r ON r.revision = m.revision WHERE m.arn = ?",
                arn);
    if (!query.step()) return std::nullopt;
    return machine_of(query);
  });
  if (row) machines_.keep(generation, *row);
  return row;
}

std::shared_ptr<const MachineRow> SqliteCatalog::machine_at_hand(const std::string& arn) {
  return machines_.find(arn);
}

std::optional<MachineRow> SqliteCatalog::find_revision(std::int64_t revision) {
  return readers_.with([&](Database& database) -> std::optional<MachineRow> {
    Query query(database,
                PAWL_MACHINE
                "FROM revision r LEFT JOIN machine m ON m.arn = r.machine_arn WHERE r.revision = ?",
                revision);
    if (!query.step()) return std::nullopt;
    return machine_of(query);
  });
}

std::vector<MachineRow> SqliteCatalog::list_machines(const std::string& after_arn,
                                                     std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_MACHINE
                "FROM machine m JOIN revision r ON r.revision = m.revision "
                "WHERE ?1 = '' OR m.id < (SELECT id FROM machine WHERE arn = ?1) "
                "ORDER BY m.id DESC LIMIT ?2",
                after_arn,
                limit);
    std::vector<MachineRow> rows;
    while (query.step()) rows.push_back(machine_of(query));
    return rows;
  });
}

bool SqliteCatalog::create_activity(const ActivityRow& row) {
  bool created = false;
  writer_.run([&](Database& database) {
    Query(database,
          "INSERT INTO activity(arn, name, created_at, configuration) VALUES (?, ?, ?, ?) "
          "ON CONFLICT(arn) DO NOTHING",
          row.arn,
          row.name,
          row.created_at,
          asl::to_text(row.configuration))
        .run();
    created = database.changes() == 1;
  });
  return created;
}

bool SqliteCatalog::delete_activity(const std::string& arn) {
  bool deleted = false;
  writer_.run([&](Database& database) {
    Query(database, "DELETE FROM activity WHERE arn = ?", arn).run();
    deleted = database.changes() == 1;
    Query(database, "DELETE FROM tag WHERE arn = ?", arn).run();
  });
  return deleted;
}

std::optional<ActivityRow> SqliteCatalog::find_activity(const std::string& arn) {
  return readers_.with([&](Database& database) -> std::optional<ActivityRow> {
    Query query(database, PAWL_ACTIVITY "WHERE arn = ?", arn);
    if (!query.step()) return std::nullopt;
    return activity_of(query);
  });
}

std::vector<ActivityRow> SqliteCatalog::list_activities(const std::string& after_arn,
                                                        std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_ACTIVITY
                "WHERE ?1 = '' OR id < (SELECT id FROM activity WHERE arn = ?1) "
                "ORDER BY id DESC LIMIT ?2",
                after_arn,
                limit);
    std::vector<ActivityRow> rows;
    while (query.step()) rows.push_back(activity_of(query));
    return rows;
  });
}

std::map<std::string, std::string> SqliteCatalog::tags(const std::string& arn) {
  return readers_.with([&](Database& database) {
    Query query(database, "SELECT name, value FROM tag WHERE arn = ?", arn);
    std::map<std::string, std::string> tags;
    while (query.step()) tags.emplace(query.text(0), query.text(1));
    return tags;
  });
}

void SqliteCatalog::set_tags(const std::string& arn,
                             const std::map<std::string, std::string>& tags) {
  writer_.run([&](Database& database) {
    Query(database, "DELETE FROM tag WHERE arn = ?", arn).run();
    for (const auto& [name, value] : tags) {
      Query(database, "INSERT INTO tag VALUES (?, ?, ?)", arn, name, value).run();
    }
  });
}

}  // namespace pawl::engine
