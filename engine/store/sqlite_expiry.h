// Expiry on SQLite.
#pragma once

#include "engine/store/expiry.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteExpiry final : public Expiry {
 public:
  SqliteExpiry(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

  std::vector<std::string> machines(const std::string& after, std::size_t limit) override;
  Step remove_some(const std::string& state_machine_arn,
                   asl::Timestamp ended_before,
                   std::size_t events_max) override;

 private:
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
