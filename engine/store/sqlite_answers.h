// Answers on SQLite.
#pragma once

#include "engine/store/answers.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteAnswers final : public Answers {
 public:
  SqliteAnswers(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

  std::optional<KeyedRequest> reserve(const KeyedRequest& request,
                                      asl::Timestamp expired_before,
                                      std::int64_t bytes_max) override;
  void keep(const std::string& key, const std::string& seed, const KeptAnswer& answer) override;
  std::int64_t bytes() override;

 private:
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
