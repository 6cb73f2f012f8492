#include "engine/store/sqlite_rows.h"

#include "asl/text.h"
#include "engine/store/sqlite_events.h"

namespace pawl::engine {

std::string text_of_labels(const Labels& labels) {
  asl::Json object = asl::Json::object();
  for (const auto& [name, value] : labels) object[name] = value;
  return asl::to_text(object);
}

Labels labels_of(const std::string& text) {
  Labels labels;
  const asl::Json object = asl::Json::parse(text);
  for (const auto& [name, value] : object.items()) labels[name] = value.get<std::string>();
  return labels;
}

ExecutionRow row_of(Database& database, const Query& query) {
  ExecutionRow row;
  row.key = query.integer(0);
  states::ExecutionInfo& info = row.what.info;
  info.arn = query.text(1);
  info.name = query.text(2);
  info.state_machine_arn = query.text(3);
  info.state_machine_name = query.text(4);
  info.role_arn = query.text(5);
  info.type = static_cast<asl::MachineType>(query.integer(6));
  row.what.machine_revision = query.integer(7);
  row.what.version_arn = query.optional_text(8);
  row.what.alias_arn = query.optional_text(9);
  info.trace_header = query.optional_text(10);
  info.start_time = query.time(11);
  if (!query.is_null(12)) row.stopped_at = query.time(12);
  row.status = static_cast<states::Status>(query.integer(13));
  row.last_sequence = query.integer(14);
  if (!query.is_null(15)) {
    row.what.map_child =
        MapChild{query.integer(15), query.integer(16), query.integer(17), query.integer(22)};
  }
  row.redrive_count = static_cast<int>(query.integer(18));
  if (!query.is_null(19)) row.redriven_at = query.time(19);
  row.error = query.optional_text(23);
  row.failed_state = query.optional_text(24);
  row.what.parent_arn = query.optional_text(25);
  if (!query.is_null(26)) row.what.labels = labels_of(query.text(26));
  if (!query.is_null(20)) {
    row.inherited = inherited_by(database, row.key);
    row.what.fork = ForkOrigin{query.text(20), query.integer(21), row.inherited.back().last};
  }
  return row;
}

std::vector<ExecutionRow> rows_of(Database& database, Query& query) {
  std::vector<ExecutionRow> rows;
  while (query.step()) rows.push_back(row_of(database, query));
  return rows;
}

}  // namespace pawl::engine
