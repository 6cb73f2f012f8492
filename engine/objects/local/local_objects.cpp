#include "engine/objects/local/local_objects.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "engine/objects/digest.h"
#include "engine/objects/local/walk.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kSideFileBytesMax = 64 * 1024;
constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
constexpr auto kScratchAgeMax = std::chrono::hours(24);

void remove_old_scratch(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const auto written = entry.last_write_time(ignored);
    if (!ignored && fs::file_time_type::clock::now() - written > kScratchAgeMax) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

std::int64_t created_at_ms(const std::string& folder) {
  struct statx status {};
  if (::statx(AT_FDCWD, folder.c_str(), 0, STATX_BTIME | STATX_MTIME, &status) != 0) return 0;
  const statx_timestamp& time =
      (status.stx_mask & STATX_BTIME) ? status.stx_btime : status.stx_mtime;
  return time.tv_sec * 1000 + static_cast<std::int64_t>(time.tv_nsec) / kNanosecondsPerMillisecond;
}

ObjectError precondition_failed() {
  return ObjectError(
      "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
}

}  // namespace

void check_key(const std::string& key) {
  if (key.size() > kObjectKeyBytesMax)
    throw ObjectError("KeyTooLongError", 400, "Your key is too long");
  if (key.empty() || !is_utf8(key))
    throw ObjectError("InvalidURI", 400, "Couldn't parse the specified URI.");
}

ScratchFile::~ScratchFile() { ::unlink(path.c_str()); }

ObjectError no_such_bucket() {
  return ObjectError("NoSuchBucket", 404, "The specified bucket does not exist");
}

ObjectError no_such_key() {
  return ObjectError("NoSuchKey", 404, "The specified key does not exist.");
}

LocalObjects::LocalObjects(std::string folder)
    : folder_(std::move(folder)), long_names_(folder_ + "/.pawl/names") {
  make_folders(folder_ + "/.pawl/tmp");
  make_folders(folder_ + "/.pawl/uploads");
  remove_old_scratch(folder_ + "/.pawl/tmp");
}

std::unique_ptr<ObjectStore> open_local_objects(const std::string& folder) {
  return std::make_unique<LocalObjects>(folder);
}

std::string LocalObjects::scratch() const { return folder_ + "/.pawl/tmp/" + random_hex(16); }

std::string LocalObjects::side_path(const Place& place) const {
  const std::string hash = to_hex(digest(DigestKind::kSha256, place.key));
  return folder_ + "/.pawl/meta/" + place.bucket + "/" + hash.substr(0, 2) + "/" + hash.substr(2);
}

void LocalObjects::need_bucket(const std::string& bucket) const {
  if (!is_bucket_name(bucket) || file_type(bucket_folder(bucket)) != FileType::kFolder)
    throw no_such_bucket();
}

std::shared_mutex& LocalObjects::key_lock(const Place& place) {
  return key_locks_[std::hash<std::string>{}(place.bucket + "/" + place.key) % kStripes];
}

std::shared_mutex& LocalObjects::tree_lock(const std::string& bucket) {
  return tree_locks_[std::hash<std::string>{}(bucket) % kStripes];
}

std::shared_mutex& LocalObjects::upload_lock(const std::string& upload_id) {
  return upload_locks_[std::hash<std::string>{}(upload_id) % kStripes];
}

// Buckets

void LocalObjects::create_bucket(const std::string& bucket) {
  if (!is_bucket_name(bucket)) {
    throw ObjectError("InvalidBucketName", 400, "The specified bucket is not valid.");
  }
  make_folders(bucket_folder(bucket));
}

void LocalObjects::delete_bucket(const std::string& bucket) {
  need_bucket(bucket);
  for (const UploadInfo& pending : uploads(bucket)) abort_upload(pending.id);
  const std::unique_lock lock(tree_lock(bucket));
  remove_empty_tree(bucket_folder(bucket));
  if (::rmdir(bucket_folder(bucket).c_str()) != 0) {
    if (errno == ENOENT) throw no_such_bucket();
    if (errno != ENOTEMPTY && errno != EEXIST)
      throw_errno("cannot remove " + bucket_folder(bucket));
    throw ObjectError("BucketNotEmpty", 409, "The bucket you tried to delete is not empty");
  }
  sync_folder(folder_);
  std::filesystem::remove_all(folder_ + "/.pawl/meta/" + bucket);
}

// Folders without a file below are no objects, so they do not keep a bucket from being deleted.
void LocalObjects::remove_empty_tree(const std::string& folder) const {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (!entry.is_directory(ignored) || entry.is_symlink(ignored)) continue;
    remove_empty_tree(entry.path().string());
    ::rmdir(entry.path().c_str());
  }
}

