// s3:// as an interface: buckets of objects. The default backend keeps plain files under the data
// folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::engine {

struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;  // bytes
  std::string etag;        // without quotes: hex MD5, or MD5-of-MD5s-N after a multipart upload
  std::int64_t modified_at_ms = 0;
  std::string content_type;  // empty: application/octet-stream
  std::map<std::string, std::string>
      metadata;  // x-amz-meta-*, names in lower case without the prefix
  std::map<std::string, std::string>
      headers{};  // kept and answered as given: cache-control, x-amz-checksum-crc32, ...
};

// An object's bytes as they were when it was opened: `path` can be read while `hold` lives, also
// when the object has been replaced or deleted since.
struct ObjectFile {
  ObjectInfo info;
  std::string path;
  std::shared_ptr<const void> hold;
};

struct ByteRange {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct UploadInfo {
  std::string id;
  std::string bucket;
  std::string key;
  std::int64_t started_at_ms = 0;
};

struct PartInfo {
  int number = 0;
  std::uint64_t size = 0;
  std::string etag;
  std::int64_t modified_at_ms = 0;
};

// A write that may be refused with PreconditionFailed. Checked in the same instant in which the
// object appears.
struct WriteCondition {
  bool absent = false;  // If-None-Match: *
  std::string etag;     // If-Match; empty: any
};

struct ObjectListing {
  std::vector<ObjectInfo> objects;  // in order of key (UTF-8 bytes), as S3
  std::vector<std::string> common_prefixes;
  std::string next;  // start the next page after this; empty: that was all
};

// An error S3 answers: code "NoSuchBucket", "NoSuchKey", "BucketNotEmpty", "InvalidBucketName" ...,
// and its HTTP status.
struct ObjectError : std::runtime_error {
  ObjectError(std::string code_, int status_, const std::string& message)
      : std::runtime_error(message), code(std::move(code_)), status(status_) {}
  std::string code;
  int status;
};

// Thread-safe. Every call may throw ObjectError, or std::system_error when the disk fails. Writes
// are atomic: an object is the old one or the new one, never half of either, also after kill -9.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  virtual void create_bucket(
      const std::string& bucket) = 0;  // exists already: no error (us-east-1)
  virtual void delete_bucket(const std::string& bucket) = 0;
  virtual bool has_bucket(const std::string& bucket) = 0;
  virtual std::vector<std::pair<std::string, std::int64_t>>
  buckets() = 0;  // name, created_at_ms; by name

  struct PutOptions {
    std::string content_type;
    std::map<std::string, std::string> metadata;
    std::map<std::string, std::string> headers{};
    WriteCondition condition{};
  };
  virtual ObjectInfo put(const std::string& bucket,
                         const std::string& key,
                         std::string_view bytes,
                         const PutOptions& options) = 0;
  // Copies the bytes of an open object; within the file system where that is possible.
  virtual ObjectInfo put_copy(const std::string& bucket,
                              const std::string& key,
                              const ObjectFile& from,
                              const PutOptions& options) = 0;
  // Takes the file over (renames or copies it).
  virtual ObjectInfo put_file(const std::string& bucket,
                              const std::string& key,
                              const std::string& file,
                              const PutOptions& options) = 0;
  virtual std::optional<ObjectInfo> head(const std::string& bucket, const std::string& key) = 0;
  virtual std::string get(const std::string& bucket,
                          const std::string& key) = 0;  // whole; for small objects
  // A file of this machine that holds the object's bytes; read-only, valid until the object is
  // replaced or deleted.
  virtual std::string local_file(const std::string& bucket, const std::string& key) = 0;
  // NoSuchKey when there is none.
  virtual ObjectFile open(const std::string& bucket, const std::string& key) = 0;
  virtual void remove(const std::string& bucket, const std::string& key) = 0;  // missing: no error
  virtual ObjectListing list(const std::string& bucket,
                             const std::string& prefix,
                             const std::string& delimiter,
                             const std::string& after,
                             std::size_t max) = 0;

  virtual std::string start_upload(const std::string& bucket,
                                   const std::string& key,
                                   const PutOptions& options) = 0;  // upload id
  virtual std::string put_part(const std::string& upload_id,
                               int part,
                               const std::string& file) = 0;  // its etag
  virtual std::string put_part_bytes(const std::string& upload_id,
                                     int part,
                                     std::string_view bytes) = 0;
  virtual std::string put_part_copy(const std::string& upload_id,
                                    int part,
                                    const ByteRange& from) = 0;
  virtual ObjectInfo complete_upload(const std::string& upload_id,
                                     const std::vector<std::pair<int, std::string>>& parts,
                                     const WriteCondition& condition = {}) = 0;
  virtual void abort_upload(const std::string& upload_id) = 0;
  virtual UploadInfo upload(const std::string& upload_id) = 0;  // NoSuchUpload when there is none
  virtual std::vector<UploadInfo> uploads(const std::string& bucket) = 0;  // by key, then by start
  virtual std::vector<PartInfo> parts(const std::string& upload_id) = 0;   // by number
};

// [aws] 3 to 63 of a-z, 0-9, dot and hyphen; no IP address; no reserved prefix or suffix.
bool is_bucket_name(std::string_view name);
inline constexpr std::size_t kObjectKeyBytesMax = 1024;     // [aws]
inline constexpr std::uint64_t kPartBytesMin = 5ULL << 20;  // [aws] of every part but the last
inline constexpr int kPartNumberMax = 10'000;               // [aws]

// Objects as files: FOLDER/BUCKET/... (layout documented in the .cpp).
std::unique_ptr<ObjectStore> open_local_objects(const std::string& folder);

struct S3Uri {
  std::string bucket;
  std::string key;  // may be empty
};
// "s3://bucket/key"; nullopt when it is none.
std::optional<S3Uri> parse_s3_uri(std::string_view uri);

}  // namespace pawl::engine
