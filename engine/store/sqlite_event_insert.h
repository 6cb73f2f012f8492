// Rows of the journal, written several a statement: what one statement costs besides its rows is
// more than a row.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "asl/timestamp.h"
#include "engine/store/codec.h"
#include "engine/store/sqlite_db.h"

namespace pawl::engine {

// An event as its row holds it. At most one of `payload` and `payload_ref` is there.
struct EventRow {
  std::int64_t position = 0;
  std::int64_t id = 0;
  std::int64_t previous = 0;
  asl::Timestamp at;
  std::int64_t scope = 0;
  EncodedFact fact;
  bool holds_payload = false;  // of `fact`; else only `payload_ref` may say where it is
  std::optional<std::int64_t> payload_ref;  // the sequence of the event that holds it
};

// On the connection's thread. Throws SqliteError; some of the rows may stand there then, so it is
// for a transaction that is rolled back.
void insert_events(Database& database, const std::vector<EventRow>& rows);

}  // namespace pawl::engine
