// Multipart uploads: a folder each, so that they survive a restart.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "asl/json.h"
#include "engine/objects/digest.h"
#include "engine/objects/local/local_objects.h"

namespace pawl::engine {

namespace {

using asl::Json;
namespace fs = std::filesystem;

constexpr std::size_t kUploadFileBytesMax = 64 * 1024;
constexpr std::size_t kUploadIdLength = 64;
constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;

ObjectError no_such_upload() {
  return ObjectError("NoSuchUpload",
                     404,
                     "The specified upload does not exist. The upload ID may be invalid, or the "
                     "upload may have been "
                     "aborted or completed.");
}

ObjectError invalid_part() {
  return ObjectError("InvalidPart",
                     400,
                     "One or more of the specified parts could not be found.  The part may not "
                     "have been uploaded, or "
                     "the specified entity tag may not match the part's entity tag.");
}

bool is_upload_id(const std::string& id) {
  return id.size() == kUploadIdLength &&
         id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void check_order(const std::vector<std::pair<int, std::string>>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].first > parts[i - 1].first) continue;
    throw ObjectError("InvalidPartOrder",
                      400,
                      "The list of parts was not in ascending order. Parts must be ordered by part "
                      "number.");
  }
}

std::string part_prefix(int number) {
  std::string digits = std::to_string(number);
  return std::string(5 - std::min<std::size_t>(5, digits.size()), '0') + digits + "-";
}

}  // namespace

std::string LocalObjects::upload_folder(const std::string& upload_id) const {
  return folder_ + "/.pawl/uploads/" + upload_id;
}

std::string LocalObjects::start_upload(const std::string& bucket,
                                       const std::string& key,
                                       const PutOptions& options) {
  need_bucket(bucket);
  check_key(key);
  const std::string id = random_hex(kUploadIdLength / 2);
  const Json document = {
      {"bucket", bucket},
      {"key", key},
      {"content_type", options.content_type},
      {"metadata", options.metadata},
      {"headers", options.headers},
  };
  make_folders(upload_folder(id));
  const std::string text = document.dump(1, ' ', false, Json::error_handler_t::replace);
  const ScratchFile file{scratch()};
  const Fd fd = create_file(file.path);
  write_all(fd, text);
  seal(fd);
  rename_file(file.path, upload_folder(id) + "/upload.json");
  sync_folder(upload_folder(id));
  return id;
}

LocalObjects::StoredUpload LocalObjects::read_upload(const std::string& upload_id) const {
  if (!is_upload_id(upload_id)) throw no_such_upload();
  const std::optional<Fd> file = open_if_exists(upload_folder(upload_id) + "/upload.json");
  if (!file) throw no_such_upload();
  try {
    const Json document = Json::parse(read_file(*file, kUploadFileBytesMax));
    StoredUpload stored;
    stored.info.id = upload_id;
    stored.info.bucket = document.at("bucket").get<std::string>();
    stored.info.key = document.at("key").get<std::string>();
    stored.info.started_at_ms = stamp_of(*file).mtime_ns / kNanosecondsPerMillisecond;
    stored.options.content_type = document.at("content_type").get<std::string>();
    stored.options.metadata = document.at("metadata").get<std::map<std::string, std::string>>();
    stored.options.headers = document.at("headers").get<std::map<std::string, std::string>>();
    return stored;
  } catch (const Json::exception&) {
    throw no_such_upload();
  }
}

UploadInfo LocalObjects::upload(const std::string& upload_id) {
  return read_upload(upload_id).info;
}

std::vector<std::string> LocalObjects::upload_ids() const {
  std::vector<std::string> ids;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ + "/.pawl/uploads")) {
    ids.push_back(entry.path().filename().string());
  }
  return ids;
}

std::vector<UploadInfo> LocalObjects::uploads(const std::string& bucket) {
  need_bucket(bucket);
  std::vector<UploadInfo> found;
  for (const std::string& id : upload_ids()) {
    try {
      UploadInfo info = upload(id);
      if (info.bucket == bucket) found.push_back(std::move(info));
    } catch (const ObjectError&) {
      continue;  // completed or aborted meanwhile
    }
  }
  std::sort(found.begin(), found.end(), [](const UploadInfo& a, const UploadInfo& b) {
    return std::tie(a.key, a.started_at_ms, a.id) < std::tie(b.key, b.started_at_ms, b.id);
  });
  return found;
}

