// The step of the schema that adds what requests under idempotency keys were answered.
#pragma once

namespace pawl::engine {

// `bytes` is about what a row takes up, and answer_bytes its sum over all rows.
inline constexpr const char* kAnswerTables = R"sql(
CREATE TABLE answer(
  key TEXT NOT NULL PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  seed TEXT NOT NULL,
  reserved_at INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,
  status INTEGER,
  headers TEXT,
  body TEXT,
  bytes INTEGER GENERATED ALWAYS AS (200 + length(CAST(key AS BLOB)) +
    coalesce(length(CAST(headers AS BLOB)), 0) + coalesce(length(CAST(body AS BLOB)), 0)) VIRTUAL);
CREATE INDEX answer_reserved ON answer(reserved_at);
CREATE TABLE answer_bytes(bytes INTEGER NOT NULL);
INSERT INTO answer_bytes VALUES (0);
CREATE TRIGGER answer_inserted AFTER INSERT ON answer BEGIN
  UPDATE answer_bytes SET bytes = bytes + new.bytes;
END;
CREATE TRIGGER answer_updated AFTER UPDATE ON answer BEGIN
  UPDATE answer_bytes SET bytes = bytes + new.bytes - old.bytes;
END;
CREATE TRIGGER answer_deleted AFTER DELETE ON answer BEGIN
  UPDATE answer_bytes SET bytes = bytes - old.bytes;
END;
)sql";

}  // namespace pawl::engine
