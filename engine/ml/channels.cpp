#include "engine/ml/channels.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <filesystem>

#include "asl/text.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr std::size_t kPage = 1000;

[[noreturn]] void nothing_found(const std::string& uri) {
  throw ChannelError(
      "ClientError: Data download failed: No S3 objects found under S3 URL \"" + uri +
      "\" given in input data source. Please ensure that the bucket exists in the selected region "
      "(us-east-1), that objects exist under that S3 prefix, and that the role has access to "
      "them.");
}

S3Uri parse_uri(const std::string& uri) {
  const std::optional<S3Uri> parsed = parse_s3_uri(uri);
  if (!parsed)
    throw ChannelError("ClientError: Data download failed: \"" + uri + "\" is no S3 URI");
  return *parsed;
}

// A key that would leave the folder it is laid out in is the object's fault, and the job's failure.
fs::path place_of(const fs::path& folder, const std::string& relative) {
  const fs::path place = (folder / fs::path(relative).relative_path()).lexically_normal();
  const fs::path inside = place.lexically_relative(folder);
  if (inside.empty() || *inside.begin() == "..") {
    throw ChannelError("ClientError: Data download failed: object key \"" + relative +
                       "\" leaves its channel");
  }
  return place;
}

// Where the objects come from, and who is told of them.
struct Copying {
  ObjectStore& objects;
  const TakeObject& take;
};

void copy_object(const Copying& copying, const S3Uri& object, const fs::path& place) {
  fs::create_directories(place.parent_path());
  const ObjectFile file = copying.objects.open(object.bucket, object.key);
  clone_file(file.path, place.string());
  if (copying.take) copying.take(object.bucket, file.info);
}

void copy_prefix(const Copying& copying, const std::string& uri, const fs::path& folder) {
  ObjectStore& objects = copying.objects;
  const S3Uri source = parse_uri(uri);
  if (!objects.has_bucket(source.bucket)) nothing_found(uri);
  const std::size_t cut = source.key.ends_with('/') || source.key.empty()
                              ? source.key.size()
                              : source.key.rfind('/') + 1;
  std::string after;
  std::size_t found = 0;
  do {
    const ObjectListing page = objects.list(source.bucket, source.key, "", after, kPage);
    for (const ObjectInfo& object : page.objects) {
      if (object.key.ends_with('/')) continue;  // a folder marker of the S3 console
      // A prefix that names a folder without its slash is meant as that folder: "s3://b/train"
      // holds "train/a.csv".
      std::string relative = object.key.substr(cut);
      const std::string head = source.key.substr(cut) + "/";
      if (head.size() > 1 && relative.starts_with(head)) relative = relative.substr(head.size());
      copy_object(copying, {source.bucket, object.key}, place_of(folder, relative));
      ++found;
    }
    after = page.next;
  } while (!after.empty());
  if (found == 0) nothing_found(uri);
}

// [aws] [{"prefix": "s3://bucket/p/"}, "relative-1", "relative-2"]
void copy_manifest(const Copying& copying, const std::string& uri, const fs::path& folder) {
  ObjectStore& objects = copying.objects;
  const S3Uri source = parse_uri(uri);
  if (!objects.head(source.bucket, source.key)) nothing_found(uri);
  const auto parsed = asl::parse_text(objects.get(source.bucket, source.key));
  const Json* manifest = std::get_if<Json>(&parsed);
  if (manifest == nullptr || !manifest->is_array() || manifest->empty() ||
      !(*manifest)[0].is_object()) {
    throw ChannelError("ClientError: Data download failed: \"" + uri + "\" is no manifest file");
  }
  const std::string prefix = text_of((*manifest)[0], "prefix");
  for (std::size_t i = 1; i < manifest->size(); ++i) {
    if (!(*manifest)[i].is_string()) continue;
    const std::string relative = (*manifest)[i].get<std::string>();
    const S3Uri object = parse_uri(prefix + relative);
    if (!objects.head(object.bucket, object.key)) nothing_found(prefix + relative);
    copy_object(copying, object, place_of(folder, relative));
  }
}

}  // namespace

void materialise_channel(ObjectStore& objects,
                         const Json& channel,
                         const std::string& folder,
                         const TakeObject& take) {
  const Copying copying{objects, take};
  const Json& source = channel.at("DataSource").at("S3DataSource");
  fs::create_directories(folder);
  try {
    if (text_of(source, "S3DataType") == "ManifestFile") {
      copy_manifest(copying, text_of(source, "S3Uri"), folder);
    } else {
      copy_prefix(copying, text_of(source, "S3Uri"), folder);
    }
  } catch (const ObjectError& error) {
    throw ChannelError("ClientError: Data download failed: " + std::string(error.what()));
  }
}

void clone_file(const std::string& from, const std::string& to) {
  fs::remove(to);
  const int source = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (source >= 0) {
    const int target = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    const bool cloned = target >= 0 && ::ioctl(target, FICLONE, source) == 0;
    if (target >= 0) ::close(target);
    ::close(source);
    if (cloned) return;
  }
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);
}

}  // namespace pawl::engine