// Each part with its file, by number. A crash may leave two files of one number: the later one
// counts.
std::vector<std::pair<PartInfo, std::string>> LocalObjects::part_files(
    const std::string& upload_id) const {
  std::map<int, std::pair<FileStamp, std::string>> newest;
  for (const fs::directory_entry& entry : fs::directory_iterator(upload_folder(upload_id))) {
    const std::string name = entry.path().filename().string();
    if (name.size() <= 6 || name[5] != '-' ||
        name.substr(0, 5).find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    const std::optional<Fd> file = open_if_exists(entry.path().string());
    if (!file) continue;
    const FileStamp stamp = stamp_of(*file);
    auto& slot = newest[std::stoi(name.substr(0, 5))];
    if (slot.second.empty() || slot.first.mtime_ns < stamp.mtime_ns) slot = {stamp, name};
  }
  std::vector<std::pair<PartInfo, std::string>> found;
  for (const auto& [number, slot] : newest) {
    const auto& [stamp, name] = slot;
    found.emplace_back(
        PartInfo{number, stamp.size, name.substr(6), stamp.mtime_ns / kNanosecondsPerMillisecond},
        upload_folder(upload_id) + "/" + name);
  }
  return found;
}

std::vector<PartInfo> LocalObjects::parts(const std::string& upload_id) {
  read_upload(upload_id);
  const std::shared_lock lock(upload_lock(upload_id));
  std::vector<PartInfo> found;
  for (auto& [part, file] : part_files(upload_id)) found.push_back(std::move(part));
  return found;
}

std::string LocalObjects::put_part(const std::string& upload_id,
                                   int part,
                                   const std::string& file) {
  const ScratchFile taken{scratch()};
  move_file(file, taken.path);
  return keep_part(upload_id, part, taken.path);
}

std::string LocalObjects::put_part_bytes(const std::string& upload_id,
                                         int part,
                                         std::string_view bytes) {
  const ScratchFile taken{scratch()};
  write_all(create_file(taken.path), bytes);
  return keep_part(upload_id, part, taken.path);
}

std::string LocalObjects::put_part_copy(const std::string& upload_id,
                                        int part,
                                        const ByteRange& from) {
  const ScratchFile taken{scratch()};
  append_range(open_file(from.path), create_file(taken.path), from.offset, from.length);
  return keep_part(upload_id, part, taken.path);
}

std::string LocalObjects::keep_part(const std::string& upload_id,
                                    int part,
                                    const std::string& file) {
  if (part < 1 || part > kPartNumberMax) {
    throw ObjectError(
        "InvalidArgument", 400, "Part number must be an integer between 1 and 10000, inclusive");
  }
  read_upload(upload_id);
  const Fd fd = open_file(file);
  Digest md5(DigestKind::kMd5);
  read_all(fd, [&](std::string_view chunk) { md5.update(chunk); });
  std::string etag = to_hex(md5.finish());
  if (::fchmod(fd.get(), 0644) != 0) throw_errno("cannot set the mode of " + file);
  seal(fd);

  const std::unique_lock lock(upload_lock(upload_id));
  if (file_type(upload_folder(upload_id)) != FileType::kFolder) throw no_such_upload();
  const std::string target = upload_folder(upload_id) + "/" + part_prefix(part) + etag;
  rename_file(file, target);
  for (const fs::directory_entry& entry : fs::directory_iterator(upload_folder(upload_id))) {
    const bool same_part = entry.path().filename().string().starts_with(part_prefix(part));
    if (same_part && entry.path().string() != target) remove_file(entry.path().string());
  }
  sync_folder(upload_folder(upload_id));
  return etag;
}

ObjectInfo LocalObjects::complete_upload(const std::string& upload_id,
                                         const std::vector<std::pair<int, std::string>>& parts,
                                         const WriteCondition& condition) {
  const std::unique_lock lock(upload_lock(upload_id));
  const StoredUpload stored = read_upload(upload_id);
  need_bucket(stored.info.bucket);
  std::map<int, std::pair<PartInfo, std::string>> present;
  for (auto& part : part_files(upload_id)) present.emplace(part.first.number, std::move(part));
  if (parts.empty()) throw invalid_part();
  check_order(parts);
  std::string digests;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [number, etag] = parts[i];
    const auto found = present.find(number);
    if (found == present.end() || found->second.first.etag != etag) throw invalid_part();
    if (i + 1 < parts.size() && found->second.first.size < kPartBytesMin) {
      throw ObjectError(
          "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size");
    }
    digests += from_hex(etag).value_or("");
    files.push_back(found->second.second);
  }
  const ScratchFile whole{scratch()};
  const Fd fd = create_file(whole.path);
  for (const std::string& file : files) append_file(open_file(file), fd);
  SideRecord record;
  record.stamp = seal(fd);
  record.etag = to_hex(digest(DigestKind::kMd5, digests)) + "-" + std::to_string(parts.size());
  record.content_type = stored.options.content_type;
  record.metadata = stored.options.metadata;
  record.headers = stored.options.headers;
  ObjectInfo info =
      commit({stored.info.bucket, stored.info.key}, whole.path, std::move(record), condition);
  drop_upload(upload_id);
  return info;
}

// At once, by a rename: a crash leaves the whole upload or none of it.
void LocalObjects::drop_upload(const std::string& upload_id) const {
  const std::string aside = scratch();
  rename_file(upload_folder(upload_id), aside);
  fs::remove_all(aside);
}

void LocalObjects::abort_upload(const std::string& upload_id) {
  const std::unique_lock lock(upload_lock(upload_id));
  read_upload(upload_id);
  drop_upload(upload_id);
}

}  // namespace pawl::engine
