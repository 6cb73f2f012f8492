#include "engine/store/sqlite_event_insert.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace pawl::engine {
namespace {

constexpr std::array<std::size_t, 5> kRowsPerStatement = {16, 8, 4, 2, 1};

std::string insert_of(std::size_t rows) {
  std::string sql = "INSERT INTO event VALUES ";
  for (std::size_t i = 0; i < rows; ++i)
    sql += i == 0 ? "(?,?,?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?,?,?)";
  return sql;
}

// For kRowsPerStatement; a connection knows its statements by where their text stands.
const std::array<std::string, kRowsPerStatement.size()>& inserts() {
  static const auto kTexts = [] {
    std::array<std::string, kRowsPerStatement.size()> texts;
    std::transform(kRowsPerStatement.begin(), kRowsPerStatement.end(), texts.begin(), insert_of);
    return texts;
  }();
  return kTexts;
}

void bind(Query& query, std::size_t nth, const EventRow& row) {
  std::optional<std::string_view> payload;
  if (row.holds_payload) payload = row.fact.payload->text();
  std::optional<std::string_view> details;
  if (!row.fact.details.empty()) details = row.fact.details;
  query.bind_row(nth,
                 row.position,
                 row.id,
                 row.previous,
                 row.at,
                 row.scope,
                 row.fact.type,
                 payload,
                 row.payload_ref,
                 details);
}

}  // namespace

void insert_events(Database& database, const std::vector<EventRow>& rows) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < kRowsPerStatement.size(); ++i) {
    const std::size_t portion = kRowsPerStatement[i];
    while (rows.size() - done >= portion) {
      Query query(database, inserts()[i].c_str(), kBorrowed);
      for (std::size_t row = 0; row < portion; ++row) bind(query, row, rows[done + row]);
      query.run();
      done += portion;
    }
  }
}

}  // namespace pawl::engine
