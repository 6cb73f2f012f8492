// S3 as Map Runs use it: the objects of this installation, or a service at a URL.
#pragma once

#include <memory>
#include <string>

#include "engine/http/client.h"
#include "engine/map_runs/readers/readers.h"
#include "engine/objects/object_store.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// What has to hold of a bucket and an object for them to be read; empty: nothing.
struct ObjectDemands {
  std::string owner{};    // ExpectedBucketOwner, an account
  std::string version{};  // VersionId
};

// Thread-safe; blocks. Every call may throw ObjectError, or std::exception when it fails otherwise.
class MapObjects {
 public:
  virtual ~MapObjects() = default;
  virtual ItemFile fetch(const std::string& bucket,
                         const std::string& key,
                         const ObjectDemands& demands) = 0;
  // At most a thousand, in order of key.
  virtual ObjectListing list(const std::string& bucket,
                             const std::string& prefix,
                             const std::string& after,
                             const std::string& owner) = 0;
  // Takes the file over.
  virtual void put_file(const std::string& bucket,
                        const std::string& key,
                        const std::string& file) = 0;
};

// `account` owns every bucket.
std::unique_ptr<MapObjects> local_map_objects(ObjectStore& objects, std::string account);

struct RemoteS3 {
  HttpClient& http;
  Clock& clock;
  std::string region;
  std::string url;     // "http://127.0.0.1:4702"
  std::string folder;  // for what is on its way
};
std::unique_ptr<MapObjects> remote_map_objects(RemoteS3 remote);

}  // namespace pawl::engine
