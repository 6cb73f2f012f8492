// SageMaker's model registry: groups of model packages, whose packages are numbered versions;
// packages on their own; and aliases, names for one version of a group, which SageMaker has not.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "asl/json.h"
#include "engine/ml/context.h"

namespace pawl::engine {

// Thread-safe. Calls may throw ServiceError or StoreUnavailable. Documents hold times in
// milliseconds. Names are told apart as ARNs are: capitals do not count. A name may be given as
// the ARN.
class ModelRegistry {
 public:
  explicit ModelRegistry(MlContext& context) : context_(context) {}

  // {"ModelPackageGroupArn"}. ValidationException: the name is taken. Here and below, the same
  // non-empty `owner` again gets what it has made.
  asl::Json create_group(const asl::Json& request, const std::string& owner);
  asl::Json describe_group(const std::string& name);
  asl::Json list_groups(const asl::Json& request);
  // ConflictException: it has packages.
  void remove_group(const std::string& name);

  // What a package holds beside what SageMaker's request says.
  struct Extra {
    asl::Json metrics = asl::Json::object();  // {name: number}
    bool makes_group = false;                 // where there is none of its name
  };
  // {"ModelPackageArn"}. In a group it gets the next version number: one more than was ever given
  // in this group. The same ClientToken again gets what it has made; ConflictException: with
  // another request.
  asl::Json create_package(const asl::Json& request, const std::string& owner, const Extra& extra);
  asl::Json describe_package(const std::string& name);
  asl::Json describe_packages(const asl::Json& request);  // BatchDescribeModelPackage
  asl::Json list_packages(const asl::Json& request);
  asl::Json update_package(const asl::Json& request);
  // ConflictException: an alias names the version.
  void remove_package(const std::string& name);

  // What a model is made of that names a package.
  struct Deployable {
    std::string arn;
    asl::Json containers;  // as CreateModel has them
  };
  // ValidationException: there is no such package or specification, or it is a version that is not
  // approved. Empty `specification`: the InferenceSpecification.
  Deployable deployable(const std::string& name, const std::string& specification);

  // As people know it: a group by name, a version by its number. nullopt: there is none.
  std::optional<Record> find_group(const std::string& group);
  std::optional<Record> find_version(const std::string& group, std::int64_t version);
  // Newest first, `limit` at most, behind version `after` (0: from the first on).
  std::vector<Record> list_versions(const std::string& group,
                                    std::int64_t after,
                                    std::size_t limit);

  // Looks at what stands there before it is changed (null: nothing does), and may throw.
  // Nothing of the registry changes meanwhile.
  using Check = std::function<void(const Record* present)>;
  Record change_version(const std::string& group,
                        std::int64_t version,
                        const asl::Json& update,  // UpdateModelPackage's members
                        const Check& check);
  void remove_version(const std::string& group, std::int64_t version, const Check& check);

  // By name. All of a group's.
  std::vector<Record> list_aliases(const std::string& group);
  std::optional<Record> find_alias(const std::string& group, const std::string& alias);
  struct AliasTarget {
    std::int64_t version = 0;
    std::optional<std::string> description;  // nullopt: the one it has
  };
  // nullopt: there is no such version.
  std::optional<Record> put_alias(const std::string& group,
                                  const std::string& alias,
                                  const AliasTarget& target,
                                  const Check& check);
  bool remove_alias(const std::string& group, const std::string& alias, const Check& check);

 private:
  std::string key_of(const std::string& type, const std::string& name);
  Record group_of(const std::string& name);
  Record package_of(const std::string& name);
  Record insert_version(Record record, const Record& group);
  Record insert_unversioned(Record record);
  void require_no_alias(const Record& package);
  void remove_locked(const Record& package);

  MlContext& context_;
  std::mutex mutex_;  // of every change but a group's creation
};

}  // namespace pawl::engine
