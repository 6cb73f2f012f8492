// The catalogue: state machines with their revisions, and activities. Small, rarely written, read
// often (and cached by its users).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "asl/parse.h"
#include "asl/timestamp.h"

namespace pawl::engine {

struct MachineRow {
  std::string arn;
  std::string name;
  asl::MachineType type = asl::MachineType::kStandard;
  asl::Timestamp created_at{};
  std::int64_t revision = 0;  // key of the current revision; also what executions keep
  std::string revision_id;    // AWS's revisionId; empty for the first revision (INITIAL)
  std::string definition;     // text as sent
  std::string role_arn;
  asl::Json
      configuration;  // loggingConfiguration, tracingConfiguration, encryptionConfiguration as sent
  asl::Timestamp updated_at{};
  bool deleting = false;
};

struct ActivityRow {
  std::string arn;
  std::string name;
  asl::Timestamp created_at{};
  asl::Json configuration;  // encryptionConfiguration as sent
};

// Thread-safe; every call blocks until it is durable (writes) and throws StoreUnavailable when the
// disk does not take it.
class Catalog {
 public:
  virtual ~Catalog() = default;

  // False: a machine of this ARN exists; nothing was written.
  virtual bool create_machine(const MachineRow& row) = 0;
  // A new revision; returns the row as it now is. nullopt: no such machine.
  virtual std::optional<MachineRow> update_machine(const MachineRow& row) = 0;
  virtual bool delete_machine(const std::string& arn) = 0;
  virtual std::optional<MachineRow> find_machine(const std::string& arn) = 0;
  // A revision that an execution runs with, also after the machine was updated or deleted.
  virtual std::optional<MachineRow> find_revision(std::int64_t revision) = 0;
  // Newest first; `after_arn` continues a page.
  virtual std::vector<MachineRow> list_machines(const std::string& after_arn,
                                                std::size_t limit) = 0;

  virtual bool create_activity(const ActivityRow& row) = 0;
  virtual bool delete_activity(const std::string& arn) = 0;
  virtual std::optional<ActivityRow> find_activity(const std::string& arn) = 0;
  virtual std::vector<ActivityRow> list_activities(const std::string& after_arn,
                                                   std::size_t limit) = 0;

  virtual std::map<std::string, std::string> tags(const std::string& arn) = 0;
  virtual void set_tags(const std::string& arn,
                        const std::map<std::string, std::string>& tags) = 0;  // replaces all
};

}  // namespace pawl::engine
