// S3 as Map Runs use it: the objects of this installation, or a service at a URL.
#pragma once

#include <memory>
#include <string>

#include "engine/http/client.h"
#include "engine/map_runs/readers/readers.h"
#include "engine/objects/object_store.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// Thread-safe; blocks. Every call may throw ObjectError, or std::exception when it fails otherwise.
class MapObjects {
 public:
  virtual ~MapObjects() = default;
  virtual ItemFile fetch(const std::string& bucket, const std::string& key) = 0;
  // At most a thousand, in order of key.
  virtual ObjectListing list(const std::string& bucket,
                             const std::string& prefix,
                             const std::string& after) = 0;
  // Takes the file over.
  virtual void put_file(const std::string& bucket,
                        const std::string& key,
                        const std::string& file) = 0;
};

std::unique_ptr<MapObjects> local_map_objects(ObjectStore& objects);

struct RemoteS3 {
  HttpClient& http;
  Clock& clock;
  std::string region;
  std::string url;     // "http://127.0.0.1:4702"
  std::string folder;  // for what is on its way
};
std::unique_ptr<MapObjects> remote_map_objects(RemoteS3 remote);

}  // namespace pawl::engine
