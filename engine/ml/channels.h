// Input channels of a training job: objects of s3:// laid out as files where the contract wants
// them.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "asl/json.h"
#include "engine/objects/object_store.h"

namespace pawl::engine {

// Data that cannot be brought in; the message is the job's FailureReason ("ClientError: Data
// download failed: ...").
struct ChannelError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Told of each object, as it was when it was copied.
using TakeObject = std::function<void(const std::string& bucket, const ObjectInfo& info)>;

// Copies what the channel's S3DataSource names into `folder`, each object at its key relative to
// the prefix; one object whose key is the prefix lands under its own last name. [aws] S3Prefix:
// "all objects that match the specified key name prefix"; ManifestFile: a list of them. REQUIRES:
// the data source is an S3DataSource of S3DataType S3Prefix or ManifestFile.
void materialise_channel(ObjectStore& objects,
                         const asl::Json& channel,
                         const std::string& folder,
                         const TakeObject& take = nullptr);

// Copies a file, as a clone that shares its blocks where the file system can.
void clone_file(const std::string& from, const std::string& to);

}  // namespace pawl::engine
