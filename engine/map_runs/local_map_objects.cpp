#include "engine/map_runs/map_objects.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kPage = 1000;

class LocalMapObjects final : public MapObjects {
 public:
  LocalMapObjects(ObjectStore& objects, std::string account)
      : objects_(objects), account_(std::move(account)) {}

  ItemFile fetch(const std::string& bucket,
                 const std::string& key,
                 const ObjectDemands& demands) override {
    check_owner(demands.owner);
    // An object without versions has the one version "null".
    if (!demands.version.empty() && demands.version != "null") {
      throw ObjectError("InvalidArgument", 400, "Invalid version id specified");
    }
    ObjectFile file = objects_.open(bucket, key);
    return {std::move(file.path), bucket, key, std::move(file.hold)};
  }
  ObjectListing list(const std::string& bucket,
                     const std::string& prefix,
                     const std::string& after,
                     const std::string& owner) override {
    check_owner(owner);
    return objects_.list(bucket, prefix, "", after, kPage);
  }
  void put_file(const std::string& bucket,
                const std::string& key,
                const std::string& file) override {
    objects_.put_file(bucket, key, file, {.content_type = "application/json", .metadata = {}});
  }

 private:
  void check_owner(const std::string& owner) const {
    if (!owner.empty() && owner != account_)
      throw ObjectError("AccessDenied", 403, "Access Denied");
  }

  ObjectStore& objects_;
  const std::string account_;
};

}  // namespace

std::unique_ptr<MapObjects> local_map_objects(ObjectStore& objects, std::string account) {
  return std::make_unique<LocalMapObjects>(objects, std::move(account));
}

}  // namespace pawl::engine