bool LocalObjects::has_bucket(const std::string& bucket) {
  return is_bucket_name(bucket) && file_type(bucket_folder(bucket)) == FileType::kFolder;
}

std::vector<std::pair<std::string, std::int64_t>> LocalObjects::buckets() {
  std::vector<std::pair<std::string, std::int64_t>> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (has_bucket(name)) found.emplace_back(name, created_at_ms(entry.path().string()));
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Reading

std::optional<std::string> LocalObjects::find_path(const Place& place) const {
  const KeyPath names = key_path(place.key);
  std::string parent = bucket_folder(place.bucket);
  for (const std::string& name : names.folders) parent += "/" + name;
  if (names.plain && file_type(parent + "/" + *names.plain) == FileType::kRegular) {
    return parent + "/" + *names.plain;
  }
  if (file_type(parent + "/" + names.escaped) == FileType::kRegular)
    return parent + "/" + names.escaped;
  return std::nullopt;
}

std::optional<LocalObjects::Found> LocalObjects::find(const Place& place) const {
  std::optional<std::string> path = find_path(place);
  if (!path) return std::nullopt;
  std::optional<Fd> fd = open_if_exists(*path);
  if (!fd) return std::nullopt;
  const FileStamp stamp = stamp_of(*fd);
  return Found{std::move(*fd), std::move(*path), stamp};
}

std::vector<SideRecord> LocalObjects::side_records(const Place& place) const {
  const std::optional<Fd> file = open_if_exists(side_path(place));
  if (!file) return {};
  return decode_side_file(read_file(*file, kSideFileBytesMax));
}

ObjectInfo LocalObjects::info_of(const Place& place,
                                 const Found& found,
                                 std::optional<SideRecord> record) {
  if (!record) {
    Digest md5(DigestKind::kMd5);
    read_all(found.fd, [&](std::string_view chunk) { md5.update(chunk); });
    record = SideRecord{found.stamp, to_hex(md5.finish()), "", {}, {}};
    remember_etag(place, found.stamp, record->etag);
  }
  return {place.key,
          found.stamp.size,
          record->etag,
          found.stamp.mtime_ns / kNanosecondsPerMillisecond,
          record->content_type,
          record->metadata,
          record->headers};
}

// Only a cache: the record can be made again from the bytes, so nothing is synced.
void LocalObjects::remember_etag(const Place& place,
                                 const FileStamp& stamp,
                                 const std::string& etag) {
  const std::unique_lock lock(key_lock(place));
  const std::optional<Found> now = find(place);
  if (!now || now->stamp != stamp) return;
  write_side_file(place, {SideRecord{stamp, etag, "", {}, {}}}, false);
}

ObjectFile LocalObjects::open(const std::string& bucket, const std::string& key) {
  const Place place{bucket, key};
  std::optional<Found> found;
  std::optional<SideRecord> record;
  {
    const std::shared_lock lock(key_lock(place));
    // A folder may be moving an object aside.
    const std::shared_lock tree(tree_lock(bucket));
    if (is_bucket_name(bucket) && key.size() <= kObjectKeyBytesMax) found = find(place);
    if (found) record = record_for(side_records(place), found->stamp);
  }
  if (!found) {
    need_bucket(bucket);
    check_key(key);
    throw no_such_key();
  }
  ObjectFile file;
  file.info = info_of(place, *found, std::move(record));
  file.path = "/proc/self/fd/" + std::to_string(found->fd.get());
  file.hold = std::make_shared<const Fd>(std::move(found->fd));
  return file;
}

std::optional<ObjectInfo> LocalObjects::head(const std::string& bucket, const std::string& key) {
  try {
    return open(bucket, key).info;
  } catch (const ObjectError& error) {
    if (error.code == "NoSuchKey") return std::nullopt;
    throw;
  }
}

std::string LocalObjects::get(const std::string& bucket, const std::string& key) {
  const ObjectFile file = open(bucket, key);
  return read_file(open_file(file.path), file.info.size);
}

std::string LocalObjects::local_file(const std::string& bucket, const std::string& key) {
  need_bucket(bucket);
  check_key(key);
  const std::shared_lock tree(tree_lock(bucket));
  std::optional<std::string> path = find_path({bucket, key});
  if (!path) throw no_such_key();
  return std::move(*path);
}

// Writing

ObjectInfo LocalObjects::put(const std::string& bucket,
                             const std::string& key,
                             std::string_view bytes,
                             const PutOptions& options) {
  need_bucket(bucket);
  check_key(key);
  const ScratchFile file{scratch()};
  const Fd fd = create_file(file.path);
  write_all(fd, bytes);
  const FileStamp stamp = seal(fd);
  return commit({bucket, key},
                file.path,
                {stamp,
                 to_hex(digest(DigestKind::kMd5, bytes)),
                 options.content_type,
                 options.metadata,
                 options.headers},
                options.condition);
}

ObjectInfo LocalObjects::put_file(const std::string& bucket,
                                  const std::string& key,
                                  const std::string& file,
                                  const PutOptions& options) {
  need_bucket(bucket);
  check_key(key);
  const ScratchFile taken{scratch()};
  move_file(file, taken.path);
  const Fd fd = open_file(taken.path);
  Digest md5(DigestKind::kMd5);
  read_all(fd, [&](std::string_view chunk) { md5.update(chunk); });
  if (::fchmod(fd.get(), 0644) != 0) throw_errno("cannot set the mode of " + taken.path);
  const FileStamp stamp = seal(fd);
  return commit(
      {bucket, key},
      taken.path,
      {stamp, to_hex(md5.finish()), options.content_type, options.metadata, options.headers},
      options.condition);
}

ObjectInfo LocalObjects::put_copy(const std::string& bucket,
                                  const std::string& key,
                                  const ObjectFile& from,
                                  const PutOptions& options) {
  const ScratchFile file{scratch()};
  {
    const Fd copy = create_file(file.path);
    append_file(open_file(from.path), copy);
  }
  return put_file(bucket, key, file.path, options);
}

void LocalObjects::check_condition(const Place& place, const WriteCondition& condition) {
  if (!condition.absent && condition.etag.empty()) return;
  const std::optional<Found> found = find(place);
  if (condition.absent && found) throw precondition_failed();
  if (condition.etag.empty()) return;
  if (!found) throw no_such_key();
  std::optional<SideRecord> record = record_for(side_records(place), found->stamp);
  if (!record)
    record =
        SideRecord{found->stamp, to_hex(digest_file(DigestKind::kMd5, found->path)), "", {}, {}};
  if (record->etag != condition.etag) throw precondition_failed();
}

void LocalObjects::write_side_file(const Place& place,
                                   const std::vector<SideRecord>& records,
                                   bool durable) const {
  const std::string path = side_path(place);
  make_folders(std::filesystem::path(path).parent_path().string());
  const ScratchFile file{scratch()};
  replace_file(
      path, encode_side_file(place.key, records), {.scratch = file.path, .durable = durable});
}

ObjectInfo LocalObjects::commit(const Place& place,
                                const std::string& file,
                                SideRecord record,
                                const WriteCondition& condition) {
  const std::unique_lock lock(key_lock(place));
  check_condition(place, condition);
  std::vector<SideRecord> records = {record};
  if (const std::optional<Found> present = find(place)) {
    const std::optional<SideRecord> old = record_for(side_records(place), present->stamp);
    if (old && old->stamp != record.stamp) records.push_back(*old);
  }
  write_side_file(place, records, true);
  rename_into_tree(place, file);
  return {place.key,
          record.stamp.size,
          std::move(record.etag),
          record.stamp.mtime_ns / kNanosecondsPerMillisecond,
          std::move(record.content_type),
          std::move(record.metadata),
          std::move(record.headers)};
}

void LocalObjects::rename_into_tree(const Place& place, const std::string& file) {
  for (const auto& [hash, segment] : long_segments(place.key))
    long_names_.keep(hash, segment, scratch());
  const KeyPath names = key_path(place.key);
  const std::string root = bucket_folder(place.bucket);
  std::string parent = root;
  for (const std::string& name : names.folders) parent += "/" + name;
  const auto rename_here = [&] {
    const bool plain = names.plain && file_type(parent + "/" + *names.plain) != FileType::kFolder;
    move_file(file, parent + "/" + (plain ? *names.plain : names.escaped));
    if (plain) remove_file(parent + "/" + names.escaped);
  };
  bool done = false;
  {
    const std::shared_lock lock(tree_lock(place.bucket));
    if (file_type(parent) == FileType::kFolder) {
      rename_here();
      done = true;
    }
  }
  if (!done) {
    const std::unique_lock lock(tree_lock(place.bucket));
    need_bucket(place.bucket);
    make_key_folders(root, names.folders);
    rename_here();
  }
  sync_folder(parent);
}

// A file where a folder must be is moved to its escaped name: "a" makes way for "a/b".
void LocalObjects::make_key_folders(const std::string& root,
                                    const std::vector<std::string>& names) const {
  std::string folder = root;
  for (const std::string& name : names) {
    const std::string parent = folder;
    folder += "/" + name;
    const FileType type = file_type(folder);
    if (type == FileType::kFolder) continue;
    if (type != FileType::kNone) {
      for (const auto& [hash, segment] : long_segments(name))
        long_names_.keep(hash, segment, scratch());
      rename_file(folder, parent + "/" + escaped_name(name));
    }
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
      throw_errno("cannot make folder " + folder);
    sync_folder(parent);
  }
}

void LocalObjects::remove(const std::string& bucket, const std::string& key) {
  need_bucket(bucket);
  check_key(key);
  const Place place{bucket, key};
  const KeyPath names = key_path(key);
  std::vector<std::string> folders = {bucket_folder(bucket)};
  for (const std::string& name : names.folders) folders.push_back(folders.back() + "/" + name);
  const std::unique_lock lock(key_lock(place));
  {
    const std::unique_lock tree(tree_lock(bucket));
    // The hidden one first: should only the plain one go, the other would come back to light.
    const std::string& parent = folders.back();
    if (file_type(parent + "/" + names.escaped) == FileType::kRegular)
      remove_file(parent + "/" + names.escaped);
    if (names.plain && file_type(parent + "/" + *names.plain) == FileType::kRegular) {
      remove_file(parent + "/" + *names.plain);
    }
    while (folders.size() > 1 && ::rmdir(folders.back().c_str()) == 0) folders.pop_back();
  }
  if (file_type(folders.back()) == FileType::kFolder) sync_folder(folders.back());
  remove_file(side_path(place));
}

ObjectListing LocalObjects::list(const std::string& bucket,
                                 const std::string& prefix,
                                 const std::string& delimiter,
                                 const std::string& after,
                                 std::size_t max) {
  need_bucket(bucket);
  ListedNames names;
  {
    const std::shared_lock tree(tree_lock(bucket));
    names = walk_bucket(bucket_folder(bucket), {prefix, delimiter, after, max}, long_names_);
  }
  ObjectListing listing;
  for (const std::string& key : names.keys) {
    if (std::optional<ObjectInfo> info = head(bucket, key))
      listing.objects.push_back(std::move(*info));
  }
  listing.common_prefixes = names.common_prefixes;
  listing.next = names.next;
  return listing;
}

}  // namespace pawl::engine
