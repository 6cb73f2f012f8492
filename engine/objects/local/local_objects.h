// Buckets as folders, objects as files that can be browsed.
//
//   FOLDER/BUCKET/a/b.csv              the object a/b.csv of BUCKET; names as local/names.h says
//   FOLDER/.pawl/meta/BUCKET/ab/cd..   side files (local/side_file.h), by SHA-256 of the key
//   FOLDER/.pawl/names/SHA-256         segments too long for a file name
//   FOLDER/.pawl/uploads/ID/           multipart uploads: upload.json, and one file NUMBER-ETAG per
//   part FOLDER/.pawl/tmp/                  what is being written or removed; what is older than a
//   day is removed on opening
//
// Locks: a key's lock orders the writes of one key; a bucket's tree lock is shared while a file is
// renamed into a folder that exists, exclusive while folders appear or vanish. Both are striped; a
// key's lock is taken first.
#pragma once

#include <array>
#include <mutex>
#include <shared_mutex>

#include "engine/objects/local/names.h"
#include "engine/objects/local/side_file.h"
#include "engine/objects/object_store.h"

namespace pawl::engine {

class LocalObjects final : public ObjectStore {
 public:
  explicit LocalObjects(std::string folder);

  void create_bucket(const std::string& bucket) override;
  void delete_bucket(const std::string& bucket) override;
  bool has_bucket(const std::string& bucket) override;
  std::vector<std::pair<std::string, std::int64_t>> buckets() override;

  ObjectInfo put(const std::string& bucket,
                 const std::string& key,
                 std::string_view bytes,
                 const PutOptions& options) override;
  ObjectInfo put_file(const std::string& bucket,
                      const std::string& key,
                      const std::string& file,
                      const PutOptions& options) override;
  ObjectInfo put_copy(const std::string& bucket,
                      const std::string& key,
                      const ObjectFile& from,
                      const PutOptions& options) override;
  std::optional<ObjectInfo> head(const std::string& bucket, const std::string& key) override;
  std::string get(const std::string& bucket, const std::string& key) override;
  std::string local_file(const std::string& bucket, const std::string& key) override;
  ObjectFile open(const std::string& bucket, const std::string& key) override;
  void remove(const std::string& bucket, const std::string& key) override;
  ObjectListing list(const std::string& bucket,
                     const std::string& prefix,
                     const std::string& delimiter,
                     const std::string& after,
                     std::size_t max) override;

  std::string start_upload(const std::string& bucket,
                           const std::string& key,
                           const PutOptions& options) override;
  std::string put_part(const std::string& upload_id, int part, const std::string& file) override;
  std::string put_part_bytes(const std::string& upload_id,
                             int part,
                             std::string_view bytes) override;
  std::string put_part_copy(const std::string& upload_id, int part, const ByteRange& from) override;
  ObjectInfo complete_upload(const std::string& upload_id,
                             const std::vector<std::pair<int, std::string>>& parts,
                             const WriteCondition& condition) override;
  void abort_upload(const std::string& upload_id) override;
  UploadInfo upload(const std::string& upload_id) override;
  std::vector<UploadInfo> uploads(const std::string& bucket) override;
  std::vector<PartInfo> parts(const std::string& upload_id) override;

 private:
  static constexpr std::size_t kStripes = 256;
  struct Place {
    std::string bucket;
    std::string key;
  };
  struct Found {
    Fd fd;
    std::string path;
    FileStamp stamp;
  };
  struct StoredUpload {
    UploadInfo info;
    PutOptions options;
  };

  std::string bucket_folder(const std::string& bucket) const { return folder_ + "/" + bucket; }
  std::string side_path(const Place& place) const;
  std::string upload_folder(const std::string& upload_id) const;
  std::string scratch() const;
  void need_bucket(const std::string& bucket) const;
  std::shared_mutex& key_lock(const Place& place);
  std::shared_mutex& tree_lock(const std::string& bucket);
  std::shared_mutex& upload_lock(const std::string& upload_id);

  // Where the object's file is now; nullopt: nowhere.
  std::optional<std::string> find_path(const Place& place) const;
  std::optional<Found> find(const Place& place) const;
  std::vector<SideRecord> side_records(const Place& place) const;
  // Makes a sealed file of .pawl/tmp the object.
  ObjectInfo commit(const Place& place,
                    const std::string& file,
                    SideRecord record,
                    const WriteCondition& condition);
  void check_condition(const Place& place, const WriteCondition& condition);
  void write_side_file(const Place& place,
                       const std::vector<SideRecord>& records,
                       bool durable) const;
  void rename_into_tree(const Place& place, const std::string& file);
  void make_key_folders(const std::string& root, const std::vector<std::string>& names) const;
  // The facts of an open object; computes and keeps the ETag of a file that came by hand.
  ObjectInfo info_of(const Place& place, const Found& found, std::optional<SideRecord> record);
  void remember_etag(const Place& place, const FileStamp& stamp, const std::string& etag);
  void remove_empty_tree(const std::string& folder) const;
  StoredUpload read_upload(const std::string& upload_id) const;
  std::vector<std::pair<PartInfo, std::string>> part_files(const std::string& upload_id) const;
  std::vector<std::string> upload_ids() const;
  std::string keep_part(const std::string& upload_id, int part, const std::string& file);
  void drop_upload(const std::string& upload_id) const;

  std::string folder_;
  LongNames long_names_;
  std::array<std::shared_mutex, kStripes> key_locks_;
  std::array<std::shared_mutex, kStripes> tree_locks_;
  std::array<std::shared_mutex, kStripes> upload_locks_;
};

// A name in .pawl/tmp. What is left there when the owner goes is removed; renamed away, nothing is.
struct ScratchFile {
  std::string path;
  ~ScratchFile();
};

void check_key(const std::string& key);
ObjectError no_such_bucket();
ObjectError no_such_key();

}  // namespace pawl::engine
