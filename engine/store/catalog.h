// The catalogue: state machines with their revisions, versions and aliases, and activities. Small,
// rarely written, read often (and cached by its users).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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

// A published revision. Numbers count from 1 for each machine and are never used again.
struct VersionRow {
  std::string machine_arn;
  std::int64_t number = 0;
  std::int64_t revision = 0;
  std::optional<std::string> description;
  asl::Timestamp created_at{};

  std::string arn() const { return machine_arn + ":" + std::to_string(number); }
};

struct AliasRow {
  struct Route {
    std::int64_t version = 0;
    int weight = 0;  // percent of the starts
    bool operator==(const Route&) const = default;
  };
  std::string machine_arn;
  std::string name;
  std::optional<std::string> description;
  std::vector<Route> routes;
  asl::Timestamp created_at{};
  asl::Timestamp updated_at{};

  std::string arn() const { return machine_arn + ":" + name; }
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

  // What is made together with a machine.
  struct FirstVersion {
    std::optional<std::string> description;
  };
  // With `first`, a version of it too, made at the same time: the ARN's first since the machine is
  // new. False: a machine of this ARN exists; nothing was written.
  virtual bool create_machine(const MachineRow& row,
                              const std::optional<FirstVersion>& first = std::nullopt) = 0;
  // A new revision; returns the row as it now is. nullopt: no such machine.
  virtual std::optional<MachineRow> update_machine(const MachineRow& row) = 0;
  // A revision for an execution alone: the machine stays as it is. Its key.
  virtual std::int64_t keep_revision(const MachineRow& row) = 0;
  // With its versions, aliases and tags.
  virtual bool delete_machine(const std::string& arn) = 0;
  virtual std::optional<MachineRow> find_machine(const std::string& arn) = 0;
  // The same, when it can be told without reading from the disk; else null. Does not block.
  virtual std::shared_ptr<const MachineRow> machine_at_hand(const std::string& arn) = 0;
  // A revision that an execution runs with, also after the machine was updated or deleted.
  virtual std::optional<MachineRow> find_revision(std::int64_t revision) = 0;
  // Newest first; `after_arn` continues a page.
  virtual std::vector<MachineRow> list_machines(const std::string& after_arn,
                                                std::size_t limit) = 0;

  // The version of `row.revision`: the one that is there already, or a new one of the next number.
  // nullopt: that is not the current revision of the machine (any more).
  virtual std::optional<VersionRow> publish_version(const VersionRow& row) = 0;
  // The names of the aliases that route to it, which keep it; with none of them it is gone.
  virtual std::vector<std::string> delete_version(const std::string& machine_arn,
                                                  std::int64_t number) = 0;
  virtual std::optional<VersionRow> find_version(const std::string& machine_arn,
                                                 std::int64_t number) = 0;
  // Newest first, with number < before (0: from the newest on).
  virtual std::vector<VersionRow> list_versions(const std::string& machine_arn,
                                                std::int64_t before,
                                                std::size_t limit) = 0;

  // False: an alias of this name exists, or a version it routes to does not; nothing was written.
  virtual bool create_alias(const AliasRow& row) = 0;
  // Replaces description, routes and update time; false as above, or when there is no such alias.
  virtual bool update_alias(const AliasRow& row) = 0;
  virtual bool delete_alias(const std::string& machine_arn, const std::string& name) = 0;
  virtual std::optional<AliasRow> find_alias(const std::string& machine_arn,
                                             const std::string& name) = 0;
  // All of a machine, oldest first. AWS allows a machine no more than a hundred.
  virtual std::vector<AliasRow> list_aliases(const std::string& machine_arn) = 0;

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
