#include "engine/store/sqlite_answers.h"

namespace pawl::engine {

namespace {

std::int64_t bytes_kept(Database& database) {
  Query query(database, "SELECT bytes FROM answer_bytes");
  query.step();
  return query.integer(0);
}

std::optional<KeyedRequest> request_of(Database& database, const std::string& key) {
  Query query(database,
              "SELECT key, fingerprint, seed, reserved_at, begun_at, status, headers, body "
              "FROM answer "
              "WHERE key = ?",
              key);
  if (!query.step()) return std::nullopt;
  KeyedRequest request{
      query.text(0), query.text(1), query.text(2), query.time(3), query.time(4), {}};
  if (!query.is_null(5)) {
    request.answer = KeptAnswer{static_cast<int>(query.integer(5)), query.text(6), query.text(7)};
  }
  return request;
}

void remove_expired(Database& database, const std::string& key, asl::Timestamp expired_before) {
  Query(database, "DELETE FROM answer WHERE key = ? AND reserved_at < ?", key, expired_before)
      .run();
  Query(database,
        "DELETE FROM answer WHERE key IN (SELECT key FROM answer WHERE reserved_at < ? "
        "ORDER BY reserved_at LIMIT ?)",
        expired_before,
        Answers::kRemovedAtOnce)
      .run();
}

}  // namespace

std::optional<KeyedRequest> SqliteAnswers::reserve(const KeyedRequest& request,
                                                   asl::Timestamp expired_before,
                                                   std::int64_t bytes_max) {
  std::optional<KeyedRequest> owner;
  writer_.run([&](Database& database) {
    remove_expired(database, request.key, expired_before);
    owner = request_of(database, request.key);
    if (owner || bytes_kept(database) >= bytes_max) return;
    Query(database,
          "INSERT INTO answer(key, fingerprint, seed, reserved_at, begun_at) "
          "VALUES (?, ?, ?, ?, ?)",
          request.key,
          request.fingerprint,
          request.seed,
          request.reserved_at,
          request.begun_at)
        .run();
    owner = request;
  });
  return owner;
}

void SqliteAnswers::keep(const std::string& key,
                         const std::string& seed,
                         const KeptAnswer& answer) {
  writer_.run([&](Database& database) {
    Query(database,
          "UPDATE answer SET status = ?, headers = ?, body = ? WHERE key = ? AND seed = ?",
          answer.status,
          answer.headers,
          answer.body,
          key,
          seed)
        .run();
  });
}

std::int64_t SqliteAnswers::bytes() {
  return readers_.with([](Database& database) { return bytes_kept(database); });
}

}  // namespace pawl::engine
