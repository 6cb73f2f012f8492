#include "engine/map_runs/map_objects.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kPage = 1000;

class LocalMapObjects final : public MapObjects {
 public:
  explicit LocalMapObjects(ObjectStore& objects) : objects_(objects) {}

  ItemFile fetch(const std::string& bucket, const std::string& key) override {
    ObjectFile file = objects_.open(bucket, key);
    return {std::move(file.path), bucket, key, std::move(file.hold)};
  }
  ObjectListing list(const std::string& bucket,
                     const std::string& prefix,
                     const std::string& after) override {
    return objects_.list(bucket, prefix, "", after, kPage);
  }
  void put_file(const std::string& bucket,
                const std::string& key,
                const std::string& file) override {
    objects_.put_file(bucket, key, file, {.content_type = "application/json", .metadata = {}});
  }

 private:
  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<MapObjects> local_map_objects(ObjectStore& objects) {
  return std::make_unique<LocalMapObjects>(objects);
}

}  // namespace pawl::engine
