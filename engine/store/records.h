// Records: documents of the machine-learning services (jobs, models, their versions, endpoints
// ...), runs and schedules, by kind and name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "asl/json.h"
#include "asl/timestamp.h"

namespace pawl::engine {

// The disk does not take writes (full, I/O error). Nothing was written.
struct StoreUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Record {
  std::string kind;  // "training-job", "glue-job-run", "model", "endpoint" ...
  std::string name;  // unique within its kind
  asl::Json document;
  // Who asked for it: the idempotency token of a task (execution ARN # work), or empty. Unique when
  // not empty.
  std::string owner;
  asl::Timestamp created_at{};
  asl::Timestamp updated_at{};
  std::int64_t version = 1;  // counts updates
};

// Thread-safe; writes block until durable and throw StoreUnavailable when the disk does not take
// them.
class Records {
 public:
  virtual ~Records() = default;

  // False: one of this kind and name exists (nothing written).
  virtual bool insert(const Record& record) = 0;
  // Replaces the document when the stored version is `record.version`; returns whether it did.
  virtual bool update(const Record& record) = 0;
  virtual bool remove(const std::string& kind, const std::string& name) = 0;
  virtual std::optional<Record> find(const std::string& kind, const std::string& name) = 0;
  virtual std::optional<Record> find_by_owner(const std::string& kind,
                                              const std::string& owner) = 0;

  struct Query {
    std::string kind;
    std::string name_prefix;
    bool newest_first = true;          // by creation; else oldest first
    std::optional<std::string> after;  // name of the last record of the page before
    std::size_t limit = 100;
    std::optional<asl::Timestamp> until = {};  // made no later than this
    std::string owner_prefix = {};
  };
  virtual std::vector<Record> list(const Query& query) = 0;
};

}  // namespace pawl::engine
