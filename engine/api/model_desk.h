// The model registry of a server, as far as the API shows it and hands requests on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "asl/json.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {

// A version to be registered.
struct NewModelVersion {
  std::string model;                        // made when there is none of this name
  asl::Json request = asl::Json::object();  // CreateModelPackage's members, but the group
  asl::Json metrics = asl::Json::object();  // {name: number}
};

struct ModelAliasTarget {
  std::int64_t version = 0;
  std::optional<std::string> description;  // nullopt: the one it has
};

// Thread-safe. May throw ServiceError or StoreUnavailable. Items are as the REST API shows them;
// a version has the "aliases" that name it.
class ModelDesk {
 public:
  virtual ~ModelDesk() = default;

  // With what its group's Describe action answers as "document", its "latestVersion" if it has any,
  // and its "aliases": {name: version}.
  virtual std::optional<asl::Json> find(const std::string& model) = 0;

  // Newest first, behind version `after` (0: from the first on).
  virtual asl::Json list_versions(const std::string& model,
                                  std::int64_t after,
                                  std::size_t limit) = 0;
  // With its "document".
  virtual std::optional<asl::Json> find_version(const std::string& model, std::int64_t version) = 0;
  // The same non-empty `owner` again gets what it has made. Replies with {"ModelPackageArn"}.
  virtual void register_version(NewModelVersion version,
                                const std::string& owner,
                                const ActionReply& reply) = 0;
  // The containers that a SageMaker model has served, as CreateModel has them. nullopt: there is no
  // such model.
  virtual std::optional<asl::Json> containers_of(const std::string& sagemaker_model) = 0;

  // Looks at what is there before it is changed (null: nothing is), and may throw. Nothing of the
  // registry changes meanwhile.
  using Check = std::function<void(const asl::Json& present)>;
  // `update`: UpdateModelPackage's members but the ARN, which its shape is held against. Null:
  // there is no such version.
  virtual asl::Json change_version(const std::string& model,
                                   std::int64_t version,
                                   asl::Json update,
                                   const Check& check) = 0;
  // ConflictException: an alias names it. False: there is no such version.
  virtual bool remove_version(const std::string& model,
                              std::int64_t version,
                              const Check& check) = 0;

  virtual asl::Json list_aliases(const std::string& model) = 0;  // by name, all
  virtual std::optional<asl::Json> find_alias(const std::string& model,
                                              const std::string& alias) = 0;
  // nullopt: there is no such version.
  virtual std::optional<asl::Json> put_alias(const std::string& model,
                                             const std::string& alias,
                                             const ModelAliasTarget& target,
                                             const Check& check) = 0;
  virtual bool remove_alias(const std::string& model,
                            const std::string& alias,
                            const Check& check) = 0;
};

}  // namespace pawl::engine
